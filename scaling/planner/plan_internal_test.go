package planner

// The plan, held against every way there is, and against days that were worked out by hand.

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/scaling/resize"
)

// priceWithin is the price of an operation at the beginning of a block, by those that are left three hours later.
func (p *plan) priceWithin(block, used int) float64 {
	return p.price[p.operations[min(block+6, 47)]-used-1]
}

// planned is a plan of a whole day in which the need is that of some blocks, the last of them for
// the rest of the day, and nothing grows.
func planned(open, operations int, price float64, need ...float64) *plan {
	p := &plan{open: open, within: bounds{1, resize.MostShards}}
	for left := range p.price {
		p.price[left] = price
	}
	for i := range p.need {
		p.need[i] = need[min(i, len(need)-1)]
		p.hours[i], p.operations[i] = BlockLength.Hours(), operations
	}
	return p
}

// day is a need by blocks, each of them for so many.
func day(blocks map[int]float64) []float64 {
	need, last := make([]float64, blocksPerDay), 0.0
	for i := range need {
		if n, changes := blocks[i]; changes {
			last = n
		}
		need[i] = last
	}
	return need
}

// anyDay draws a plan of a few sizes, so that every way through it can be tried.
func anyDay(operations int) *rapid.Generator[*plan] {
	return rapid.Custom(func(t *rapid.T) *plan {
		blocks := map[int]float64{0: 1}
		for range rapid.IntRange(1, 6).Draw(t, "changes") {
			blocks[rapid.IntRange(0, 5).Draw(t, "block")] = rapid.Float64Range(1, 5).Draw(t, "need")
		}
		for range rapid.IntRange(0, 2).Draw(t, "later changes") {
			blocks[rapid.IntRange(6, blocksPerDay-1).Draw(t, "later block")] = rapid.Float64Range(1, 5).Draw(t, "later need")
		}
		price := rapid.OneOf(rapid.Float64Range(0, 20), rapid.Just(0.0)).Draw(t, "price")
		p := planned(rapid.IntRange(1, 8).Draw(t, "open"), 1, price, day(blocks)...)
		if rapid.Bool().Draw(t, "scarce") {
			p.price = scarcePrices(price, operations)
		}
		p.hours[0] *= rapid.Float64Range(0.01, 1).Draw(t, "left of the first block")
		p.operations[0] = rapid.IntRange(1, operations).Draw(t, "operations")
		for i := range p.need {
			if i > 0 {
				p.operations[i] = p.operations[i-1]
			}
			if p.operations[i] < operations && rapid.IntRange(0, 9).Draw(t, "comes back") == 0 {
				p.operations[i]++
			}
			p.growth[i] = p.need[i] * float64(rapid.IntRange(0, 3).Draw(t, "growth"))
		}
		return p
	})
}

// costOf is what a size costs in a block, as the documentation of the plan has it.
func (p *plan) costOf(block, used, shards int) float64 {
	headroom := p.growth[block]
	for doublings := p.operations[min(block+3, blocksPerDay-1)] - used - 1; doublings != 0; {
		if doublings > 0 {
			headroom, doublings = headroom/2, doublings-1
		} else {
			headroom, doublings = headroom*2, doublings+1
		}
	}
	cost := float64(shards)
	if lack := p.need[block] - float64(shards); lack > 0 {
		cost += 70 * lack
	}
	if lack := headroom - float64(shards); lack > 0 {
		cost += 5 * lack
	}
	return cost * p.hours[block]
}

// takes reports whether the service takes one size for a stream of another.
func takes(from, to int) bool { return from != to && 2*to >= from && to <= 2*from }

// tryAll is the least cost from a block on, of all ways to spend what may be used. It is plain
// recursion, with no memory at all.
func (p *plan) tryAll(sizes []int, block, used, shards int) float64 {
	cost := p.costOf(block, used, shards)
	if block == blocksPerDay-1 {
		return cost
	}
	least := p.tryAll(sizes, block+1, used, shards)
	if used < p.operations[block+1] {
		for _, to := range sizes {
			if takes(shards, to) {
				least = min(least, p.priceWithin(block+1, used)+p.tryAll(sizes, block+1, used+1, to))
			}
		}
	}
	return cost + least
}

