package scaling

import (
	"slices"
	"time"
)

// takenBackAfter is for how long an operation is not taken back, unless the load rose and fell likewise.
const takenBackAfter = 30 * time.Minute

// fallen is the part of what the load was that it is less than when it has fallen.
const fallen = 0.8

// takesBack holds a planned operation that would take back the last one soon after it, and reports whether it did. Plans
// change with each half-hour, and operations are too few to follow each change. After a scale-up fewer shards are in order
// where the load was more than the size before it could take, and has fallen since. After a scale-down more shards are in
// order where the stream is full; then the scale-up alarm asks.
func takesBack(now time.Time, s Settings, o Observation, ops Operations, planned int, d *Decision) bool {
	last, found := ops.Newest()
	until := last.At.Add(takenBackAfter)
	if !found || !now.Before(until) || DirectionOf(d.From, planned) == last.Direction || planned == d.From || last.From < 1 {
		return false
	}
	if last.Direction == Up {
		before := float64(last.From)
		asked := peakSince(o.Traffic.Samples, last.At.Add(-loadMinutes*time.Minute))
		left := peakSince(o.Traffic.Samples, o.Traffic.To.Add(-loadMinutes*time.Minute))
		if asked >= before*s.Usable(o.Usable, before)*s.TargetUtilization && left < fallen*asked {
			return false
		}
	}
	d.hold(until, HoldTakesBack, "%d shards planned; it had %d until %s ago", planned, last.From, now.Sub(last.At).Round(time.Second))
	return true
}

// refusedThere holds a scale-down to a size that the stream has left within a day since it refused records there, or to a smaller one,
// while its load is what it was then: it would refuse them again, and grow again within minutes. A hot key refuses them anywhere, and
// a maximum that a person set is obeyed.
func refusedThere(now time.Time, s Settings, o Observation, ops Operations, d *Decision) bool {
	if o.HotKey.Suspected() || d.From > s.MaxShards {
		return false
	}
	for _, op := range ops {
		if now.Sub(op.At) >= OperationWindow {
			break
		}
		if op.Direction != Up || op.From < d.Target {
			continue
		}
		asked, refused := askedBefore(o.Traffic, op)
		if last := lastAt(o.Traffic, fallen*asked); refused >= s.ThrottledShare && !last.IsZero() {
			d.hold(againAfter(now, o.Traffic, last), HoldTakesBack, "%d shards refused %.1f %% of a load of %.1f %s ago", op.From, 100*refused, asked, now.Sub(op.At).Round(time.Minute))
			return true
		}
	}
	return false
}

// fullThere holds a scale-down to a size at which the scale-up alarm would go off at once, by the minutes that its window still has:
// it may look further back than the scale-down did, at a load that is gone. A maximum that a person set is obeyed.
func fullThere(now time.Time, s Settings, o Observation, d *Decision) bool {
	if d.From > s.MaxShards {
		return false
	}
	quiet := s.ScaleUpAlarm
	quiet.DatapointsToAlarm = quiet.EvaluationPeriods - quiet.DatapointsToAlarm + 1 // so many below leave too few to set it off
	full := fullAt(s, o, d.Target)
	wait := untilBelow(s, o, full, quiet)
	if wait > 0 {
		d.hold(now.Add(wait), HoldTakesBack, "the scale-up alarm would go off at %d shards: %d of its %d datapoints are at or above %v",
			d.Target, countAtLeast(datapoints(s, o, s.ScaleUpAlarm, 0), full), s.ScaleUpAlarm.EvaluationPeriods, inThousandths(full))
	}
	return wait > 0
}

// soonTaken is how soon a doubling takes a halving back: till then half the shards have saved less than two operations are worth.
const soonTaken = 2 * time.Hour

// tookBack holds a halving like one that the load took back soon after it, less than a day ago, and reports whether it did: two
// operations have then saved less than they cost, and such a load takes the next one back as well. A load that is below an idle
// utilization by now is another.
func tookBack(now time.Time, s Settings, o Observation, ops Operations, half int, idle float64, d *Decision) bool {
	wait := untilBelow(s, o, idle, s.ScaleDownAlarm)
	for i := 0; wait > 0 && i+1 < len(ops) && now.Sub(ops[i].At) < OperationWindow; i++ {
		up, down := ops[i], ops[i+1]
		if up.Direction != Up { // made smaller since then, by another load
			return false
		}
		if down.Direction != Down || up.From < half || up.At.Sub(down.At) > soonTaken {
			continue
		}
		if load, _ := askedBefore(o.Traffic, up); load >= upAt(s, o, up.From)*float64(up.From) {
			again := min(wait, up.At.Add(OperationWindow).Sub(now))
			d.hold(now.Add(again), HoldTakesBack, "not below %v; a load of %.1f took the halving to %d shards back after %s, %s ago",
				inThousandths(idle), load, up.From, up.At.Sub(down.At).Round(time.Minute), now.Sub(up.At).Round(time.Minute))
			return true
		}
	}
	return false
}

// sameLoadFor is how long before an operation its load is looked for, and how long a load has been gone before it counts as fallen.
const sameLoadFor = 2 * recentMinutes * time.Minute

// askedBefore returns the highest load of the minutes before an operation, and the highest share that one of them refused.
func askedBefore(t Traffic, op Operation) (load, refused float64) {
	for _, sample := range t.Since(op.At.Add(-sameLoadFor)) {
		if !sample.At.Before(op.At) {
			break
		}
		_, share := sample.demanded(op.From)
		load, refused = max(load, loadOf(&sample)), max(refused, share)
	}
	return load, refused
}

// lastAt is the newest minute with a load or more; zero where the newest minutes have less.
func lastAt(t Traffic, load float64) time.Time {
	for _, sample := range slices.Backward(t.Since(t.To.Add(-sameLoadFor))) {
		if loadOf(&sample) >= load {
			return sample.At
		}
	}
	return time.Time{}
}

// againAfter is when a load that was last seen in a minute is gone for long enough. One that goes on is looked at as other holds are.
func againAfter(now time.Time, t Traffic, last time.Time) time.Time {
	if newest := t.Samples[len(t.Samples)-1]; !newest.At.After(last) {
		return now.Add(holdInterval)
	}
	return within(last.Add(sameLoadFor), now, now.Add(holdInterval))
}
