package scaling

import (
	"slices"
	"time"
)

// doubleHalve is the policy double-halve: twice the shards on the scale-up alarm; half of them,
// rounded up, on the scale-down alarm, once the stream is calm enough for so few.
func doubleHalve(now time.Time, s Settings, o Observation, d *Decision) int {
	switch {
	case o.Alarm == Up && d.From >= MaxStreamShards:
		d.hold(time.Time{}, HoldAtMaxShards, "open %d, the service's most is %d", d.From, MaxStreamShards)
		return d.From
	case o.Alarm == Up:
		d.because(Doubled, "")
		return 2 * d.From
	case d.From == 1:
		d.hold(time.Time{}, HoldAtMinShards, "open 1")
		return d.From
	}
	// A stream at its minimum has nothing to wait for.
	if wait := untilCalm(now, s, o); wait > 0 && d.From > s.MinShards {
		d.hold(now.Add(wait), HoldNotCalm, "not below %v, nor for %s below %v", s.ScaleDownThreshold/2, s.Calm, s.ScaleDownThreshold)
		return d.From
	}
	d.because(Halved, "")
	return minTarget(d.From)
}

// busyShare says how calm is calm: one minute in so many may be at or above the threshold.
const busyShare = 20

// untilCalm is the shortest wait after which a stream that the scale-down alarm asks for may be
// halved; 0 when it may be now. It may when the alarm would ask at half its threshold too, since
// half the shards are then still below the threshold; or when nearly all minutes of s.Calm were
// below the threshold. A stream that is younger has not been calm for so long.
func untilCalm(now time.Time, s Settings, o Observation) time.Duration {
	minutes := int(s.Calm / time.Minute)
	window := AlarmWindow{PeriodMinutes: 1, EvaluationPeriods: minutes, DatapointsToAlarm: minutes - minutes/busyShare}
	calm := max(untilBelow(s, o, s.ScaleDownThreshold, window), o.Stream.CreatedAt.Add(s.Calm).Sub(now))
	return min(calm, untilBelow(s, o, s.ScaleDownThreshold/2, s.ScaleDownAlarm))
}

// untilBelow is how long it takes until enough of a window's datapoints are below a threshold, if
// all that come are; 0 when enough are now.
func untilBelow(s Settings, o Observation, threshold float64, window AlarmWindow) time.Duration {
	spare := window.EvaluationPeriods - window.DatapointsToAlarm
	for i, u := range slices.Backward(datapoints(s, o, window, 0)) {
		if u < threshold {
			continue
		}
		if spare--; spare < 0 {
			return time.Duration((i+1)*window.PeriodMinutes) * time.Minute
		}
	}
	return 0
}
