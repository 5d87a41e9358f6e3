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

	// Of a call that was noticed by its result alone: when the stream was last seen before. It was made
	// between then and At. Zero: not known.
	Since time.Time
}

// Operations are the calls that the service accepted for a stream, or may have, newest first; those
// of at least the last 24 hours. The zero value: none is known.
type Operations []Operation

// NewestFirst returns the operations in their order, the receiver itself where it is in it; those of one time stay as they are. The receiver is
// not changed.
func (ops Operations) NewestFirst() Operations {
	newestFirst := func(x, y Operation) int { return y.At.Compare(x.At) }
	if slices.IsSortedFunc(ops, newestFirst) {
		return ops
	}
	return slices.SortedStableFunc(slices.Values(ops), newestFirst)
}

// Newest returns the newest operation and whether there is one.
func (ops Operations) Newest() (Operation, bool) {
	if len(ops) == 0 {
		return Operation{}, false
	}
	return ops[0], true
}

// Used counts the operations in the rolling 24 hours before now. One exactly at the edge
// counts, and so does one within the margin before it.
func (ops Operations) Used(now time.Time) int {
	start := WindowStart(now)
	used := 0
	for _, op := range ops {
		if op.At.After(start) {
			used++
		}
	}
	return used
}

// grownSince is by how many shards a stream of now open shards has grown since a time; 0 when it has not, or when no
// operation since then tells.
func (ops Operations) grownSince(since time.Time, open int) int {
	grown := 0
	for _, op := range ops {
		if !op.At.After(since) {
			break
		}
		if op.From > 0 {
			grown = max(open-op.From, 0)
		}
	}
	return grown
}

// FreeAt returns the earliest time, not before now, at which fewer than limit operations are in
// the window. A limit below 1 is never free: the zero time.
func (ops Operations) FreeAt(now time.Time, limit int) time.Time {
	if limit < 1 {
		return time.Time{}
	}
	if len(ops) < limit {
		return now
	}
	if free := ops[limit-1].returns(); free.After(now) {
		return free
	}
	return now
}

// returns is when the operation stops counting against the limit.
func (op Operation) returns() time.Time { return op.At.Add(OperationWindow + windowMargin) }

// returns gives, for each operation, when it stops counting against the limit.
func (ops Operations) returns() []time.Time {
	times := make([]time.Time, len(ops))
	for i, op := range ops {
		times[i] = op.returns()
	}
	return times
}

// WindowStart is the latest time at which an operation is outside the window that ends now.
func WindowStart(now time.Time) time.Time {
	return now.Add(-OperationWindow - windowMargin)
}
