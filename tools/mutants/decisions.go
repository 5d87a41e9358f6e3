package main

// decisions are mistakes in what is decided.
func decisions() []mutant {
	const (
		decide   = "scaling/decide.go"
		evidence = "scaling/evidence.go"
		scaler   = "scaling/scaler/scaler.go"
	)
	return []mutant{
		{"dry run acts", scaler, "stream.Settings.Mode == scaling.ModeDryRun", `stream.Settings.Mode == ""`, ""},
		{"cooldown ignored", decide, "now.Before(last.At.Add(cooldown))", "now.Before(last.At)", ""},
		{"reserve ignored", decide, "return s.OperationLimit - s.ScaleUpReserve", "return s.OperationLimit", ""},
		{"limit of operations ignored", "scaling/window.go", "return used\n", "return used / 2\n", ""},
		{"window of 23 hours", "scaling/limits.go", "OperationWindow = 24 * time.Hour", "OperationWindow = 23 * time.Hour", ""},
		{"iterator age ignored", evidence, "sample.IteratorAge >= limit", "sample.IteratorAge < 0", ""},
		{"metrics gap believed", evidence, "busyGap(s, o, window); found {", "busyGap(s, o, window); found && window < 0 {", ""},
		{"missing metrics believed", evidence, "d.hold(now.Add(metricsRetry), HoldMetricsUnavailable, \"CloudWatch did not answer\")\n\t\treturn false\n\t}\n\tup, down", "return true\n\t}\n\tup, down", ""},
		{"a scale-up always confirmed", decide, "case !confirmed(now, s, o, d):", "case o.Alarm != Up && !confirmed(now, s, o, d):", ""},
		{"a scale-down always confirmed", decide, "case !confirmed(now, s, o, d):", "case o.Alarm != Down && !confirmed(now, s, o, d):", ""},
		{"more than double", decide, "limit(CappedAtDouble, resize.Largest(d.From), target > resize.Largest(d.From))", "target = 3 * d.From", ""},
		{"maximum ignored", decide, "limit(CappedAtMaxShards, s.MaxShards, target > s.MaxShards)", "", ""},
		{"quota of the account ignored", decide, "limit(CappedAtQuota, most, target > most)", "target = max(target, most-most)", ""},
		{"a deferred decision is not asked again", scaler, "stream.Held(o.Alarm, alarm.TransitionAt, d.RetryAt)", "stream.Held(o.Alarm, alarm.TransitionAt, time.Time{})", ""},
		{"transition in the future taken", scaler, "alarm.TransitionAt.After(s.Now().Add(scaling.MaxClockSkew))", "alarm.TransitionAt.After(s.Now().Add(9999*scaling.MaxClockSkew))", ""},
		{"half of a bad tag applied", "scaling/ledger/refresh.go", "s.SettingsFault = fault\n", "s.Settings, s.SettingsFault = next, fault\n", ""},
	}
}
