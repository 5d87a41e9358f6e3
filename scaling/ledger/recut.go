package ledger

import (
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// Recut is a call of SplitShard or MergeShards. It changes the open shards by one and takes no slot: only
// UpdateShardCount calls count against the ten of a day (API reference of UpdateShardCount, read 2026-11).
type Recut struct {
	At     time.Time
	ID     string // of the event that told of it: the same event, delivered again, has the same
	Shards int    // 1 for a split, -1 for a merge
	Seen   bool   // the open shards that were last seen on the stream have it in them
}

// maxRecuts is how many recuts an item keeps; of no more than the window that operations count in. Tools
// that split shard by shard make a hundred calls for one change of size.
const maxRecuts = 100

// Recut returns the stream with somebody's SplitShard or MergeShards call taken in, its history entry, and
// whether it was new. The call explains a change of size: one that was seen and took a slot as a resharding
// by persons unknown gives it back as far as it is explained; one that is still to be seen will take none.
func (s Item) Recut(r Recut, actor, call string, now time.Time) (Item, Entry, bool) {
	same := func(known Recut) bool { return known.ID == r.ID && known.At.Equal(r.At) }
	if r.Shards == 0 || slices.ContainsFunc(s.Recuts, same) {
		return s, Entry{}, false
	}
	s = s.Clone()
	to, forgotten := s.expected()+r.Shards, !r.At.After(scaling.WindowStart(now))
	// What was made before the stream was last seen is in its size, and what is very old too.
	r.Seen = s.OpenShards == 0 || !r.At.Add(clocksDiffer).After(s.SeenAt) || forgotten
	known := !r.Seen // else the size of now tells nothing of that before the call
	if i, found := s.unexplained(r.At, scaling.OperationWindow); found {
		r.Seen, known, to = true, true, s.Operations[i].From+r.Shards
		s.Operations = withExplained(s.Operations, i, r.Shards)
	}
	s.Recuts = insertRecut(s.Recuts, r, now)
	s.DueBy(now)
	entry := Entry{
		Stream: s.Name, At: r.At, ID: r.ID, Kind: KindExternal, Direction: scaling.DirectionOf(0, r.Shards),
		From: to - r.Shards, To: to, Actor: actor, Detail: call + ": takes no slot",
	}
	if !known || entry.From < 1 || entry.To < 1 {
		entry.From, entry.To = 0, 0
	}
	if forgotten { // the call may have a line already, which knows more: it stays
		entry.ID, entry.Detail = r.ID+"-told-late", entry.Detail+"; told more than a day late, maybe not for the first time"
	}
	return s, entry, true
}

// expected is the size that the stream has once the recuts that are known have been seen.
func (s Item) expected() int {
	open := s.OpenShards
	for _, r := range s.Recuts {
		if !r.Seen {
			open += r.Shards
		}
	}
	return open
}

// uneven reports whether somebody has split or merged shards within a day, and no UpdateShardCount call has made them even again: one
// shard then has twice what another has.
func (s Item) uneven(now time.Time) bool {
	return len(s.Recuts) > 0 && s.Recuts[0].At.After(scaling.WindowStart(now)) && (len(s.Operations) == 0 || s.Recuts[0].At.After(s.Operations[0].At))
}

// withRecutsSeen returns the stream after it was seen ACTIVE: each call that is known has had its effect.
func (s Item) withRecutsSeen() Item {
	s.Recuts = slices.Clone(s.Recuts)
	for i := range s.Recuts {
		s.Recuts[i].Seen = true
	}
	return s
}

// clocksDiffer is how far CloudTrail's clock and ours may differ when a call and a look are put in order.
const clocksDiffer = 10 * time.Second

// unexplained finds the first resharding by persons unknown that was seen after a call, and so may be the
// call's work, or a part of it; none that was seen longer after it than within.
func (s Item) unexplained(call time.Time, within time.Duration) (int, bool) {
	for i, op := range slices.Backward(s.Operations) {
		after, before := op.At.Sub(call), call.Sub(op.Since)
		if op.Fence == 0 && op.Actor == actorUnseen && after >= -clocksDiffer && after < within && before >= -clocksDiffer {
			return i, true
		}
	}
	return 0, false
}

// withExplained returns operations after the shards of a call that is known now were taken from what is
// unexplained of one. Where nothing is left, there was no call besides, and its slot is free. The argument
// is not changed.
func withExplained(operations scaling.Operations, i, shards int) scaling.Operations {
	operations = slices.Clone(operations)
	operations[i].From += shards
	if operations[i].From == operations[i].To {
		return slices.Delete(operations, i, i+1)
	}
	return operations
}

// afterNewest is the size that the newest operation and the recuts after it lead to; false where no
// operation is known.
func (s Item) afterNewest() (int, bool) {
	last, found := s.Operations.Newest()
	open := last.To
	for _, r := range s.Recuts {
		if r.At.After(last.At) {
			open += r.Shards
		}
	}
	return open, found
}

// insertRecut returns recuts with one more, newest first, without those that are too many or too old.
func insertRecut(recuts []Recut, r Recut, now time.Time) []Recut {
	all := append([]Recut{r}, recuts...)
	slices.SortStableFunc(all, func(x, y Recut) int { return y.At.Compare(x.At) })
	start := scaling.WindowStart(now)
	for len(all) > 0 && (len(all) > maxRecuts || !all[len(all)-1].At.After(start)) {
		all = all[:len(all)-1]
	}
	return all
}
