package scaling_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// Of 12 datapoints of five minutes 11 must be low. Two with a lag hold the alarm, one does not.
func TestHeldByLag(t *testing.T) {
	lagging := func(load float64, from, to int) input {
		return traffic(scaling.Down, minutes(90, 1, func(s *scaling.Sample) {
			filled(load)(s)
			if ago := int(noon().Sub(s.At).Minutes()); ago <= from && ago >= to {
				s.IteratorAge = 31 * time.Minute
			}
		})...)
	}
	for _, c := range []struct {
		name string
		in   input
		held bool
	}{
		{"for the whole window", lagging(0.1, 60, 1), true},
		{"in two datapoints", lagging(0.1, 10, 1), true},
		{"in one", lagging(0.1, 5, 1), false},
		{"before the window", lagging(0.1, 90, 61), false},
		{"a stream that is busy too", lagging(0.5, 60, 1), false},
		{"a stream at its minimum", lagging(0.1, 60, 1).with(func(in *input) { in.s.MinShards = 4 }), false},
		{"nobody cares about lag", lagging(0.1, 60, 1).with(func(in *input) { in.s.IteratorAgeMinutes = 0 }), false},
		{"CloudWatch did not answer", lagging(0.1, 60, 1).with(func(in *input) { in.o.Traffic.Known = false }), false},
	} {
		lag, held := scaling.HeldByLag(c.in.s, c.in.o)
		if held != c.held || held && lag != 31*time.Minute {
			t.Errorf("%s: held %t by %s, want %t", c.name, held, lag, c.held)
		}
	}
}
