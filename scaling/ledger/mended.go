package ledger

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// Bounds of what an item's times can be.
const (
	// clockFault is how far ahead a time that was written may seem to be.
	clockFault = 5 * time.Minute
	// longestLease is longer than any lease that a claim takes.
	longestLease = 15 * time.Minute
	// longestWait is longer than a decision is ever deferred: until the oldest operation of 24 hours leaves.
	longestWait = 25 * time.Hour
	// LongestRest is longer than any stream rests between two looks of the reconciler.
	LongestRest = time.Hour
)

// SetAsideSuffix ends the name of the attribute under which the registry keeps what could not be read.
const SetAsideSuffix = "_set_aside"

// Mended returns the stream without what a person, a restore or a clock that was wrong has left in its item and
// what would keep it from ever being scaled: times ahead, and operations without a time. A history entry names the
// attributes, also those that could not be read; there is none when all was well. What happened at an unknown time
// counts as of now, so that no slot is given twice.
func (s Item) Mended(now time.Time, actor string) (Item, []Entry) {
	m := mending{now: now}
	for name := range s.Unread {
		m.told = append(m.told, fmt.Sprintf("%s could not be read and is kept as %s%s", name, name, SetAsideSuffix))
	}
	m.operations(&s)
	m.texts(&s)
	m.times(&s)
	if len(m.told) == 0 {
		return s, nil
	}
	slices.Sort(m.told)
	return s, []Entry{{
		Stream: s.Name, At: now, ID: "mended", Kind: KindFailure, From: s.OpenShards, To: s.OpenShards, Actor: actor,
		Detail: "the item in the table was mended: " + strings.Join(slices.Compact(m.told), "; "),
	}}
}

// mending is what is mended of one item.
type mending struct {
	now  time.Time
	told []string
}

// times mends the times of the stream and of what was last known of it.
func (m *mending) times(s *Item) {
	m.past("enrolled_at", &s.EnrolledAt)
	m.past("seen_at", &s.SeenAt)
	m.past("lag_told", &s.LagTold)
	m.past("set_back_at", &s.Opposed.At)
	m.past("usable_share", &s.Usable.Since)
	m.past("usable_share", &s.Usable.To)
	m.past("alarms_usable_share", &s.Alarms.At)
	m.past("measured", &s.Measured.At)
	m.past("last_drain", &s.LastDrain.At)
	m.past("hot_key", &s.HotKey.Before.At)
	m.past("hot_key", &s.HotKey.After.At)
	m.past("hot_key", &s.HotKey.Helped)
	m.within("hot_key", &s.HotKey.AskAt, longestWait)
	s.Usable.Sizes = Replaced(s.Usable.Sizes, func(c scaling.SizeShare) scaling.SizeShare {
		m.past("usable_share", &c.RefusedAt)
		m.past("usable_share", &c.SeenAt)
		return c
	})
	if s.Draining != nil { // a copy of its own, since its texts were looked at
		m.past("draining", &s.Draining.At)
	}
	m.watches(s)
	if m.within("lease_until", &s.LeaseUntil, longestLease) {
		s.LeaseOwner = ""
	}
	m.within("held_until", &s.Opposed.HeldUntil, OpposedHold+clockFault)
}

// watches mends how far the alarms have been attended to: what was hidden is asked for again. Who wrote the item with a clock
// that was ahead has reckoned with it when a decision may be asked for again, even if that is within a day from now.
func (m *mending) watches(s *Item) {
	ahead := s.UpdatedAt.After(m.now.Add(clockFault))
	for _, dir := range []scaling.Direction{scaling.Up, scaling.Down} {
		name, watch := dir.String(), s.Watch(dir)
		if m.past(name, &watch.Handled) || m.within(name, &watch.RetryAt, longestWait) {
			watch.RetryAt = m.now
		}
		if ahead && watch.RetryAt.After(m.now) {
			m.told = append(m.told, name+" was deferred by a clock that was ahead")
			watch.RetryAt = m.now
		}
	}
}

// operations mends what counts in the rolling 24 hours.
func (m *mending) operations(s *Item) {
	s.Operations = Replaced(s.Operations, func(op scaling.Operation) scaling.Operation {
		if op.At.IsZero() {
			op.At = m.now
			m.told = append(m.told, "operations: one had no time and counts as of now")
		}
		m.past("operations", &op.At)
		m.past("operations", &op.Since)
		m.cut("operations", &op.Actor)
		return op
	}).NewestFirst()
	s.Recuts = Replaced(s.Recuts, func(r Recut) Recut {
		m.past("recuts", &r.At)
		m.cut("recuts", &r.ID)
		return r
	})
}

// past sets a time that is ahead to now, and reports whether it did.
func (m *mending) past(name string, at *time.Time) bool {
	if !at.After(m.now.Add(clockFault)) {
		return false
	}
	m.told = append(m.told, fmt.Sprintf("%s had a time ahead, %s", name, at.UTC().Format(time.RFC3339)))
	*at = m.now
	return true
}

// within takes away a time that is further ahead than it can be, and reports whether it did.
func (m *mending) within(name string, at *time.Time, most time.Duration) bool {
	if !at.After(m.now.Add(most)) {
		return false
	}
	m.told = append(m.told, fmt.Sprintf("%s was too far ahead, %s", name, at.UTC().Format(time.RFC3339)))
	*at = time.Time{}
	return true
}

// Overdue reports whether a stream that is looked after would not be looked at for longer than it ever rests: its
// due_at was lost, or is far ahead.
func (s Item) Overdue(now time.Time) bool {
	return s.Status != Unenrolled && (s.DueAt.IsZero() || s.DueAt.After(now.Add(LongestRest)))
}
