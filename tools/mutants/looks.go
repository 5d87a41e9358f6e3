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
		{"consumer lowered before ACTIVE", visit, "v.stream.InFlight == nil &&\n\t\tv.summary.Status == scaling.StatusActive &&", "v.stream.InFlight == nil &&", ""},
		{"consumer lowered while it lags", consumer, "return lag < limit", "return lag < limit || known", ""},
		{"consumer never fitted", reconciler, "r.fitConsumer(ctx, v, account)", "_ = account", ""},
		{"a stopped consumer is started", consumer, "case has.Stopped():", "case has.Stopped() && ideal < 0:", ""},
		{"stale count in the alarms", alarms, "if !pair.Up.InSync || !pair.Down.InSync {", "if !pair.Up.Exists || !pair.Down.Exists {", ""},
		{"lost notifications are not noticed", rearm, "v.now.Sub(status.ChangedAt) > lostAfter", "v.now.Sub(status.ChangedAt) > 9999*lostAfter", ""},
		{"what is due is never armed", rearm, "if !due && !lost || v.paused {", "if !lost || v.paused {", ""},
		{"sweep stops at page 1", sweep, "if !more || len(names) == 0 {", "if more || len(names) >= 0 {", ""},
		{"sweep looks at no tags", sweep, "case enrolled && maps.Equal(layer, known.Tags):", "case enrolled && (len(layer) > 0 || maps.Equal(layer, known.Tags)):", ""},
		{"alarms of the unenrolled stay", reconciler, "r.deleteAlarms(ctx, unwanted)", "_ = unwanted", ""},
		{"a pause is not looked at", rearm, "|| v.paused {", "|| v.paused && v.now.IsZero() {", "what a pause holds is held by the claim; arming its alarm meanwhile is only noise"},
	}
}
