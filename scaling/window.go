package scaling

import (
	"slices"
	"time"
)

// Operation is one UpdateShardCount call that the service accepted, or may have: it takes a
// slot of the rolling 24 hours.
type Operation struct {
	At        time.Time
	Direction Direction
	From      int
	To        int
	Fence     int64  // the claim it was made under; 0 for a call of somebody else
	Actor     string // who made it
}

// History is what Decide knows of the past.
type History struct {
	Operations []Operation // newest first; those of at least the last 24 hours
}

// Newest returns the newest operation and whether there is one.
func (h History) Newest() (Operation, bool) {
	if len(h.Operations) == 0 {
		return Operation{}, false
	}
	return h.Operations[0], true
}

// Used counts the operations in the rolling 24 hours before now. One exactly at the edge
// counts, and so does one within the margin before it.
func (h History) Used(now time.Time) int {
	start := WindowStart(now)
	used := 0
	for _, op := range h.Operations {
		if op.At.After(start) {
			used++
		}
	}
	return used
}

// FreeAt returns the earliest time, not before now, at which fewer than limit operations are in
// the window. A limit below 1 is never free: the zero time.
func (h History) FreeAt(now time.Time, limit int) time.Time {
	if limit < 1 {
		return time.Time{}
	}
	if len(h.Operations) < limit {
		return now
	}
	free := h.Operations[limit-1].At.Add(OperationWindow + windowMargin)
	if free.Before(now) {
		return now
	}
	return free
}

// WindowStart is the latest time at which an operation is outside the window that ends now.
func WindowStart(now time.Time) time.Time {
	return now.Add(-OperationWindow - windowMargin)
}

// insertOperation returns operations with op in its place, newest first, and without those that
// are both outside the window and beyond the newest keepOperations. Of one time, op is the newest.
// The argument is not changed.
func insertOperation(operations []Operation, op Operation, now time.Time) []Operation {
	all := slices.Concat([]Operation{op}, operations)
	sortNewestFirst(all)
	start := WindowStart(now)
	for len(all) > keepOperations && !all[len(all)-1].At.After(start) {
		all = all[:len(all)-1]
	}
	return all
}

// postponeOperation returns operations with the one of a fence moved to a time, if that is later,
// newest first. The argument is not changed.
func postponeOperation(operations []Operation, fence int64, at time.Time) []Operation {
	all := slices.Clone(operations)
	for i := range all {
		if all[i].Fence == fence && at.After(all[i].At) {
			all[i].At = at
		}
	}
	sortNewestFirst(all)
	return all
}

// sortNewestFirst puts operations in the order that History relies on; those of one time stay as
// they are.
func sortNewestFirst(operations []Operation) {
	slices.SortStableFunc(operations, func(x, y Operation) int { return y.At.Compare(x.At) })
}

// keepOperations is how many operations a stream's item keeps at least.
const keepOperations = 10
