package scaling

import "time"

// takenBackAfter is for how long an operation is not taken back, unless the load rose and fell likewise.
const takenBackAfter = 30 * time.Minute

// fallen is the part of what the load was that it is less than when it has fallen.
const fallen = 0.8

// takesBack reports whether a planned operation would take back the last one though the load has not asked for that, and
// holds it. Plans change with each half-hour; operations are too few to follow each change. A scale-down took place in vain
// where the load now is as high as before it, which the scale-up alarm tells, and a scale-up where the load never was more
// than the size before it could take.
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
