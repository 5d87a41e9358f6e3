package ledger

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// Waits and bounds of settling an operation.
const (
	// appearDelay is how long an accepted call may take to show on the stream. The documentation
	// says that the status changes at once; this holds if it does not.
	appearDelay = 15 * time.Minute
	// sameReshard is how long after a call by somebody else, as its event tells of it, the reconciler
	// may have seen the new size for both to be reports of one call.
	sameReshard = 30 * time.Minute
	// From so many calls in a row on of which nothing came, one is made again only after a while, a longer one each time:
	// a lost answer may hide a refusal.
	hotClaims = 3
	voidRetry = 5 * time.Minute
	// seenBefore is how much earlier than a call its result may seem to have been seen, and how much later
	// the size before it: clocks differ, and a look takes a while.
	seenBefore = time.Minute
)

// actorUnseen is the actor of a resharding that was noticed by its result alone.
const actorUnseen = "unknown: seen on the stream"

// Settle compares the operation in flight with the stream as it is now. It returns the stream,
// its history entries, and whether nothing is in flight any more. The open shards are then those
// that what is counted led to; Noticed compares them with what is there. A claim with a live lease is
// left alone, unless its stream is gone: its owner may still be about to act.
func (s Item) Settle(sum scaling.Summary, now time.Time) (Item, []Entry, bool) {
	op := s.InFlight
	switch {
	case op == nil:
		return s, nil, true
	case s.Recreated(sum) && op.At.Before(sum.CreatedAt): // a later operation is one of the new stream
		s, entry := s.Settled(OutcomeStreamGone, "the stream was made again", now)
		return s, []Entry{entry}, true
	case s.LeaseUntil.After(now):
		s.DueAt = s.LeaseUntil
		return s, nil, false
	case sum.Status != scaling.StatusActive:
		s.DueAt = now.Add(pollInterval)
		return s, nil, false
	}
	outcome, detail := OutcomeSuperseded, fmt.Sprintf("the stream has %d open shards", sum.OpenShards)
	switch young := op.At.Before(now.Add(clockFault)) && now.Sub(op.At) < appearDelay; { // a time ahead is a clock's mistake
	case sum.OpenShards == op.To:
		outcome, detail = OutcomeCompleted, ""
	case sum.OpenShards == op.From && op.Outcome == OutcomeAccepted && young:
		s.DueAt = now.Add(pollInterval)
		return s, nil, false
	case sum.OpenShards == op.From && op.Outcome != OutcomeAccepted && young && !s.reshardedSince(op.At) && s.recutSince(op.At) == 0:
		// The lease is over and the stream was not touched. Later than this, somebody may have
		// resharded it back, so the slot is kept to be sure.
		outcome, detail = OutcomeNotApplied, "the stream still has its open shards"
	}
	s, entry := s.Settled(outcome, detail, now)
	s.OpenShards = s.accountedFor(*op, outcome, sum.OpenShards)
	retry := now
	if n := s.FailedClaims; outcome == OutcomeNotApplied && n >= hotClaims {
		retry = now.Add(min(voidRetry*time.Duration(min(n, hotClaims+2)-hotClaims+1), refusedRetry)) // a huge count, from an edit, is cut first
	}
	s.Up.RetryAt, s.Down.RetryAt = retry, retry
	return s, []Entry{entry}, true
}

// accountedFor is the size that the stream must have by what is counted, after an operation that
// ended with an outcome and left open shards. Where they are not alike, somebody went on from there,
// and Noticed counts that.
func (s Item) accountedFor(op Entry, outcome Outcome, open int) int {
	since := op.At
	if op.Outcome != OutcomeAccepted {
		since = since.Add(-time.Minute) // a call by hand just before ours may be why ours was not taken
	}
	switch {
	case outcome == OutcomeSuperseded && s.explained(open, since):
		return open
	case outcome == OutcomeCompleted || op.Outcome == OutcomeAccepted:
		return op.To
	}
	return s.OpenShards
}

// reshardedSince reports whether somebody else's call is known to be later than a time.
func (s Item) reshardedSince(at time.Time) bool {
	return slices.ContainsFunc(s.Operations, func(op scaling.Operation) bool { return op.Fence == 0 && op.At.After(at) })
}

// recutSince is by how many shards splits and merges that are known to be later than a time have changed the stream.
func (s Item) recutSince(at time.Time) int {
	shards := 0
	for _, r := range s.Recuts {
		if r.At.After(at) {
			shards += r.Shards
		}
	}
	return shards
}

// explained reports whether somebody else's call since a time is known that led to a number of shards.
func (s Item) explained(open int, since time.Time) bool {
	return slices.ContainsFunc(s.Operations, func(op scaling.Operation) bool { return op.Fence == 0 && op.To == open && op.At.After(since) })
}

