package main

// decisions are mistakes in what is decided.
func decisions() []mutant {
	const (
		decide   = "scaling/decide.go"
		evidence = "scaling/evidence.go"
		scaler   = "scaling/scaler/scaler.go"
	)
	return []mutant{
		{"dry run acts", edit{scaler, "stream.Settings.Mode == scaling.ModeDryRun", `stream.Settings.Mode == ""`}, "", nil},
		{"cooldown ignored", edit{decide, "now.Before(last.At.Add(cooldown))", "now.Before(last.At)"}, "", nil},
		{"reserve ignored", edit{decide, "return s.OperationLimit - s.ScaleUpReserve", "return s.OperationLimit"}, "", nil},
		{"limit of operations ignored", edit{"scaling/window.go", "return used\n", "return used / 2\n"}, "", nil},
		{"window of 23 hours", edit{"scaling/limits.go", "OperationWindow = 24 * time.Hour", "OperationWindow = 23 * time.Hour"}, "", nil},
		{"iterator age ignored", edit{evidence, "sample.IteratorAge >= limit", "sample.IteratorAge < 0"}, "", nil},
		{"metrics gap believed", edit{evidence, "busyGap(s, o, window); found {", "busyGap(s, o, window); found && window < 0 {"}, "", nil},
		{"missing metrics believed", edit{evidence, "d.hold(now.Add(metricsRetry), HoldMetricsUnavailable, \"CloudWatch did not answer\")\n\t\treturn false\n\t}\n\tup, down", "return true\n\t}\n\tup, down"}, "", nil},
		{"a scale-up always confirmed", edit{decide, "case !confirmed(now, s, o, d):", "case o.Alarm != Up && !confirmed(now, s, o, d):"}, "", nil},
		{"a scale-down always confirmed", edit{decide, "case !confirmed(now, s, o, d):", "case o.Alarm != Down && !confirmed(now, s, o, d):"}, "both policies look at the load themselves, and hold what is not calm", nil},
		{"more than double", edit{decide, "limit(CappedAtDouble, resize.Largest(d.From), target > resize.Largest(d.From))", "target = 3 * d.From"}, "", nil},
		{"maximum ignored", edit{decide, "limit(CappedAtMaxShards, s.MaxShards, target > s.MaxShards)", ""}, "", nil},
		{"quota of the account ignored", edit{"scaling/account.go", "if target <= most {", "if target <= MaxStreamShards {"}, "", nil},
		{"a deferred decision is not asked again", edit{scaler, "stream.Held(o.Alarm, alarm.TransitionAt, d.RetryAt)", "stream.Held(o.Alarm, alarm.TransitionAt, time.Time{})"}, "", nil},
		{"transition in the future taken", edit{scaler, "alarm.TransitionAt.After(s.Now().Add(scaling.MaxClockSkew))", "alarm.TransitionAt.After(s.Now().Add(9999*scaling.MaxClockSkew))"}, "", nil},
		{"half of a bad tag applied", edit{"scaling/ledger/refresh.go", "if faults, next = []string{oneLine(err)}, s.Settings; s.Untimed", "if faults = []string{oneLine(err)}; s.Untimed"}, "", nil},
	}
}
