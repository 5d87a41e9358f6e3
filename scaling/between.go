package scaling

import "github.com/shardkeeper/shardkeeper/scaling/resize"

// OperationsBetween is how many operations lead from one number of open shards to another, where each at most doubles and
// at least halves: 2 from 4 to 12. From or to less than one shard it is 0.
func OperationsBetween(from, to int) int {
	if from < 1 || to < 1 {
		return 0
	}
	steps := 0
	for from != to {
		next := min(max(to, resize.Smallest(from)), resize.Largest(from))
		if next == from { // as from more shards than one call can give
			return steps
		}
		from = next
		steps++
	}
	return steps
}
