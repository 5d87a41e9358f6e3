package planner

// Days that were worked out by hand. A block is half an hour; an operation costs its price.

import "testing"

// with returns the plan after a change to it.
func (p *plan) with(change func(*plan)) *plan {
	change(p)
	return p
}

// growing is a plan for growth up to so many shards all day.
func growing(p *plan, shards float64) *plan {
	return p.with(func(p *plan) {
		for i := range p.growth {
			p.growth[i] = shards
		}
	})
}

// regaining is a plan with one more operation from a block on.
func regaining(p *plan, block int) *plan {
	return p.with(func(p *plan) {
		for i := block; i < blocksPerDay; i++ {
			p.operations[i]++
		}
	})
}

type plannedDay struct {
	name string
	plan *plan
	want int
	soon bool
}

// needDays are about what is needed, and whether it is worth the price.
func needDays() []plannedDay {
	return []plannedDay{
		{name: "a flat need", plan: planned(4, 10, 1, 4), want: 4},
		{name: "fewer are enough all day, 4 shards for 24 hours", plan: planned(8, 10, 95, 4), want: 4},
		{name: "but not for more than they save", plan: planned(8, 10, 97, 4), want: 8},
		{name: "a lack costs 70 each, 1656 more than its shard in a day", plan: planned(4, 10, 1655, 5), want: 5},
		{name: "but no more", plan: planned(4, 10, 1657, 5), want: 4},

		// Down for 10 hours and up again: 40 shard-hours for two operations.
		{name: "a long fall is followed", plan: planned(8, 10, 19.9, day(map[int]float64{0: 4, 20: 8})...), want: 4},
		{name: "for no more than it saves", plan: planned(8, 10, 20.1, day(map[int]float64{0: 4, 20: 8})...), want: 8},
		// 4 shard-hours for two operations.
		{name: "a dip of an hour", plan: planned(8, 10, 1.9, 4, 4, 8), want: 4},
		{name: "a dip too short for the price", plan: planned(8, 10, 2.1, 4, 4, 8), want: 8},
		{name: "the shortest dip, almost for nothing", plan: planned(8, 10, 1e-6, 4, 8), want: 4},
		{name: "a size that is right for nothing", plan: planned(4, 10, 0, 4), want: 4},

		{name: "a rise at the next block", plan: planned(4, 10, 1, 4, 8), want: 4, soon: true},
		{name: "a fall at the next block", plan: planned(8, 10, 1, 8, 4), want: 8, soon: true},
		{name: "a rise at the block after it", plan: planned(4, 10, 1, 4, 4, 8), want: 4},
		{name: "a rise now, and one more at the next block", plan: planned(4, 10, 1, 5, 8), want: 5},

		{name: "four times as many at the next block", plan: planned(4, 10, 1, 4, 16), want: 8},
		{name: "more than double", plan: planned(4, 10, 1, 40), want: 8},
		{name: "less than half", plan: planned(17, 10, 1, 3), want: 9},
		{name: "the maximum", plan: planned(4, 10, 1, 8).with(func(p *plan) { p.within.most = 6 }), want: 6},
		{name: "the minimum", plan: planned(8, 10, 1, 2).with(func(p *plan) { p.within.least = 5 }), want: 5},
		{name: "the minimum, beyond which a half would be", plan: planned(5, 10, 1, 1).with(func(p *plan) { p.within.least = 4 }), want: 4},

		// 4 shards lacking for a minute are 280/60 shard-hours, for half an hour 140; two operations.
		{name: "a lack until the end of this half-hour", plan: planned(4, 10, 3, 8, 4), want: 8},
		{name: "a lack for its last minute", plan: planned(4, 10, 3, 8, 4).with(func(p *plan) { p.hours[0] = 1.0 / 60 }), want: 4},
	}
}

// operationDays are about which operations there are, and the headroom for growth that is kept with few.
func operationDays() []plannedDay {
	dip := func(operations int) *plan { return planned(8, operations, 1, day(map[int]float64{0: 4, 4: 8})...) }
	fall := func(operations int) *plan {
		return planned(8, operations, 1, day(map[int]float64{0: 4, 4: 8, 20: 4})...)
	}
	flat := func(operations int) *plan { return growing(planned(8, operations, 1, 4), 16) }
	return []plannedDay{
		{name: "two operations, down and up", plan: dip(2), want: 4},
		{name: "one, that could not come back up", plan: dip(1), want: 8},
		{name: "the second comes back in time for the rise", plan: regaining(dip(1), 4), want: 4},
		{name: "the second comes back too late", plan: regaining(dip(1), 5), want: 8},
		{name: "the one is for the longer fall later", plan: fall(1), want: 8},
		{name: "three are for both", plan: fall(3), want: 4},

		// To grow to 16 with k operations left after the last takes 16/2^k shards now. After one
		// more operation 4 have enough with two left; with one left they lack 4, 5 each.
		{name: "four operations, headroom for growth", plan: flat(4), want: 4},
		{name: "three", plan: flat(3), want: 8},
		{name: "two", plan: flat(2), want: 8},
		{name: "three, and nothing grows", plan: growing(flat(3), 0), want: 4},
		{name: "three, and it grows half as far", plan: growing(flat(3), 8), want: 4},
	}
}

func TestPlanOfADay(t *testing.T) {
	for _, c := range append(needDays(), operationDays()...) {
		if got, soon := c.plan.firstStep(); got != c.want || soon != c.soon {
			t.Errorf("%s: got %d, soon %v; want %d, %v", c.name, got, soon, c.want, c.soon)
		}
	}
}

func TestHeadroomHalvesWithEachOperationLeft(t *testing.T) {
	p := growing(planned(8, 3, 1, 4), 16)
	for used, want := range []float64{4, 8, 16, 32} {
		if got := p.headroom(7, used); got != want {
			t.Errorf("%d of 3 used: got %v, want %v", used, got, want)
		}
	}
}

// An operation that comes back within an hour and a half is there before a crowd is at its top; one that comes back later is not.
func TestHeadroomCountsOperationsThatComeBack(t *testing.T) {
	for block, want := range map[int]float64{3: 32, 4: 16, 7: 16, 8: 16} {
		p := growing(regaining(planned(8, 1, 1, 4), 7), 32)
		if got := p.headroom(block, 0); got != want {
			t.Errorf("block %d, with one operation, and one more from block 7 on: got %v, want %v", block, got, want)
		}
	}
}

// What a size costs is its shards, 70 for each that the need lacks and 5 for each that growth does,
// for as long as the block lasts.
func TestCostOfASize(t *testing.T) {
	p := growing(planned(4, 1, 1, 6), 9)
	l := p.candidates()
	var cost [maxCandidates]float64
	p.stay(0, 0, l, &cost)
	for i, want := range []float64{(4 + 2*70 + 5*5) / 2.0, (6 + 3*5) / 2.0} {
		if cost[i] != want {
			t.Errorf("%d shards: got %v, want %v", l.shards[i], cost[i], want)
		}
	}
}
