package scaling

import (
	"slices"
	"time"
)

// takenBackAfter is for how long an operation is not taken back, unless the load rose and fell likewise.
const takenBackAfter = 30 * time.Minute

// fallen is the part of what the load was that it is less than when it has fallen.
const fallen = 0.8

// takesBack holds an operation of target-tracking's plan that would take back the last one soon after it, and reports whether it did.
// Plans change with each half-hour, and operations are too few to follow each change. After a scale-up fewer shards are in order
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
		highest := peakSince(o.Traffic.Samples, last.At.Add(-loadMinutes*time.Minute))
		present := peakOf(o.Traffic.newestMinutes())
		if highest >= before*s.Usable(o.Usable, before)*s.TargetUtilization && present < fallen*highest {
			return false
		}
	}
	d.hold(until, HoldTakesBack, "%d shards planned; it had %d until %s ago", planned, last.From, now.Sub(last.At).Round(time.Second))
	return true
}

// refusedThere holds a scale-down to a size at which the stream refused records within a day, and which it has left for that; or to a
// smaller one. It reports whether it did. While the load is what it was then, the stream would refuse records again, and grow again
// within minutes. A hot key refuses them at any size, and a maximum that a person set is obeyed.
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
		load, refused := loadBefore(o.Traffic, op)
		if last := lastAt(o.Traffic, fallen*load); refused >= s.ThrottledShare && !last.IsZero() {
			d.hold(againAfter(now, o.Traffic, last), HoldTakesBack, "%d shards refused %.1f %% of a load of %.1f %s ago", op.From, 100*refused, load, now.Sub(op.At).Round(time.Minute))
			return true
		}
	}
	return false
}

// fullThere holds a scale-down to a size at which the scale-up alarm would go off at once, and reports whether it did. That alarm's
// window may reach further back than the scale-down looked, to a load that is gone. A maximum that a person set is obeyed.
func fullThere(now time.Time, s Settings, o Observation, d *Decision) bool {
	if d.From > s.MaxShards {
		return false
	}
	quiet := s.ScaleUpAlarm
	quiet.DatapointsToAlarm = quiet.EvaluationPeriods - quiet.DatapointsToAlarm + 1 // with so many below, too few are left to set it off
	full, o := fullAt(s, o, d.Target), o.shown()
	wait := untilBelow(s, o, full, quiet)
	if wait > 0 {
		d.hold(now.Add(wait), HoldTakesBack, "the scale-up alarm would go off at %d shards: %d of its %d datapoints are at or above %v",
			d.Target, countAtLeast(datapoints(s, o, s.ScaleUpAlarm), full), s.ScaleUpAlarm.EvaluationPeriods, inThousandths(full))
	}
	return wait > 0
}

// soonTaken is how soon after a halving a doubling takes it back: till then half the shards save less than two operations are worth.
const soonTaken = 2 * time.Hour

// tookBack holds a halving of double-halve where a doubling has taken such a halving back, and reports whether it did. The doubling was
// less than a day ago and soon after the halving, and the load asked for it: so it would for the next one. A load that is below a
// utilization at which the stream is idle is another load, and the halving is not held for it.
func tookBack(now time.Time, s Settings, o Observation, ops Operations, half int, idle float64, d *Decision) bool {
	wait := untilBelow(s, o, idle, s.ScaleDownAlarm)
	if wait == 0 {
		return false
	}
	for i := 0; i+1 < len(ops) && now.Sub(ops[i].At) < OperationWindow; i++ {
		up, down := ops[i], ops[i+1]
		if up.Direction != Up { // made smaller since then, by another load
			return false
		}
		if down.Direction != Down || up.From < half || up.At.Sub(down.At) > soonTaken {
			continue
		}
		if load, _ := loadBefore(o.Traffic, up); load >= upAt(s, o, up.From)*float64(up.From) {
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

// loadBefore returns the highest load of the minutes before an operation, in shards, and the highest share of its records that one of
// them refused, 0 to 1.
func loadBefore(t Traffic, op Operation) (load, refused float64) {
	for _, sample := range t.Since(op.At.Add(-sameLoadFor)) {
		if !sample.At.Before(op.At) {
			break
		}
		_, share := sample.demanded(op.From)
		load, refused = max(load, loadOf(&sample)), max(refused, share)
	}
	return load, refused
}

// lastAt is the newest of the last minutes that had at least a load, in shards; zero where none had.
func lastAt(t Traffic, load float64) time.Time {
	for _, sample := range slices.Backward(t.Since(t.To.Add(-sameLoadFor))) {
		if loadOf(&sample) >= load {
			return sample.At
		}
	}
	return time.Time{}
}

// againAfter is when a load that was last seen in a minute will have been gone for long enough. One that is there in the newest minute
// is looked at as other holds are. There must be samples.
func againAfter(now time.Time, t Traffic, last time.Time) time.Time {
	if newest := t.Samples[len(t.Samples)-1]; !newest.At.After(last) {
		return now.Add(holdInterval)
	}
	return within(last.Add(sameLoadFor), now, now.Add(holdInterval))
}
