package scaling_test

import (
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// enrolled is the item of an enrolled stream of open shards that nothing has happened to.
func enrolled(open int) scaling.Stream {
	return scaling.Stream{
		Name: "orders", ARN: "arn:aws:kinesis:eu-west-1:123456789012:stream/orders", CreatedAt: noon().AddDate(0, -1, 0),
		Status: scaling.Enrolled, Settings: scaling.Defaults(scaling.DoubleHalve), SettingsRevision: 1,
		Tags: scaling.Layer{"mode": "enabled"}, Overrides: scaling.Layer{"min-shards": "1"},
		OpenShards: open, Fence: 7,
	}
}

// wish is a claim at noon for an operation, asked for by the direction's alarm.
func wish(dir scaling.Direction, from, target int) scaling.Claim {
	return scaling.Claim{
		Decision: scaling.Decision{
			At: noon(), Direction: dir, From: from, Target: target, Utilization: 0.9, Limit: scaling.LimitBytes,
			Reasons: scaling.Trail{{Code: scaling.Doubled}},
		},
		Asked: dir, Alarm: scaling.AlarmName("orders", dir), TransitionAt: noon().Add(-time.Minute),
		Owner: "scaler/1", LeaseUntil: noon().Add(40 * time.Second),
	}
}

// granted is the stream after a claim that must be granted, and its history entry.
func granted(t tester, s scaling.Stream, dir scaling.Direction, target int) (scaling.Stream, scaling.Entry) {
	t.Helper()
	claimed, entry, err := s.Claim(wish(dir, s.OpenShards, target))
	if err != nil {
		t.Fatalf("claim: %v", err)
	}
	return claimed, entry
}

// untouched checks after a call that the stream it was made on is as it was.
func untouched(t tester, s scaling.Stream) func() {
	t.Helper()
	before := s.Clone()
	return func() {
		t.Helper()
		if diff := cmp.Diff(before, s); diff != "" {
			t.Errorf("the call changed the stream it was made on:\n%s", diff)
		}
	}
}
