package main

// looks are mistakes in how streams are looked at and put right.
func looks() []mutant {
	const (
		reconciler = "scaling/reconciler/reconciler.go"
		alarms     = "scaling/reconciler/alarms.go"
		consumer   = "scaling/reconciler/consumer.go"
		rearm      = "scaling/reconciler/rearm.go"
		sweep      = "scaling/reconciler/sweep.go"
		visit      = "scaling/reconciler/visit.go"
	)
	return []mutant{
		{"consumer lowered before ACTIVE", edit{reconciler, "r.repairAlarms(ctx, o, v, status[v.name])\n", "if v.stream.InFlight == nil {\n\t\t\t\t\tr.repairAlarms(ctx, o, v, status[v.name])\n\t\t\t\t}\n"}, "", []edit{
			{visit, "v.stream.InFlight == nil &&\n\t\tv.summary.Status == scaling.StatusActive &&", "true &&"},
			{consumer, "\tideal := v.stream.Settings.ConsumerConcurrency(v.stream.OpenShards)\n", "\tshards := v.stream.OpenShards\n\tif v.stream.InFlight != nil {\n\t\tshards = v.stream.InFlight.To\n\t}\n\tideal := v.stream.Settings.ConsumerConcurrency(shards)\n"},
		}},
		{"consumer lowered while it lags", edit{consumer, "return lag < limit", "return lag < limit || known"}, "", nil},
		{"consumer never fitted", edit{reconciler, "r.fitConsumer(ctx, v, &o.fleet.Account)", "_ = o.fleet"}, "", nil},
		{"a stopped consumer is started", edit{consumer, "case has.Stopped():", "case has.Stopped() && ideal < 0:"}, "", []edit{
			{"scaling/consumer.go", "if has.Stopped() || has.Set && want", "if has.Set && want"},
		}},
		{"stale count in the alarms", edit{alarms, "if !pair.Up.InSync || !pair.Down.InSync {", "if !pair.Up.Exists || !pair.Down.Exists {"}, "", nil},
		{"lost notifications are not noticed", edit{rearm, "v.now.Sub(status.ChangedAt) > lostAfter", "v.now.Sub(status.ChangedAt) > 9999*lostAfter"}, "", nil},
		{"what is due is never armed", edit{rearm, "if !due && !lost || v.paused {", "if !lost || v.paused {"}, "", nil},
		{"sweep stops at page 1", edit{sweep, "if further && fleet.SweepAfter != after {", "if further && fleet.SweepAfter != after && *left < 0 {"}, "", nil},
		{"sweep looks at no tags", edit{sweep, "case enrolled && maps.Equal(layer, known.Tags):", "case enrolled && (len(layer) > 0 || maps.Equal(layer, known.Tags)):"}, "", nil},
		{"alarms of the unenrolled stay", edit{reconciler, "r.deleteAlarms(ctx, unwanted)", "_ = unwanted"}, "", nil},
		{"a pause is not looked at", edit{rearm, "|| v.paused {", "|| v.paused && v.now.IsZero() {"}, "what a pause holds is held by the claim; arming its alarm meanwhile is only noise", nil},
	}
}
