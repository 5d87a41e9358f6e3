package scaling

import (
	"fmt"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/resize"
)

// doubleHalve is the policy double-halve: twice the shards on the scale-up alarm; half of them,
// rounded up, on the scale-down alarm, once the stream is calm enough for so few.
func doubleHalve(now time.Time, s Settings, o Observation, ops Operations, d *Decision) int {
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
	half := resize.Smallest(d.From)
	if d.From > s.MinShards && !mayHalve(now, s, o, ops, half, d) { // a stream at its minimum has nothing to wait for
		return d.From
	}
	d.because(Halved, "")
	return half
}

// keptForWayBack is how many operations a halving to a smaller size leaves: as many as lead by doublings to a size that the highest load
// of the last day does not fill. Else a stream that is silent for some hours is halved to one shard, and has none left when its load
// comes back. A reserve of 0 keeps none.
func keptForWayBack(s Settings, o Observation, smaller int) int {
	if s.ScaleUpReserve == 0 {
		return 0
	}
	load := peakSince(o.Traffic.Samples, o.Traffic.To.Add(-OperationWindow))
	kept := 0
	for size := smaller; size < min(s.MaxShards, MaxStreamShards) && upAt(s, o, size)*float64(size) < load; size = resize.Largest(size) {
		kept++
	}
	return kept
}

// mayHalve reports whether a stream may be halved, and holds it if not. One that need not be calm is not halved to a size that the
// scale-up alarm would double at once.
func mayHalve(now time.Time, s Settings, o Observation, ops Operations, half int, d *Decision) bool {
	if s.Calm > 0 {
		return calmEnough(now, s, o, ops, half, d)
	}
	full := fullAt(s, o, half)
	until := untilBelow(s, o, full, s.ScaleDownAlarm)
	if until > 0 {
		d.hold(now.Add(until), HoldNotCalm, "not below %v, from which half the shards would be full", inThousandths(full))
	}
	return until <= 0
}

// calmEnough reports whether a stream may be halved, and holds it if not. A stream on its first day must have had its size for
// firstDayHold: how far its load comes back is not known.
func calmEnough(now time.Time, s Settings, o Observation, ops Operations, half int, d *Decision) bool {
	_, low := thresholds(s, o)
	full := fullAt(s, o, half)
	low = min(low, full)
	calm := max(untilCalm(now, s, o, low), untilBelow(s, o.shown(), full, AlarmWindow{PeriodMinutes: 1, EvaluationPeriods: loadMinutes, DatapointsToAlarm: loadMinutes}))
	settled := untilSettled(now, o, ops)
	switch {
	case isYoung(now, o) && settled > 0:
		holdUnsettled(now.Add(max(calm, settled)), d)
	case calm > 0:
		d.hold(now.Add(calm), HoldNotCalm, "not below %v, nor for %s below %v%s", inThousandths(low/2), s.Calm, inThousandths(low), usableNote(s, o, Down))
	default:
		return !tookBack(now, s, o, ops, half, low/2, d)
	}
	return false
}

// busyShare is how many minutes a calm stream may have at or above the threshold: one in so many.
const busyShare = 20

// untilCalm is the shortest wait after which a stream that the scale-down alarm asks for may be
// halved; 0 when it may be now. It may when the alarm would ask at half the threshold low too, since
// half the shards are then still below the threshold; or when nearly all minutes of s.Calm were
// below the threshold. A stream that is younger has not been calm for so long.
func untilCalm(now time.Time, s Settings, o Observation, low float64) time.Duration {
	asked := untilBelow(s, o, low/2, s.ScaleDownAlarm)
	if asked == 0 { // the longer window makes it no shorter
		return 0
	}
	minutes := int(s.Calm / time.Minute)
	window := AlarmWindow{PeriodMinutes: 1, EvaluationPeriods: minutes, DatapointsToAlarm: minutes - minutes/busyShare}
	return min(asked, max(untilBelow(s, o, low, window), o.Stream.CreatedAt.Add(s.Calm).Sub(now)))
}

// pastForHalving is what a halving needs to see: the time for which the stream must have been calm, and the load before each operation
// of the last day; see refusedThere and tookBack.
func pastForHalving(s Settings, asked Direction) time.Duration {
	if asked == Down {
		return max(s.Calm, OperationWindow+sameLoadFor)
	}
	return 0
}

// halfOf is the highest scale-down threshold: what double-halve halves above half of the scale-up
// threshold it would double again.
func halfOf(up float64) float64 { return up / 2 }

func belowHalf(down, up float64) string {
	if down > halfOf(up) {
		return fmt.Sprintf("%v is above half of scale-up-threshold %v; halving would set off a doubling", down, up)
	}
	return ""
}

// searchDoubleHalve is what recommend searches: when the alarms speak, how calm a stream must have been,
// and what is kept for later. Settings that hardly matter are left out.
func searchDoubleHalve() []Axis {
	return []Axis{
		axisOf("scale-up-threshold", 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95),
		scaleUpWindows(),
		axisOf("scale-down-threshold", 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45),
		axisOfWindows("scale-down",
			AlarmWindow{1, 15, 14}, AlarmWindow{1, 15, 15}, AlarmWindow{5, 3, 3}, AlarmWindow{5, 6, 6},
			AlarmWindow{5, 12, 8}, AlarmWindow{5, 12, 11}, AlarmWindow{5, 24, 23}, AlarmWindow{5, 60, 57}),
		axisOf("calm-minutes", 0, 60, 120, 240, 480, 720, 1440),
		axisOf("scale-down-cooldown-minutes", 0, 10, 30, 60, 120, 240),
		axisOf("scale-up-reserve", 0, 1, 2, 3, 4, 5),
	}
}
