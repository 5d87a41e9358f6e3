package planner

import (
	"math"
	"slices"
	"time"
)

// plannedOperations is how many operations a plan reckons with at most: the service's ten a day. A
// stream that may have more is planned as if it had ten, since the plan's time grows with them.
const plannedOperations = 10

// pricedPart is the part of the highest load of the days kept that an operation is priced by at least: where a stream is idle between
// bursts, its mean load makes operations next to free, and they are gone when the next burst comes.
const pricedPart = 0.6

// scarcity says how many times its price an operation costs more when none is left after it.
const scarcity = 3

// soonBack is how many blocks ahead operations that come back count as left already, when one is priced: three hours. They
// would come back unused.
const soonBack = 6

// gathering is how many blocks a crowd takes to gather.
const gathering = riseBlocks + 1

// What a size costs besides its own shards, for each shard that it lacks.
const (
	needCost   = 70 // of the need: to be avoided at almost any price, since records are refused
	growthCost = 5  // of the headroom for growth, which may never come
)

// plan is what has to be met in each block ahead, and with how many operations. Block 0 is the
// unfinished one; a plan ends after a day, when every operation of today has been given back.
type plan struct {
	open       int // shards
	within     bounds
	need       [blocksPerDay]float64 // shards
	growth     [blocksPerDay]float64 // shards, should the stream grow as it has before
	hours      [blocksPerDay]float64 // that the block lasts
	operations [blocksPerDay]int     // that may have been used by then, at least 1; never falls
	price      prices
}

// prices are shard-hours that an operation costs, by how many are left after it.
type prices [plannedOperations]float64

// scarcePrices returns the price of an operation that leaves a whole day's, and higher ones the fewer are left: the more an
// unforeseen climb would miss them.
func scarcePrices(price float64, limit int) prices {
	var p prices
	for left := range p {
		used := max(0, 1-float64(left)/float64(max(1, limit)))
		p[left] = price * (1 + scarcity*used*used*used)
	}
	return p
}

// costs are shard-hours from a block to the end, by operations used and by candidate.
type costs [plannedOperations + 1][maxCandidates]float64

// firstStep returns the size of the first step on the cheapest way through the blocks, open for none,
// and whether this way has an operation at the start of the next block.
//
// It is a dynamic program, from the last block to the first: the least cost from a block on depends
// only on the size and on the operations used, not on the way there. In each block a size costs its
// shards, needCost for each shard of the need that it lacks, and growthCost for each that growth would
// lack (see headroom).
func (p *plan) firstStep() (shards int, soon bool) {
	sizes := p.candidates()
	var a, b costs
	var least [maxCandidates]float64 // of a block, where growth costs nothing
	here, after := &a, &b
	for block := blocksPerDay - 1; block >= 0; block-- {
		here, after = after, here
		p.stay(block, 0, sizes, &least)
		for used := 0; used <= min(p.operations[block], block+1); used++ { // one operation a block
			if p.headroom(block, used) > sizes.size[0] {
				p.stay(block, used, sizes, &here[used])
			} else {
				here[used] = least
			}
			if block == blocksPerDay-1 {
				continue
			}
			stays := after[used][:len(sizes.shards)]
			if used == p.operations[block+1] { // no operation is left for the next block
				for i, next := range stays {
					here[used][i] += next
				}
				continue
			}
			sizes.cheapest(&after[used+1])
			price := p.priceOf(block+1, used)
			for i, next := range stays {
				changed := after[used+1][sizes.best[i]] + price
				if block == 0 && used == 0 && i == sizes.open {
					soon = changed < next
				}
				here[used][i] += min(next, changed)
			}
		}
	}
	sizes.cheapest(&here[1])
	if best := sizes.best[sizes.open]; here[1][best]+p.priceOf(0, 0) < here[0][sizes.open]-1e-9 {
		return sizes.shards[best], false
	}
	return p.open, soon
}

// ahead gives each block the need of those that begin within a lead after its own beginning; for the unfinished one, which has
// so much left, after now.
func (p *plan) ahead(lead, left time.Duration) {
	need := p.need
	for block := range p.need {
		begins := BlockLength
		if block == 0 {
			begins = left
		}
		for next := block + 1; next < blocksPerDay && begins <= lead; next++ {
			p.need[block] = max(p.need[block], need[next])
			begins += BlockLength
		}
	}
}

// priceOf is what an operation at the beginning of a block costs, with so many used before it.
func (p *plan) priceOf(block, used int) float64 {
	return p.price[p.allowed(block, soonBack)-used-1]
}

// allowed is how many operations may have been used by so many blocks after one.
func (p *plan) allowed(block, after int) int { return p.operations[min(block+after, blocksPerDay-1)] }

// candidates are the sizes that the plan chooses from.
func (p *plan) candidates() *candidates {
	return newCandidates(p.open, p.within, slices.Min(p.need[:]), slices.Max(p.need[:]))
}

// stay is what each size costs in a block, with so many operations used.
func (p *plan) stay(block, used int, sizes *candidates, cost *[maxCandidates]float64) {
	need, headroom, hours := p.need[block], p.headroom(block, used), p.hours[block]
	for i, size := range sizes.size[:len(sizes.shards)] {
		total := size
		if size < need {
			total += needCost * (need - size)
		}
		if size < headroom {
			total += growthCost * (headroom - size)
		}
		cost[i] = total * hours
	}
}

// headroom is how many shards a block needs to be able to grow as far as it may. With k operations
// left the stream can double k times, and the last of them is kept for what comes after: so it is the
// growth over 2^(k-1). Operations that come back while a crowd gathers are left too, since they are there before its top: what one
// day's burst has used comes back in the same minutes of the next.
func (p *plan) headroom(block, used int) float64 {
	return math.Ldexp(p.growth[block], used+1-p.allowed(block, gathering))
}
