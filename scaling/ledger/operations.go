package ledger

import (
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// How a stream's item keeps its operations: newest first, the newest ten and all of the last 24 hours.

// insertOperation returns operations with op in its place, newest first, and without those that
// are both outside the window and beyond the newest keepOperations. Of one time, op is the newest.
// The argument is not changed.
func insertOperation(operations scaling.Operations, op scaling.Operation, now time.Time) scaling.Operations {
	all := slices.Concat(scaling.Operations{op}, operations)
	all = all.NewestFirst()
	start := scaling.WindowStart(now)
	for len(all) > keepOperations && !all[len(all)-1].At.After(start) {
		all = all[:len(all)-1]
	}
	return all
}

// postponeOperation returns operations with the one of a fence moved to a time, if that is later,
// newest first. The argument is not changed.
func postponeOperation(operations scaling.Operations, fence int64, at time.Time) scaling.Operations {
	all := slices.Clone(operations)
	for i := range all {
		if all[i].Fence == fence && at.After(all[i].At) {
			all[i].At = at
		}
	}
	return all.NewestFirst()
}

// keepOperations is how many operations a stream's item keeps at least.
const keepOperations = 10