func TestPlanIsTheCheapestOfAllWays(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := anyDay(2).Draw(rt, "plan")
		if p.operations[blocksPerDay-1] > 1 && p.open > 5 {
			p.open = 5 // fewer sizes: the ways are as many as the sizes to the power of the operations
		}
		sizes := p.candidates().shards
		stay := p.tryAll(sizes, 0, 0, p.open)
		least, got := stay, stay
		first, _ := p.firstStep()
		for _, to := range sizes {
			if takes(p.open, to) {
				cost := p.priceWithin(0, 0) + p.tryAll(sizes, 0, 1, to)
				least = min(least, cost)
				if to == first {
					got = cost
				}
			}
		}
		if first != p.open && !takes(p.open, first) || got > least+1e-6 {
			rt.Fatalf("from %d to %d costs %v; %v is the least, and staying %v", p.open, first, got, least, stay)
		}
	})
}

// forward is the least cost of all ways that begin with a size, from the first block to the last. The
// second step may be bound to be an operation at the start of the next block, or not to be.
func (p *plan) forward(sizes []int, begin int, second func(operates bool) bool) float64 {
	type state struct{ used, shards int }
	costs := map[state]float64{{0, p.open}: 0}
	if begin != p.open {
		costs = map[state]float64{{1, begin}: p.priceWithin(0, 0)}
	}
	for block := range blocksPerDay {
		next := map[state]float64{}
		reach := func(s state, cost float64) {
			if known, found := next[s]; !found || cost < known {
				next[s] = cost
			}
		}
		for s, cost := range costs {
			if block > 0 && s.used < p.operations[block] && (block > 1 || second(true)) {
				for _, to := range sizes {
					if takes(s.shards, to) {
						reach(state{s.used + 1, to}, cost+p.priceWithin(block, s.used)+p.costOf(block, s.used+1, to))
					}
				}
			}
			if block != 1 || second(false) {
				reach(s, cost+p.costOf(block, s.used, s.shards))
			}
		}
		costs = next
	}
	least := math.Inf(1)
	for _, cost := range costs {
		least = min(least, cost)
	}
	return least
}

// With all operations of a day there are too many ways to try; forward they are found in another
// order than the plan's own. Soon says that holding now goes best with an operation next.
func TestPlanIsTheCheapestWithManyOperations(t *testing.T) {
	either, now, later := func(bool) bool { return true }, func(operates bool) bool { return operates }, func(operates bool) bool { return !operates }
	soonest := 0
	rapid.Check(t, func(rt *rapid.T) {
		p := anyDay(plannedOperations).Draw(rt, "plan")
		sizes := p.candidates().shards
		first, soon := p.firstStep()
		least := p.forward(sizes, p.open, either)
		for _, to := range sizes {
			if takes(p.open, to) {
				least = min(least, p.forward(sizes, to, either))
			}
		}
		if got := p.forward(sizes, first, either); got > least+1e-6 {
			rt.Fatalf("from %d to %d costs %v, and %v is the least", p.open, first, got, least)
		}
		if soon {
			soonest++
		}
		if at, after := p.forward(sizes, p.open, now), p.forward(sizes, p.open, later); first != p.open && soon ||
			first == p.open && math.Abs(at-after) > 1e-6 && soon != (at < after) {
			rt.Fatalf("%d to %d, soon %v: with an operation at the next block %v, without %v", p.open, first, soon, at, after)
		}
	})
	if soonest == 0 {
		t.Error("the plans are too tame: none has an operation soon")
	}
}

