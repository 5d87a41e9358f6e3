// Package optimum computes what nobody can beat: the fewest shard-hours with which a stream never
// throttles, for one who knows the future. Every policy is measured against it.
package optimum

import (
	"math"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// StepMinutes is how long the shards stay at least as they are.
const StepMinutes = 5

const (
	operations = scaling.DefaultOperationLimit
	daySteps   = 24 * 60 / StepMinutes
)

// ShardHours returns the shard-hours of the cheapest series of shard counts that takes all of the
// demand, which is given in shards for each minute. Each change is within double and half, and
// there are at most ten in each block of 24 hours; a resharding takes no time. All of this is
// easier than the service's own rules, so the result is a lower bound. 0 for no demand.
func ShardHours(demand []float64) float64 {
	need := needed(demand)
	if len(need) == 0 {
		return 0
	}
	highest := 0
	for _, n := range need {
		highest = max(highest, n)
	}
	p := newPlan(highest)
	for count := need[0]; count <= highest; count++ {
		p.cost[0][count] = float64(count)
	}
	for step := 1; step < len(need); step++ {
		if step%daySteps == 0 {
			p.newDay()
		}
		p.step(need[step])
	}
	return p.cheapest() * StepMinutes / 60
}

// Work says how many sums ShardHours has to make for a demand. It takes about a second for 500
// million.
func Work(demand []float64) int {
	highest := 1.0
	for _, d := range demand {
		highest = max(highest, d)
	}
	return int(float64(len(demand)/StepMinutes) * min(highest, 1e6) * (operations + 1))
}

// needed returns the shards that each step needs, at least 1. A step at the end that is not
// complete is left out.
func needed(demand []float64) []int {
	need := make([]int, len(demand)/StepMinutes)
	for i := range need {
		highest := 1.0
		for _, d := range demand[i*StepMinutes : (i+1)*StepMinutes] {
			highest = max(highest, d)
		}
		need[i] = int(math.Ceil(highest - 1e-9)) // sums of floats may be above by that
	}
	return need
}

// plan holds, for each number of changes made since the day began and each shard count, the least
// cost to be there. The cost is in shards times steps; infinite where nobody can be.
type plan struct {
	cost    [operations + 1][]float64
	reached []float64 // for each shard count, the least cost of a count it can be reached from
	window  []int
}

func newPlan(highest int) *plan {
	p := &plan{reached: make([]float64, highest+1), window: make([]int, 0, highest+1)}
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

// step adds one step that needs so many shards. Changes are taken from most to fewest, so that
// those with one change less are still of the step before.
func (p *plan) step(need int) {
	for changes := operations; changes >= 0; changes-- {
		cost := p.cost[changes]
		if changes > 0 {
			p.reach(p.cost[changes-1])
		}
		for count := range cost {
			switch {
			case count < need:
				cost[count] = math.Inf(1)
			case changes > 0:
				cost[count] = min(cost[count], p.reached[count]) + float64(count)
			default:
				cost[count] += float64(count)
			}
		}
	}
}

// reach finds, for each count, the cheapest of those that it can be reached from: from half of it,
// rounded up, to double. Both ends rise with the count, so one pass with a window does.
func (p *plan) reach(from []float64) {
	window := p.window[:0] // counts within reach, in rising order of count and cost
	first, next := 0, 1
	for count := 1; count < len(from); count++ {
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
