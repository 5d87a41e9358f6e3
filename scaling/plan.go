package scaling

// How target-tracking spends the operations of a day.

import "math"

// plannedOperations is how many operations a plan reckons with at most.
const plannedOperations = DefaultOperationLimit

// What a size costs besides its own shards, for each shard that it lacks.
const (
	lackCost = 50 // of the need: to be avoided at almost any price
	roomCost = 5  // of the room for growth, which may never come
)

// plan is what has to be met in each block ahead, and with how many operations. Block 0 is the
// unfinished one; a plan ends after a day, when every operation of today has been given back.
type plan struct {
	open       int                   // shards
	least      int                   // never fewer
	most       int                   // never more
	need       [blocksPerDay]float64 // shards
	growth     [blocksPerDay]float64 // shards, should the stream grow as it has before
	hours      [blocksPerDay]float64 // that the block lasts
	operations [blocksPerDay]int     // that may have been used by then, at least 1; never falls
	price      float64               // of an operation, in shard-hours
}

// costs are shard-hours from a block to the end, by operations used and by rung.
type costs [plannedOperations + 1][maxRungs]float64

// first returns the size of the first step on the cheapest way through the blocks, open for none,
// and whether this way has an operation at the start of the next block.
//
// It is a dynamic program, from the last block to the first. In each block a size costs its
// shards, lackCost for each shard of the need that it lacks, and roomCost for each that growth would
// lack: with k operations left the stream can still double k times, and the last of them is kept
// for what comes after.
func (p *plan) first() (shards int, soon bool) {
	l := newLadder(p)
	var a, b costs
	here, after := &a, &b
	for block := blocksPerDay - 1; block >= 0; block-- {
		here, after = after, here
		for used := 0; used <= min(p.operations[block], block+1); used++ { // one operation a block
			p.stay(block, used, l, &here[used])
			if block == blocksPerDay-1 {
				continue
			}
			change := used < p.operations[block+1]
			if change {
				l.cheapest(&after[used+1])
			}
			for i := range l.shards {
				next := after[used][i]
				if change {
					changed := after[used+1][l.best[i]] + p.price
					if block == 0 && used == 0 && i == l.open {
						soon = changed < next
					}
					next = min(next, changed)
				}
				here[used][i] += next
			}
		}
	}
	l.cheapest(&here[1])
	if best := l.best[l.open]; here[1][best]+p.price < here[0][l.open]-1e-9 {
		return l.shards[best], false
	}
	return p.open, soon
}

// stay is what each rung costs in a block, with so many operations used.
func (p *plan) stay(block, used int, l *ladder, cost *[maxRungs]float64) {
	need, room, hours := p.need[block], p.room(block, used), p.hours[block]
	for i, size := range l.size[:len(l.shards)] {
		total := size
		if size < need {
			total += lackCost * (need - size)
		}
		if size < room {
			total += roomCost * (room - size)
		}
		cost[i] = total * hours
	}
}

// room is how many shards a block needs to grow as far as it may with the operations that are
// left, the last of which is kept for what comes after.
func (p *plan) room(block, used int) float64 {
	return math.Ldexp(p.growth[block], used+1-p.operations[block])
}
