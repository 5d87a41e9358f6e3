package scaling

import "time"

// doubleHalve is the policy double-halve: twice the shards on the scale-up alarm, half of them,
// rounded up, on the scale-down alarm.
func doubleHalve(o Observation, d *Decision) int {
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
	d.because(Halved, "")
	return minTarget(d.From)
}
