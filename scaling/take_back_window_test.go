package scaling_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// lookingFarBack is a stream of 4 shards that is nearly idle since some minutes, and was at a utilization before. Its scale-up alarm
// looks at six datapoints of five minutes, and wants two at or above 0.75.
func lookingFarBack(ago int, before float64) input {
	return traffic(scaling.Down, join(minutes(90, ago+1, filled(before)), minutes(ago, 2, filled(0.05)))...).with(func(in *input) {
		in.s.Calm = time.Hour
		in.s.ScaleUpAlarm = scaling.AlarmWindow{PeriodMinutes: 5, EvaluationPeriods: 6, DatapointsToAlarm: 2}
		in.s.ScaleDownAlarm = scaling.AlarmWindow{PeriodMinutes: 1, EvaluationPeriods: 10, DatapointsToAlarm: 10}
	})
}

// A size is not made at which the scale-up alarm would go off at once, by the minutes that it still looks at.
func TestAScaleDownWaitsForTheScaleUpAlarmsWindow(t *testing.T) {
	for _, c := range []struct {
		name string
		in   input
		wait time.Duration // zero: it is not held
	}{
		{"three datapoints would be high", lookingFarBack(15, 0.5), 10 * time.Minute},
		{"two", lookingFarBack(20, 0.5), 5 * time.Minute},
		{"one", lookingFarBack(25, 0.5), 0},
		{"half the shards could take it", lookingFarBack(15, 0.3), 0},
		{"a maximum is obeyed", lookingFarBack(15, 0.5).with(func(in *input) { in.s.MaxShards = 2 }), 0},
	} {
		d := c.in.decide()
		if c.wait == 0 && d.Target != 2 {
			t.Errorf("%s: %d shards: %v", c.name, d.Target, d.Reasons)
		}
		if c.wait > 0 && (d.Reasons.Last() != scaling.HoldTakesBack || !d.RetryAt.Equal(noon().Add(c.wait))) {
			t.Errorf("%s: %d shards, again at %s: %v", c.name, d.Target, d.RetryAt, d.Reasons)
		}
	}
}
