package scaling

import "time"

// How a jump is told from a climb.
const (
	jumpWithin = 20 * time.Minute // it is looked for among the samples of so long
	jumpFactor = 1.5              // a minute with so many times what the minute before it asked for is one
	jumpHeld   = 5                // minutes that the load has been there since
	jumpLevel  = 0.85             // part of the present load that each of them asked for, but the newest two
)

// jumped reports whether a load came at once, some minutes ago, and has not risen since. While records are refused, the load
// that counts rises with the shards; what producers asked for does not. A minute without a sample asked for nothing.
func jumped(t Traffic, load float64) bool {
	from := t.To.Add(-jumpWithin)
	samples := t.Since(from)
	for held, i := 1, len(samples)-1; i >= 0; held, i = held+1, i-1 {
		asked, _ := samples[i].demanded(1)
		if held > loadMinutes && asked < jumpLevel*load || !samples[i].At.After(from) {
			return false
		}
		before := 0.0
		if i > 0 && samples[i].At.Sub(samples[i-1].At) <= time.Minute {
			before, _ = samples[i-1].demanded(1)
		}
		if asked >= jumpFactor*before {
			return held >= jumpHeld
		}
	}
	return false
}
