package profile

import (
	"cmp"
	"slices"
)

// Shards are a stream's open shards on a day of its traffic. They are not changed, and safe for
// concurrent use.
type Shards struct {
	shares  []float64 // what part of the demand each shard gets, in the order of their hash keys
	falling []float64 // the same, the largest first
	seconds seconds
	safe    float64 // the demand up to which nothing at all is refused
	even    bool    // all shards and all seconds are alike
}

func newShards(k keys, s seconds, r Ranges, even bool) *Shards {
	sh := &Shards{shares: k.shares(r), seconds: s, even: even && r.areEven()}
	sh.falling = slices.SortedFunc(slices.Values(sh.shares), func(a, b float64) int { return cmp.Compare(b, a) })
	sh.safe = 1 / (sh.falling[0] * s.factor[0])
	return sh
}

// Count returns how many shards there are.
func (s *Shards) Count() int { return len(s.shares) }

// Share returns what part of the demand a shard gets; they count from 0 in the order of their hash keys.
func (s *Shards) Share(shard int) float64 { return s.shares[shard] }

// Over returns how much of a load one shard refuses; both in shards.
func (s *Shards) Over(load float64) float64 { return s.seconds.over(load) }

// Refused returns how much of a demand is refused; both in shards.
func (s *Shards) Refused(demand float64) float64 {
	if s.even {
		return max(0, demand-float64(len(s.shares)))
	}
	if demand <= s.safe {
		return 0
	}
	refused := 0.0
	for _, share := range s.falling {
		over := s.seconds.over(demand * share)
		if over == 0 {
			break // the others get no more
		}
		refused += over
	}
	return refused
}

// tolerated is the share of a minute's demand that may be refused where a size is said to hold it.
const tolerated = 1e-4

// heldEvenly is the highest demand that even shards hold: what they take and not more, but for what sums
// of floats may be above.
func heldEvenly(shards int) float64 { return float64(shards) * (1 + 1e-9) }

// holds returns the highest demand of which no more than tolerated is refused.
func (s *Shards) holds() float64 {
	return highest(s.safe, 2*float64(len(s.shares)), func(d float64) bool { return s.Refused(d) <= tolerated*d })
}

// highest returns the highest value between low, for which fits is true, and high, up to which it is.
func highest(low, high float64, fits func(float64) bool) float64 {
	for range 50 {
		if middle := (low + high) / 2; fits(middle) {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}
