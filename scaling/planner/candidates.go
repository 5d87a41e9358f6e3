package planner

import (
	"math"
	"slices"

	"github.com/shardkeeper/shardkeeper/scaling/resize"
)

// Candidates rise from the least need to the highest in so many steps, none below a twentieth: a
// finer step saves less than an operation is worth, and the plan's time grows with them.
const (
	candidateSteps = 24
	leastStep      = 1.05
	maxCandidates  = 64 // the steps, and as many doublings as there are to resize.MostShards, with room to spare
)

// candidates is the sizes that a plan chooses from, and which of them one operation reaches. A size
// is named by its index.
type candidates struct {
	shards []int                  // rising
	size   [maxCandidates]float64 // the same
	open   int                    // the size that the stream has
	low    [maxCandidates]int
	high   [maxCandidates]int // one operation reaches from low to high
	best   [maxCandidates]int // the cheapest of these; see cheapest
	buffer [maxCandidates]int
	window [maxCandidates]int
}

// bounds is what a stream may have, in shards.
type bounds struct{ least, most int }

// newCandidates returns sizes for a stream with open shards that needs from low to high, with the
// sizes on the way there, should it be more than one operation away.
func newCandidates(open int, within bounds, low, high float64) *candidates {
	c := &candidates{}
	c.shards = c.buffer[:0]
	bounded := func(size float64) int {
		return max(within.least, min(resize.Ceil(min(size, high)-1e-9), within.most))
	}
	step := max(leastStep, math.Pow(high/low, 1.0/candidateSteps))
	for k := range candidateSteps + 1 {
		c.shards = append(c.shards, bounded(low*math.Pow(step, float64(k))))
	}
	for size := open; len(c.shards) < maxCandidates; { // the way from the open shards
		c.shards = append(c.shards, size)
		if size > bounded(high) {
			size = max(resize.Smallest(size), within.least)
		} else if 2*size < bounded(low) {
			size *= 2
		} else {
			break
		}
	}
	slices.Sort(c.shards)
	c.shards = slices.Compact(c.shards)
	c.open, _ = slices.BinarySearch(c.shards, open)
	for i, shards := range c.shards {
		c.size[i] = float64(shards)
		c.low[i], _ = slices.BinarySearch(c.shards, resize.Smallest(shards))
		above, _ := slices.BinarySearch(c.shards, resize.Largest(shards)+1)
		c.high[i] = max(above-1, i)
	}
	return c
}

// cheapest finds, for each size, the cheapest of those that one operation reaches. Both ends of what
// it reaches rise with the size, so one pass with a window is enough.
func (c *candidates) cheapest(cost *[maxCandidates]float64) {
	first, last, next := 0, 0, 0 // the window holds sizes of rising cost
	for i := range c.shards {
		for ; next <= c.high[i]; next++ {
			for last > first && cost[c.window[last-1]] >= cost[next] {
				last--
			}
			c.window[last] = next
			last++
		}
		for c.window[first] < c.low[i] {
			first++
		}
		c.best[i] = c.window[first]
	}
}
