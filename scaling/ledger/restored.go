package ledger

import (
	"fmt"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// actorRestored is the actor of operations that a restored table may have forgotten.
const actorRestored = "unknown: before the table was restored"

// Restored returns the item of a stream, in a table that was restored from a backup, as one that knows what it has
// forgotten, and its history entry. The fence goes on from the time in seconds, which is above any that was granted
// since: claims come less often than one a second. Of the day's operations only those are left that are kept for
// scale-ups, so scale-downs wait for a day; the service itself refuses what is beyond its limit, at no cost. What the
// stream and its alarms are like is looked at anew. One that is not enrolled is told the same, since it may be
// enrolled again, but it is not looked at for that.
func (s Item) Restored(now time.Time, who string) (Item, []Entry) {
	var entries []Entry
	if s.InFlight != nil {
		settled, entry := s.Settled(OutcomeSuperseded, "the table was restored from a backup", now)
		s, entries = settled, append(entries, entry)
	}
	s.Fence = max(s.Fence+1, now.Unix())
	s.LeaseOwner, s.LeaseUntil = "", time.Time{}
	settings := s.Settings
	if settings.Validate() != nil { // an item whose settings cannot be used
		settings = scaling.Defaults(scaling.DoubleHalve)
	}
	forgotten := settings.Allowed(scaling.Down)
	s.Operations = s.Operations[min(forgotten, len(s.Operations)):] // the rest of the day's, if scale-ups had taken more
	for range forgotten {
		s.Operations = insertOperation(s.Operations, scaling.Operation{At: now, Actor: actorRestored}, now)
	}
	s.OpenShards, s.Alarms, s.Consumer, s.Draining = 0, AlarmsHeld{}, ConsumerHeld{}, nil
	if s.Status != Unenrolled {
		s.Up.RetryAt, s.Down.RetryAt, s.DueAt = now, now, now
	}
	return s, append(entries, Entry{
		Stream: s.Name, At: now, ID: entryRestored, Kind: KindEnrollment, Actor: who,
		Detail: fmt.Sprintf("the table was restored from a backup: the fence goes on from %d, scale-downs wait for a day", s.Fence),
	})
}

// entryRestored is the id of the entry that tells of a restored table.
const entryRestored = "restored"
