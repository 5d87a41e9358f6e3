// Package optimum computes what nobody can beat: the fewest shard-hours with which a stream hardly
// throttles, for one who knows the future. Every policy is measured against it.
package optimum

import (
	"math"
	"slices"

	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// StepMinutes is how long the shards stay at least as they are; at the end of the demand what is left of it.
const StepMinutes = 5

const (
	operations = scaling.DefaultOperationLimit
	daySteps   = 24 * 60 / StepMinutes
)

// ShardHours returns the shard-hours of the cheapest series of shard counts that holds the
// demand, which is given in shards for each minute: of no minute more than a ten-thousandth is refused,
// by the keys and seconds of the spread. Each change is within double and half, and
// there are at most ten in each block of 24 hours; a resharding takes no time. All of this is
// easier than the service's own rules, so the result is a lower bound. 0 for less than a step of demand, and
// for one that no number of shards holds.
func ShardHours(demand []float64, spread *profile.Spread) float64 {
	need := needed(demand)
	if len(need) == 0 {
		return 0
	}
	most, found := spread.ShardsFor(slices.Max(need))
	if !found {
		return 0
	}
	p := newPlan(most)
	p.holds[0] = math.Inf(-1) // a stream has a shard
	for count := 1; count <= most; count++ {
		if p.holds[count] = spread.Capacity(count); p.holds[count] >= need[0] {
			p.cost[0][count] = float64(count)
		}
	}
	for step := 1; step < len(need); step++ {
		if step%daySteps == 0 {
			p.newDay()
		}
		p.step(need[step], lasts(step, len(demand)))
	}
	return p.cheapest() * StepMinutes / 60
}

// Work says how many sums ShardHours has to make for so many minutes of demand whose highest needs so
// many shards. It takes about a second for 500 million.
func Work(minutes, shards int) int { return minutes / StepMinutes * shards * (operations + 1) }

// needed returns the highest demand of each step; none where not even one is complete.
func needed(demand []float64) []float64 {
	if len(demand) < StepMinutes {
		return nil
	}
	var need []float64
	for step := range slices.Chunk(demand, StepMinutes) {
		need = append(need, slices.Max(step))
	}
	return need
}

// lasts returns what part of a step there is of so many minutes: all, but of the last one.
func lasts(step, minutes int) float64 {
	return min(1, float64(minutes-step*StepMinutes)/StepMinutes)
}

// plan holds, for each number of changes made since the day began and each shard count, the least
// cost to be there. The cost is in shards times steps; infinite where nobody can be.
type plan struct {
	cost    [operations + 1][]float64
	holds   []float64 // for each shard count, the highest demand that it holds
	reached []float64 // for each shard count, the least cost of a count it can be reached from
	window  []int
}

func newPlan(highest int) *plan {
	p := &plan{holds: make([]float64, highest+1), reached: make([]float64, highest+1), window: make([]int, 0, highest+1)}
	for changes := range p.cost {
		p.cost[changes] = make([]float64, highest+1)
		for count := range p.cost[changes] {
			p.cost[changes][count] = math.Inf(1)
		}
	}
	return p
}

// newDay gives all changes back.
func (p *plan) newDay() {
	for changes := 1; changes <= operations; changes++ {
		for count, cost := range p.cost[changes] {
			p.cost[0][count] = min(p.cost[0][count], cost)
			p.cost[changes][count] = math.Inf(1)
		}
	}
}

// step adds a step, or a part of one, with a demand. Changes are taken from most to fewest, so that
// those with one change less are still of the step before.
func (p *plan) step(demand, part float64) {
	lowest := slices.IndexFunc(p.holds, func(held float64) bool { return held >= demand })
	for changes := operations; changes >= 0; changes-- {
		cost := p.cost[changes]
		if changes > 0 {
			p.reach(p.cost[changes-1], lowest)
			for count := lowest; count < len(cost); count++ {
				cost[count] = min(cost[count], p.reached[count])
			}
		}
		for count := range cost[:lowest] {
			cost[count] = math.Inf(1)
		}
		for count := lowest; count < len(cost); count++ {
			if cost[count] += part * float64(count); p.holds[count] < demand {
				cost[count] = math.Inf(1)
			}
		}
	}
}

// reach finds, for each count from a lowest one on, the cheapest of those that it can be reached from:
// from half of it, rounded up, to double. Both ends rise with the count, so one pass with a window does.
func (p *plan) reach(from []float64, lowest int) {
	window := p.window[:0] // counts within reach, in rising order of count and cost
	first, next := 0, (lowest+1)/2
	for count := lowest; count < len(from); count++ {
		for ; next <= min(2*count, len(from)-1); next++ {
			for len(window) > first && from[window[len(window)-1]] >= from[next] {
				window = window[:len(window)-1]
			}
			window = append(window, next)
		}
		for window[first] < (count+1)/2 {
			first++
		}
		p.reached[count] = from[window[first]]
	}
}

func (p *plan) cheapest() float64 {
	least := math.Inf(1)
	for _, costs := range p.cost {
		for _, cost := range costs {
			least = min(least, cost)
		}
	}
	return least
}
