package ledger

import (
	"fmt"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// Drain is what an operation cost a stream's consumers. The zero value: it is not known of any.
type Drain struct {
	At   time.Time     // of the operation's call
	Took time.Duration // from ACTIVE until they were back where they were; an hour: that long or more
}

// activeAt is when the stream of a completed operation was seen ACTIVE.
func (e Entry) activeAt() time.Time { return e.At.Add(e.Duration) }

// DrainUntil is until when scale-downs wait for the consumers, if they are not back before; zero when nothing is waited
// for.
func (s Item) DrainUntil() time.Time {
	if s.Draining == nil || s.Settings.IteratorAgeMinutes == 0 {
		return time.Time{}
	}
	return s.Draining.activeAt().Add(scaling.DrainAtMost)
}

// DrainFrom is from when on the consumers' lag is needed to know what the last operation cost them. There must be one
// that is waited for.
func (s Item) DrainFrom() time.Time { return scaling.DrainFrom(s.Draining.At) }

// Drained returns the stream after a look at its consumers' lag since DrainFrom, and the entry of its last operation with
// what that cost them, once that is known. A scale-down that has waited for nothing else is then asked for again.
func (s Item) Drained(lags scaling.Traffic, now time.Time) (Item, []Entry) {
	if s.Draining == nil {
		return s, nil
	}
	drain := scaling.DrainOf(lags, s.Draining.At, s.Draining.activeAt(), now)
	if !drain.Done {
		return s, nil
	}
	return s.notDraining(now, drain.Took)
}

// NotDraining returns the stream without a wait for its consumers, whose lag is nobody's concern.
func (s Item) NotDraining(now time.Time) Item {
	s, _ = s.notDraining(now, 0)
	return s
}

func (s Item) notDraining(now time.Time, took time.Duration) (Item, []Entry) {
	if s.Draining == nil {
		return s, nil
	}
	entry, until := *s.Draining, s.Draining.activeAt().Add(scaling.DrainAtMost)
	if s.Draining = nil; s.Down.RetryAt.Equal(until) && until.After(now) {
		s.Down.RetryAt = now
	}
	if took == 0 {
		return s, nil
	}
	entry.Drain = took
	s.LastDrain = Drain{At: entry.At, Took: took}
	return s, []Entry{entry}
}

// holdIfDraining holds a scale-down while the consumers are further behind than before the last operation: another one
// would put them further behind.
func (s Item) holdIfDraining(d scaling.Decision) scaling.Decision {
	until := s.DrainUntil()
	if d.Direction != scaling.Down || !until.After(d.At) {
		return d
	}
	op := s.Draining
	return d.Held(until, scaling.HoldNotDrained, fmt.Sprintf("since the operation from %d to %d shards, ACTIVE at %s; at most until %s",
		op.From, op.To, op.activeAt().UTC().Format(time.RFC3339), until.UTC().Format(time.RFC3339)))
}
