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
	loadMinutes = 2 // minutes whose peak is the present load, the newest that are shown: one can be missing or odd
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

// shown returns the traffic until the newest minute of which CloudWatch shows what producers sent, if that is new enough to confirm
// an alarm. Kinesis' metrics come up to some minutes after their minute: until then what is missing is no silence, and the minutes
// before it are the present. A silence that lasts is believed.
func (t Traffic) shown() Traffic {
	for i := len(t.Samples) - 1; i >= 0 && t.To.Sub(t.Samples[i].At) <= (alarmGrace+1)*time.Minute; i-- {
		if s := &t.Samples[i]; s.Bytes > 0 || s.Records > 0 || s.Throttled > 0 {
			t.Samples = t.Samples[:i+1]
			if end := s.At.Add(time.Minute); end.Before(t.To) {
				t.To = end
			}
			return t
		}
	}
	return t
}

// shown is the observation of the traffic that is shown.
func (o Observation) shown() Observation {
	o.Traffic = o.Traffic.shown()
	return o
}

// newestMinutes returns the samples of the newest loadMinutes that are shown.
func (t Traffic) newestMinutes() []Sample {
	t = t.shown()
	return t.Since(t.To.Add(-loadMinutes * time.Minute))
}

// peakSince is the highest load of a minute that began at from or later, in shards; 0 where there is none.
func peakSince(samples []Sample, from time.Time) float64 {
	return peakOf(samples[firstFrom(samples, from):])
}

func peakOf(samples []Sample) float64 {
	peak := 0.0
	for i := range samples {
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