// A plan begins in the middle of a block, with the load of now and the operations as they come back.
func TestNewPlan(t *testing.T) {
	now := pastNoon().Add(20 * time.Minute)
	c := Config{
		MinShards: 1, MaxShards: resize.MostShards, OperationLimit: 10, MaxGrowth: 32,
		TargetUtilization: 0.8, ForecastUtilization: 0.5,
	}
	seen := pastOf(now, seenDays(2, func(time.Time) float64 { return 2 }))
	expected := Forecast{Margin: 1.1}
	for i := range expected.Peak {
		expected.Peak[i] = 0.1
	}
	p := newPlan(c, seen, expected, Stream{
		Now: now, OpenShards: 5, Load: 4, Returns: []time.Time{now.Add(23*time.Hour + time.Minute), now.Add(16 * time.Minute)},
	})
	if p.hours[0] != 1.0/6 || p.hours[1] != 0.5 {
		t.Errorf("hours %v and %v, want a sixth and half of one", p.hours[0], p.hours[1])
	}
	if p.operations[0] != 8 || p.operations[1] != 8 || p.operations[2] != 9 || p.operations[47] != 10 {
		t.Errorf("operations %v, want 8 until one comes back at 12:36", p.operations)
	}
	if !near(p.need[0], 4/0.8) || p.need[1] != 1 {
		t.Errorf("need %v and %v, want that of the load, then one shard", p.need[0], p.need[1])
	}
	if !near(p.growth[0], 4/0.8) || !near(p.growth[1], idleLoad/0.8) {
		t.Errorf("growth %v and %v, want that of the load, then that of an idle stream", p.growth[0], p.growth[1])
	}
}

// What is expected beyond what was ever seen is told as no more than a tenth above it, and leads neither the need nor the headroom further.
func TestNothingIsPlannedFarAboveTheRecord(t *testing.T) {
	c := Config{MinShards: 1, MaxShards: resize.MostShards, OperationLimit: 10, MaxGrowth: 12, TargetUtilization: 1, ForecastUtilization: 1}
	now := pastNoon()
	seen := pastOf(now, seenDays(3, func(at time.Time) float64 { // today's morning is higher than those before it, so each noon is scaled to its level
		switch today := at.Day() == now.Day(); {
		case today:
			return 12.8
		case at.Hour() >= 12 && at.Hour() < 20:
			return 16
		}
		return 8
	}))
	expected := seen.predict(12.8, 0.9)
	expected.Margin = 1.2
	p := newPlan(c, seen, expected, Stream{Now: now, OpenShards: 16, Load: 12.8})
	for i := range p.need {
		if expected.Peak[i] > beyondRecord*16+1e-9 {
			t.Fatalf("half-hour %d: %v expected, the record is 16", i, expected.Peak[i])
		}
		if most := beyondRecord * 16.0; p.need[i] > most+1e-9 || p.growth[i] > most+1e-9 {
			t.Fatalf("half-hour %d needs %v and may grow to %v, the record is 16", i, p.need[i], p.growth[i])
		}
	}
}

// An operation has its price of the day ahead, or of a part of what the stream reached on the days kept. A stream that was idle
// has one too; the last operation costs four times as much.
func TestAnOperationIsPricedByWhatTheStreamReaches(t *testing.T) {
	c := Config{MinShards: 1, MaxShards: resize.MostShards, OperationLimit: 10, TargetUtilization: 1, ForecastUtilization: 1, OperationPrice: 0.01}
	for _, test := range []struct{ expected, record, want float64 }{{8, 9, 8}, {1, 9, 0.6 * 9}, {0.1, 0, 0.4}} {
		seen, expected := &Past{first: keptBlocks, record: test.record}, Forecast{Margin: 1}
		for i := range expected.Peak {
			expected.Peak[i] = test.expected
		}
		if test.record > 0 {
			seen.first = 0
		}
		p := newPlan(c, seen, expected, Stream{Now: pastNoon(), OpenShards: 5, Load: test.expected})
		if first, last := p.price[9], p.price[0]; !near(first, 0.01*test.want*24*1.003) || !near(last, 0.01*test.want*24*4) {
			t.Errorf("%v shards expected, %v reached: prices %v; want a hundredth of a day of %v, and four times that for the last", test.expected, test.record, p.price, test.want)
		}
	}
}

// Operations that come back within three hours would come back unused, so the last one before them is cheap. One that comes back
// later is worth waiting for.
func TestAnOperationIsCheapBeforeOthersComeBack(t *testing.T) {
	for _, c := range []struct{ back, want int }{{6, 8}, {7, 10}} { // blocks until nine more are there
		p := planned(10, 1, 0, 8)
		for i := c.back; i < blocksPerDay; i++ {
			p.operations[i] = 10
		}
		p.price = scarcePrices(9.5, 10)
		if got, _ := p.firstStep(); got != c.want {
			t.Errorf("with nine more after %d half-hours: %d shards, want %d", c.back, got, c.want)
		}
	}
}
