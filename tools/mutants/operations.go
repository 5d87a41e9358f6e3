package main

// operations are mistakes in how an operation is claimed, made and settled.
func operations() []mutant {
	const (
		claim    = "scaling/ledger/claim.go"
		settle   = "scaling/ledger/settle.go"
		restored = "scaling/ledger/restored.go"
		act      = "scaling/scaler/act.go"
		scaler   = "scaling/scaler/scaler.go"
	)
	return []mutant{
		{"lease ignored in the claim", edit{claim, "case s.LeaseUntil.After(d.At):", "case s.LeaseUntil.After(d.At) && d.At.IsZero():"}, "", []edit{
			{claim, "case s.InFlight != nil:\n\t\treturn s, Entry{}, fmt", "case s.InFlight != nil && d.At.IsZero():\n\t\treturn s, Entry{}, fmt"},
			{claim, "case s.InFlight != nil:\n\t\treturn d.Held", "case s.InFlight != nil && d.At.IsZero():\n\t\treturn d.Held"},
		}},
		{"a transition claimed twice", edit{claim, "case !c.TransitionAt.After(s.Watch(c.Asked).Handled):", "case c.TransitionAt.IsZero():"}, "", []edit{
			{scaler, "case !alarm.TransitionAt.After(stream.Watch(direction).Handled):", "case alarm.TransitionAt.IsZero():"},
		}},
		{"fence not raised", edit{claim, "s.Fence++\n", ""}, "", nil},
		{"waits past the lease", edit{scaler, "s.act(ctx, claimed, o, d, alarm.began.Add(s.Lease-lastCall))", "s.act(ctx, claimed, o, d, alarm.began.Add(s.Lease+lastCall))"}, "", nil},
		{"unknown ends the lease", edit{claim, "return s.marked(OutcomeUnknown, detail, now)", "s.LeaseUntil = now\n\treturn s.marked(OutcomeUnknown, detail, now)"}, "", nil},
		{"unknown taken for refused", edit{act, "case scaling.DefinitelyRefused(err):", "case err != nil:"}, "", nil},
		{"refused keeps its slot", edit{claim, "\t\ts.Operations = withoutFence(s.Operations, entry.Fence)\n", "\t\tif outcome == OutcomeNotApplied {\n\t\t\ts.Operations = withoutFence(s.Operations, entry.Fence)\n\t\t}\n"}, "", nil},
		{"hot retry after a refusal", edit{claim, "s.Defer(dir, now.Add(wait))", "s.Defer(dir, now.Add(wait-wait))"}, "", nil},
		{"slot counted from the claim", edit{claim, "s.Operations = postponeOperation(s.Operations, entry.Fence, now)\n", ""}, "", nil},
		{"settle ignores the lease of an unknown outcome", edit{settle, "case s.LeaseUntil.After(now):", "case s.LeaseUntil.After(now) && op.Outcome != OutcomeUnknown:"}, "", nil},
		{"settled before ACTIVE", edit{settle, "case sum.Status != scaling.StatusActive:\n\t\ts.DueAt", "case sum.Status == scaling.StatusDeleting:\n\t\ts.DueAt"}, "", nil},
		{"settled at once", edit{settle, "case sum.OpenShards == op.From && op.Outcome == OutcomeAccepted && young:", "case sum.OpenShards == op.From && op.Outcome == OutcomeAccepted && young && op.At.IsZero():"}, "Kinesis is UPDATING at once in the model, as its documentation says; the wait is for a service that is not", nil},
		{"a new stream settles the old one's operation", edit{settle, "case s.Recreated(sum) && op.At.Before(sum.CreatedAt):", "case s.Recreated(sum) && op.At.IsZero():"}, "", nil},
		{"not applied counts as superseded", edit{settle, "outcome, detail = OutcomeNotApplied, \"the stream still has its open shards\"", "detail = \"the stream still has its open shards\""}, "", nil},
		{"stale count in the alarms after an operation", edit{act, "AlarmWantAt(d.Target)", "AlarmWantAt(d.From)"}, "", nil},
		{"a stopped consumer is started by the scaler", edit{act, "if want.Concurrency <= has.Concurrency {", "if has.Set && want.Concurrency == has.Concurrency && want.Concurrency > 0 {"}, "", nil},
		{"a restored fence goes on where the backup was", edit{restored, "s.Fence = max(s.Fence+1, now.Unix())", "s.Fence++"}, "", nil},
		{"a restored table has all slots free", edit{restored, "forgotten := settings.Allowed(scaling.Down)", "forgotten := 0"}, "", nil},
	}
}
