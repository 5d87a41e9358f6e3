package scaling

import "time"

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