// Recreated reports whether the stream was deleted and recreated since it was last looked at.
func (s Item) Recreated(sum scaling.Summary) bool {
	// The registry keeps milliseconds, the service may say more.
	return !s.CreatedAt.IsZero() && !sum.CreatedAt.IsZero() && s.CreatedAt.Sub(sum.CreatedAt).Abs() > time.Second
}

// Noticed compares the open shards with those last known. A difference that no operation
// explains was made by somebody else; it is counted once, whoever reports it first. What the
// service does to an on-demand stream is nobody's operation, and a recreated stream was not
// resharded.
func (s Item) Noticed(sum scaling.Summary, now time.Time) (Item, []Entry) {
	before := s.OpenShards
	if s.Recreated(sum) {
		before = 0
	}
	if s.InFlight != nil || sum.Status != scaling.StatusActive || sum.OpenShards < 1 {
		return s, nil
	}
	expected := s.expected()
	afterNewest, found := s.afterNewest()
	last, _ := s.Operations.Newest()
	unseen := found && last.Fence == 0 && last.At.After(s.SeenAt) // told by its event
	s = s.withRecutsSeen()
	if sum.OpenShards == before && (expected == before || s.SeenAt.IsZero()) {
		return s, nil
	}
	if s.OpenShards = sum.OpenShards; sum.OpenShards != before {
		s.Usable.Since = now
		s.Up.RetryAt, s.Down.RetryAt = now, now
	}
	// A call that is older than the stream, or than its size of before, does not explain the size of now.
	newer := found && !last.At.Before(s.CreatedAt) && last.At.After(s.SeenAt.Add(-appearDelay))
	told := expected == sum.OpenShards || newer && (afterNewest == sum.OpenShards ||
		last.Actor == actorUnseen && s.explained(sum.OpenShards, last.At.Add(-seenBefore)))
	if before == 0 || sum.Mode == scaling.ModeOnDemand || s.sizedByService() || told {
		return s, nil
	}
	since := s.SeenAt
	if unseen {
		expected, since = afterNewest, last.At // somebody went on from there
	}
	op := scaling.Operation{At: now, Direction: scaling.DirectionOf(expected, sum.OpenShards), From: expected, To: sum.OpenShards, Actor: actorUnseen, Since: since}
	s, entry, _ := s.External(op, "seen-"+strconv.Itoa(sum.OpenShards), "resharded by somebody else", now)
	return s, []Entry{entry}
}

// sizedByService reports whether the stream was on-demand when its item was last brought up to date.
func (s Item) sizedByService() bool {
	return s.Status == Suspended && s.StatusReason == SuspendedOnDemand
}

// Seen returns the stream after a look that is written anyway: its size is that of now, if nothing is in
// flight and the stream is ACTIVE.
func (s Item) Seen(sum scaling.Summary, now time.Time) Item {
	if s.InFlight == nil && sum.Status == scaling.StatusActive && s.OpenShards > 0 && s.OpenShards == sum.OpenShards {
		s.SeenAt = now
	}
	return s
}

// withoutSight returns operations without the first sight of a call's result after the call: now we know when,
// and who.
func withoutSight(operations scaling.Operations, call scaling.Operation) scaling.Operations {
	for i, known := range slices.Backward(operations) {
		after := known.At.Sub(call.At)
		if known.Fence == 0 && known.To == call.To && known.Actor == actorUnseen && -seenBefore < after && after < sameReshard {
			return slices.Delete(slices.Clone(operations), i, i+1)
		}
	}
	return operations
}

// External returns the stream with somebody else's UpdateShardCount counted, its history entry,
// and whether it was new: the same call may be reported more than once.
func (s Item) External(op scaling.Operation, id, detail string, now time.Time) (Item, Entry, bool) {
	op.Fence = 0
	same := func(known scaling.Operation) bool { return known.Fence == 0 && known.To == op.To }
	if slices.ContainsFunc(s.Operations, func(known scaling.Operation) bool { return same(known) && known.At.Equal(op.At) }) {
		return s, Entry{}, false
	}
	if first, found := s.unexplained(op.At, sameReshard); found && op.From > 0 && op.Actor != actorUnseen && s.Operations[first].To != op.To {
		s.Operations = withExplained(s.Operations, first, op.To-op.From) // splits or merges made the rest of what was seen
	} else {
		s.Operations = withoutSight(s.Operations, op)
	}
	s.Operations = insertOperation(s.Operations, op, now)
	s.DueBy(now)
	return s, Entry{
		Stream: s.Name, At: op.At, ID: id, Kind: KindExternal, Direction: op.Direction, From: op.From, To: op.To,
		Actor: op.Actor, Detail: detail,
	}, true
}
