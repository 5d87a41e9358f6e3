package main

// operations are mistakes in how an operation is claimed, made and settled.
func operations() []mutant {
	const (
		claim  = "scaling/ledger/claim.go"
		settle = "scaling/ledger/settle.go"
		act    = "scaling/scaler/act.go"
		scaler = "scaling/scaler/scaler.go"
	)
	return []mutant{
		{"lease ignored in the claim", claim, "case s.LeaseUntil.After(d.At):", "case s.LeaseUntil.After(d.At) && d.At.IsZero():", ""},
		{"claim beside an operation in flight", claim, "case s.InFlight != nil:\n\t\treturn s, Entry{}, fmt", "case s.InFlight != nil && d.At.IsZero():\n\t\treturn s, Entry{}, fmt", ""},
		{"a transition claimed twice", claim, "case !c.TransitionAt.After(s.Watch(c.Asked).Handled):", "case !c.TransitionAt.After(s.EnrolledAt):", ""},
		{"fence not raised", claim, "s.Fence++\n", "", ""},
		{"waits past the lease", scaler, "s.act(ctx, claimed, o, d, alarm.began.Add(s.Lease-lastCall))", "s.act(ctx, claimed, o, d, alarm.began.Add(3*s.Lease))", ""},
		{"unknown ends the lease", claim, "return s.marked(OutcomeUnknown, detail, now)", "s.LeaseUntil = now\n\treturn s.marked(OutcomeUnknown, detail, now)", ""},
		{"unknown taken for refused", act, "case scaling.DefinitelyRefused(err):", "case err != nil:", ""},
		{"refused keeps its slot", claim, "if outcome == OutcomeRefused || outcome == OutcomeNotApplied {", "if outcome == OutcomeNotApplied {", ""},
		{"hot retry after a refusal", claim, "s.Defer(dir, now.Add(wait))", "s.Defer(dir, now.Add(wait-wait))", ""},
		{"slot counted from the claim", claim, "s.Operations = postponeOperation(s.Operations, entry.Fence, now)\n", "", ""},
		{"settle ignores the lease of an unknown outcome", settle, "case s.LeaseUntil.After(now):", "case s.LeaseUntil.After(now) && op.Outcome != OutcomeUnknown:", ""},
		{"settled before ACTIVE", settle, "case sum.Status != scaling.StatusActive:\n\t\ts.DueAt", "case sum.Status == scaling.StatusDeleting:\n\t\ts.DueAt", ""},
		{"settled at once", settle, "case sum.OpenShards == op.From && op.Outcome == OutcomeAccepted && young:", "case sum.OpenShards == op.From && op.Outcome == OutcomeAccepted && young && op.At.IsZero():", ""},
		{"a new stream settles the old one's operation", settle, "case s.recreated(sum) && op.At.Before(sum.CreatedAt):", "case s.recreated(sum) && op.At.IsZero():", ""},
		{"not applied counts as superseded", settle, "outcome, detail = OutcomeNotApplied, \"the stream still has its open shards\"", "detail = \"the stream still has its open shards\"", ""},
		{"stale count in the alarms after an operation", act, "OpenShards: d.Target, Settings", "OpenShards: d.From, Settings", ""},
		{"a stopped consumer is started by the scaler", act, "if want.Concurrency <= has.Concurrency {", "if has.Set && want.Concurrency == has.Concurrency && want.Concurrency > 0 {", ""},
	}
}
