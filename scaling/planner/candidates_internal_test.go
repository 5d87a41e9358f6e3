package planner

// What candidates promise, for any plan at all, and the cheapest one, held against a plain search.

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/scaling/resize"
)

// anyNeed draws what a day needs: a flat line, a few levels, or anything, beyond the service too.
func anyNeed() *rapid.Generator[[blocksPerDay]float64] {
	return rapid.Custom(func(t *rapid.T) [blocksPerDay]float64 {
		size := rapid.OneOf(rapid.Float64Range(1, 12), rapid.Float64Range(1, resize.MostShards), rapid.Float64Range(1, 1e13))
		levels := rapid.SliceOfN(size, 1, 4).Draw(t, "levels")
		var need [blocksPerDay]float64
		for i := range need {
			need[i] = levels[i*len(levels)/blocksPerDay]
		}
		return need
	})
}

// anyPlan draws a plan for a stream within its bounds.
func anyPlan() *rapid.Generator[*plan] {
	return rapid.Custom(func(t *rapid.T) *plan {
		shards := rapid.OneOf(rapid.IntRange(1, 12), rapid.IntRange(1, resize.MostShards), rapid.Just(resize.MostShards))
		sizes := []int{shards.Draw(t, "size"), shards.Draw(t, "size"), shards.Draw(t, "size")}
		slices.Sort(sizes)
		p := &plan{within: bounds{sizes[0], sizes[2]}, open: sizes[1], need: anyNeed().Draw(t, "need")}
		if rapid.Bool().Draw(t, "without bounds") {
			p.within.least, p.within.most = 1, resize.MostShards
		}
		return p
	})
}

// bounded is what a plan may use for a need.
func (p *plan) bounded(need float64) int {
	return max(p.within.least, min(resize.Ceil(need-1e-9), p.within.most))
}

func TestCandidatesHoldWhatAPlanNeeds(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := anyPlan().Draw(rt, "plan")
		l := p.candidates()
		if len(l.shards) > maxCandidates {
			rt.Fatalf("%d sizes, at most %d fit", len(l.shards), maxCandidates)
		}
		for i, shards := range l.shards {
			if i > 0 && shards <= l.shards[i-1] {
				rt.Fatalf("candidate %d is not above the one below: %v", i, l.shards)
			}
			if shards < p.within.least || shards > p.within.most {
				rt.Fatalf("candidate %d is not within %d to %d: %v", i, p.within.least, p.within.most, l.shards)
			}
		}
		if l.shards[l.open] != p.open {
			rt.Fatalf("the stream has %d shards, its candidate %d: %v", p.open, l.shards[l.open], l.shards)
		}
		for _, need := range []float64{slices.Min(p.need[:]), slices.Max(p.need[:])} {
			if !slices.Contains(l.shards, p.bounded(need)) {
				rt.Fatalf("nothing for a need of %v: %v", need, l.shards)
			}
		}
	})
}

// One operation reaches what the service takes, no more and no less, and there is always one on
// the way to what is needed.
func TestCandidatesReachWhatOneOperationDoes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := anyPlan().Draw(rt, "plan")
		l := p.candidates()
		for i, from := range l.shards {
			for j, to := range l.shards {
				can := 2*to >= from && to <= 2*from
				if told := l.low[i] <= j && j <= l.high[i]; told != can {
					rt.Fatalf("one operation from %d to %d: %v, want %v: %v", from, to, told, can, l.shards)
				}
			}
		}
		for i := l.open; l.shards[i] < p.bounded(slices.Min(p.need[:])); i = l.high[i] {
			if l.high[i] == i {
				rt.Fatalf("no way up from %d: %v", l.shards[i], l.shards)
			}
		}
		for i := l.open; l.shards[i] > p.bounded(slices.Max(p.need[:])); i = l.low[i] {
			if l.low[i] == i {
				rt.Fatalf("no way down from %d: %v", l.shards[i], l.shards)
			}
		}
	})
}

// Finer steps than a twentieth are not worth an operation; only rounding up makes them closer.
func TestCandidateStepsAreATwentiethOrMore(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := anyPlan().Draw(rt, "plan")
		l := p.candidates()
		low, high := p.bounded(slices.Min(p.need[:])), p.bounded(slices.Max(p.need[:]))
		way := []int{p.open} // it may have a size close to a step
		for half, double := p.open, p.open; len(way) < 40; {
			half, double = resize.Smallest(half), 2*double
			way = append(way, half, double)
		}
		var steps []int
		for _, shards := range l.shards {
			if shards >= low && shards > p.within.least && shards < high && // bounds are no steps
				!slices.Contains(way, shards) {
				steps = append(steps, shards)
			}
		}
		for i := 1; i < len(steps); i++ {
			if least := float64(steps[i-1]-1) * leastStep; float64(steps[i]) < least {
				rt.Fatalf("from %d to %d is less than a twentieth: %v", steps[i-1], steps[i], l.shards)
			}
		}
	})
}

func TestCandidates(t *testing.T) {
	for _, c := range []struct {
		name        string
		open        int
		least, most int
		low, high   float64
		want        []int
	}{
		{"a need that is there", 4, 1, 100, 4, 4, []int{4}},
		{"each size of a few", 4, 1, 100, 3, 7.2, []int{3, 4, 5, 6, 7, 8}},
		{"steps of a twentieth", 100, 1, 1000, 100, 120, []int{100, 105, 111, 116, 120}},
		{"halves down below the need", 100, 1, 1000, 3, 3, []int{2, 3, 4, 7, 13, 25, 50, 100}},
		{"but not below the minimum", 5, 4, 1000, 1, 1, []int{4, 5}},
		{"doubles up to the need", 3, 1, 1000, 50, 50, []int{3, 6, 12, 24, 48, 50}},
		{"the bounds", 8, 6, 10, 2, 40, []int{6, 7, 8, 9, 10}},
		{"what one operation reaches is not doubled", 5, 1, 1000, 10, 10, []int{5, 10}},
	} {
		p := &plan{open: c.open, within: bounds{c.least, c.most}}
		for i := range p.need {
			p.need[i] = c.low
		}
		p.need[blocksPerDay-1] = c.high
		if got := p.candidates().shards; !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

// Candidates over the whole range of the service have no more steps than they may.
func TestCandidatesAreCoarseOverAWideRange(t *testing.T) {
	p := &plan{open: resize.MostShards, within: bounds{1, resize.MostShards}}
	p.need[0] = resize.MostShards
	for i := range p.need[1:] {
		p.need[i+1] = 1
	}
	halves := 14 // from 10,000 to 1
	if sizes := len(p.candidates().shards); sizes > candidateSteps+1+halves || sizes <= candidateSteps/2 {
		t.Errorf("%d sizes", sizes)
	}
}

func TestCheapestIsTheLeastOfAll(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l := anyPlan().Draw(rt, "plan").candidates()
		var cost [maxCandidates]float64
		for i := range l.shards {
			cost[i] = float64(rapid.IntRange(0, 9).Draw(rt, "cost"))
		}
		for range 2 { // what was left from the first time is no matter
			l.cheapest(&cost)
			for i := range l.shards {
				best := l.low[i]
				for j := l.low[i]; j <= l.high[i]; j++ {
					if cost[j] < cost[best] {
						best = j
					}
				}
				if got := l.best[i]; got < l.low[i] || got > l.high[i] || cost[got] != cost[best] {
					rt.Fatalf("from candidate %d the cheapest is %d, got %d: %v of %v", i, best, got, cost[:len(l.shards)], l.shards)
				}
			}
		}
	})
}
