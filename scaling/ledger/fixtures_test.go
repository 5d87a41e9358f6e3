package ledger_test

import (
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// tester is what checks need of *testing.T and *rapid.T.
type tester interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// noon is "now" in every test that has no reason for another time.
func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

// nextLook is how soon an operation in flight is looked at again: by the reconciler's next run.
const nextLook = 45 * time.Second

// window is the rolling window with its margin.
const window = 24*time.Hour + time.Minute

// halving are settings of double-halve with numbers that the tests reckon with, whatever the
// defaults are.
func halving() scaling.Settings {
	s := scaling.Defaults(scaling.DoubleHalve)
	s.ScaleUpThreshold, s.ScaleDownThreshold = 0.75, 0.25
	s.ScaleUpAlarm = scaling.AlarmWindow{PeriodMinutes: 1, EvaluationPeriods: 5, DatapointsToAlarm: 3}
	s.ScaleDownAlarm = scaling.AlarmWindow{PeriodMinutes: 5, EvaluationPeriods: 12, DatapointsToAlarm: 11}
	s.ScaleDownCooldown, s.ScaleUpReserve, s.OperationLimit = 10*time.Minute, 3, 10
	return s
}

// operations are operations some time before noon, newest first.
func operations(ago ...time.Duration) scaling.Operations {
	var ops scaling.Operations
	for _, d := range ago {
		ops = append(ops, scaling.Operation{At: noon().Add(-d), Direction: scaling.Up, From: 2, To: 4})
	}
	return ops
}

// hoursAgo are count operations before noon, an hour apart, the newest first hours ago.
func hoursAgo(first, count int) scaling.Operations {
	var ago []time.Duration
	for i := range count {
		ago = append(ago, time.Duration(first+i)*time.Hour)
	}
	return operations(ago...)
}

// usedIn counts operations in the window before a time, the plain way.
func usedIn(ops scaling.Operations, at time.Time) int {
	used := 0
	for _, op := range ops {
		if at.Sub(op.At) < window {
			used++
		}
	}
	return used
}

// equal fails the test with the difference between two values.
func equal[T any](t tester, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: got the + lines instead of the - lines:\n%s", what, diff)
	}
}
