package scaling

import (
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/planner"
)

// What producers send is counted in two ways, since a record that was refused is sent again, and refused again:
//
//   - A load, in shards, counts as many refused records as got in, and no more. Sizes are chosen by it: see loadOf.
//   - A demand, as a utilization, counts every refused record. A jump, and how much a stream can use, are found by it:
//     see Sample.demanded.

const (
	loadMinutes = 2 // minutes whose peak is the present load: one can be missing or odd
	mostSent    = 2 // times what got in that a load is at most
)

// loadOf is the load of a minute, in shards: 0 to planner.MaxLoad.
func loadOf(s *Sample) float64 {
	gotIn, _ := utilizationOf(s, 1)
	return min(gotIn*sentFactor(s), planner.MaxLoad)
}

// sentFactor is how many times what got in counts as sent in a minute: 1 to mostSent.
func sentFactor(s *Sample) float64 {
	switch records := plausible(s.Records); {
	case !(s.Throttled > 0):
		return 1
	case s.Throttled >= (mostSent-1)*records:
		return mostSent
	default:
		return 1 + s.Throttled/records
	}
}

// peakSince is the highest load of a minute that began at from or later, in shards; 0 where there is none.
func peakSince(samples []Sample, from time.Time) float64 {
	peak := 0.0
	for i := len(samples) - 1; i >= 0 && !samples[i].At.Before(from); i-- {
		peak = max(peak, loadOf(&samples[i]))
	}
	return peak
}

// demanded returns the demand of a minute on so many open shards, and the share of its records that was refused, 0 to 1.
func (s Sample) demanded(open int) (utilization, refused float64) {
	utilization, _ = utilizationOf(&s, open)
	if s.Throttled > 0 {
		refused = s.Throttled / (plausible(s.Records) + s.Throttled)
	}
	if refused < 1 {
		utilization /= 1 - refused
	}
	return utilization, refused
}
