package scaling

import (
	"math"
	"slices"
)

// ladder is the sizes that a plan chooses from, and which of them one operation reaches.
type ladder struct {
	shards []int             // rising
	size   [maxRungs]float64 // the same
	open   int               // the rung that the stream is on
	low    [maxRungs]int
	high   [maxRungs]int // one operation reaches from low to high
	best   [maxRungs]int // the cheapest of these; see cheapest
	window [maxRungs]int
}

// A ladder has so many steps from the least to the highest need, but none below a twentieth: finer
// ones are not worth an operation.
const (
	ladderSteps = 24
	leastStep   = 1.05
	maxRungs    = 64 // the steps, and as many doublings as there are to MaxStreamShards
)

func newLadder(p *plan) *ladder {
	l := &ladder{shards: make([]int, 0, maxRungs)}
	low, high := slices.Min(p.need[:]), slices.Max(p.need[:])
	bound := func(size float64) int { return max(p.least, min(ceilShards(min(size, high)-1e-9), p.most)) }
	step := max(leastStep, math.Pow(high/low, 1.0/ladderSteps))
	for k := range ladderSteps + 1 {
		l.shards = append(l.shards, bound(low*math.Pow(step, float64(k))))
	}
	for size := p.open; ; { // the way from the open shards, should they be far
		l.shards = append(l.shards, size)
		if size > bound(high) {
			size = max(minTarget(size), p.least)
		} else if 2*size < bound(low) {
			size *= 2
		} else {
			break
		}
	}
	slices.Sort(l.shards)
	l.shards = slices.Compact(l.shards)
	l.open, _ = slices.BinarySearch(l.shards, p.open)
	for i, shards := range l.shards {
		l.size[i] = float64(shards)
		l.low[i], _ = slices.BinarySearch(l.shards, minTarget(shards))
		above, _ := slices.BinarySearch(l.shards, maxTarget(shards)+1)
		l.high[i] = max(above-1, i)
	}
	return l
}

// cheapest finds, for each rung, the cheapest of those that one operation reaches. Both ends rise
// with the rung, so one pass with a window does.
func (l *ladder) cheapest(cost *[maxRungs]float64) {
	first, last, next := 0, 0, 0 // the window holds rungs of rising cost
	for i := range l.shards {
		for ; next <= l.high[i]; next++ {
			for last > first && cost[l.window[last-1]] >= cost[next] {
				last--
			}
			l.window[last] = next
			last++
		}
		for l.window[first] < l.low[i] {
			first++
		}
		l.best[i] = l.window[first]
	}
}
