package ledger

import (
	"slices"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// EventKind says what an event tells of, from a closed set.
type EventKind string

// The kinds of events.
const (
	EventCompleted   EventKind = "operation_completed"    // the stream has the size that was asked for
	EventRefused     EventKind = "operation_refused"      // the service did nothing
	EventNotApplied  EventKind = "operation_not_applied"  // the call had no effect
	EventSuperseded  EventKind = "operation_superseded"   // the stream has another size than was asked for
	EventStreamGone  EventKind = "operation_stream_gone"  // the stream was deleted before the operation ended
	EventAtMaximum   EventKind = "at_maximum"             // full, and at its largest size
	EventOutOfBudget EventKind = "out_of_budget"          // full, and the operations of 24 hours are used up
	EventShardQuota  EventKind = "shard_quota"            // full, and the account has no shards left
	EventHotKey      EventKind = "hot_key_suspected"      // growing does not lower what it refuses, or would not
	EventLagHolds    EventKind = "scale_down_held_by_lag" // its consumers are behind, so it does not shrink
	EventBadSettings EventKind = "settings_invalid"       // tags or overrides cannot be used
	EventEnrolled    EventKind = "stream_enrolled"        // looked after from now on
	EventSuspended   EventKind = "stream_suspended"       // known, but not scaled
	EventResumed     EventKind = "stream_resumed"         // scaled again after a suspension
	EventUnenrolled  EventKind = "stream_unenrolled"      // no longer looked after
	EventExternal    EventKind = "resharded_by_others"    // somebody else changed its size
	EventSetBack     EventKind = "set_back_by_others"     // somebody else set back what we did; the second time it may be held
	EventFailure     EventKind = "failure"                // something went wrong and is tried again
	EventPaused      EventKind = "all_resharding_paused"  // of all streams
	EventPauseEnded  EventKind = "all_resharding_resumed" // of all streams
)

// What goes on for long is told once an hour, or once a day.
const (
	oneHour   = "2006-01-02T15"
	oneDay    = time.DateOnly
	oneMoment = "2006-01-02T15:04:05.000Z"
)

// EventKinds returns all kinds of events.
func EventKinds() []EventKind {
	return []EventKind{
		EventCompleted, EventRefused, EventNotApplied, EventSuperseded, EventStreamGone, EventAtMaximum, EventOutOfBudget, EventShardQuota,
		EventHotKey, EventLagHolds, EventBadSettings, EventEnrolled, EventSuspended, EventResumed, EventUnenrolled,
		EventExternal, EventSetBack, EventFailure, EventPaused, EventPauseEnded,
	}
}

// Event is a thing that people and programs outside are told of. A registry keeps it from the write of
// its entry on, until it has been sent.
type Event struct {
	ID    string // unique within the registry; the same thing always gets the same
	Kind  EventKind
	ARN   string // of the stream; empty where it is not known, and where the event is of all streams
	Entry Entry  // of the history
	Sent  string // the names of the channels that have it, separated by spaces; [SentToAll] when none is left
}

// SentToAll is what [Event.Sent] is when an event needs no more sending.
const SentToAll = "all"

// SentBy reports whether a channel has the event, or it needs no more sending.
func (e Event) SentBy(channel string) bool {
	return e.Sent == SentToAll || slices.Contains(strings.Fields(e.Sent), channel)
}

// Done reports whether the event can be deleted: it needs no more sending, and is never written again.
func (e Event) Done() bool { return e.Sent == SentToAll && !e.GoesOn() }

// EventsOf returns what a stream's entries tell to people and programs outside: one event for one id, with the
// last of its entries. The item is as it is after them; entries of all streams together have the zero item.
func EventsOf(s Item, entries []Entry) []Event {
	var events []Event
	for _, entry := range entries {
		kind := s.eventKind(entry)
		if kind == "" {
			continue
		}
		event := Event{ID: eventID(kind, entry), Kind: kind, ARN: s.ARN, Entry: entry}
		if i := slices.IndexFunc(events, func(e Event) bool { return e.ID == event.ID }); i >= 0 {
			events[i] = event
			continue
		}
		events = append(events, event)
	}
	return events
}

// GoesOn reports whether the event may be written again under the same id, since what it tells of goes on. All others
// are of their own moment, and never come again.
func (e Event) GoesOn() bool { return span(e.Kind, e.Entry) != "" }

// overAfter is how long after its hour or its day an event that goes on may still be written: who writes it took its time from
// a clock that may be minutes off, and a write takes a while.
const overAfter = time.Hour

// OverBefore is from when on the events of a kind that went on are not over yet at a time: those before are surely not written
// again under their ids. Zero: none is over, since what CloudTrail tells has the time of the call and may be days late.
func OverBefore(kind EventKind, now time.Time) time.Time {
	switch kind { //nolint:exhaustive // no other kind goes on
	case EventFailure:
		return now.Add(-overAfter).Truncate(time.Hour)
	case EventAtMaximum, EventOutOfBudget, EventShardQuota:
		return now.Add(-overAfter).Truncate(24 * time.Hour)
	}
	return time.Time{}
}

// span is the part of the time that names an event which goes on: all of an hour, or of a day, are one. Empty: the event is
// of its own moment.
func span(kind EventKind, entry Entry) string {
	byOne := max(entry.From-entry.To, entry.To-entry.From) <= 1 // splits and merges come by the dozen
	switch {
	case kind == EventAtMaximum, kind == EventOutOfBudget, kind == EventShardQuota:
		return oneDay
	case kind == EventFailure, kind == EventExternal && byOne:
		return oneHour
	}
	return ""
}

// eventID names an event. What goes on and is recorded again and again has one name for an hour, or for a day.
func eventID(kind EventKind, entry Entry) string {
	name, layout := entry.ID, span(kind, entry)
	switch {
	case layout == "":
		layout = oneMoment
	case kind != EventFailure: // each failure has a name of its own
		name = string(kind)
	}
	return entry.Stream + "/" + name + "/" + entry.At.UTC().Format(layout)
}

// eventKind is the kind of an entry's event; empty: nobody is told of it.
func (s Item) eventKind(entry Entry) EventKind {
	switch entry.Kind {
	case KindOperation:
		if entry.Drain > 0 { // it was told when the operation ended
			return ""
		}
		return operationEvent(entry.Outcome)
	case KindHold:
		return holdEvent(entry)
	case KindFailure:
		return EventFailure
	case KindExternal:
		if entry.Reasons.Last() == scaling.HoldSetBack {
			return EventSetBack
		}
		return EventExternal
	case KindSettings:
		if s.SettingsFault != "" {
			return EventBadSettings
		}
	case KindPause:
		switch {
		case entry.Stream != "":
			return EventResumed
		case entry.ID == entryPaused:
			return EventPaused
		}
		return EventPauseEnded
	case KindEnrollment:
		return s.enrollmentEvent(entry)
	}
	return ""
}

func operationEvent(outcome Outcome) EventKind {
	switch outcome {
	case OutcomeCompleted:
		return EventCompleted
	case OutcomeRefused:
		return EventRefused
	case OutcomeNotApplied:
		return EventNotApplied
	case OutcomeSuperseded:
		return EventSuperseded
	case OutcomeStreamGone:
		return EventStreamGone
	case OutcomeIntended, OutcomeAccepted, OutcomeUnknown: // not its end
	}
	return ""
}

// holdEvent tells of a hold only where the stream is full, or its consumers are behind for long. That a stream which
// wants to shrink has no operation left is nobody's trouble.
func holdEvent(entry Entry) EventKind {
	asked := scaling.Up
	if entry.Alarm != "" && strings.HasSuffix(entry.Alarm, scaling.AlarmName("", scaling.Down)) {
		asked = scaling.Down
	}
	switch last := entry.Reasons.Last(); {
	case last == scaling.HoldHotKey && entry.Alarm == "":
		return EventHotKey
	case last == scaling.HoldConsumersLag && entry.ID == heldByLag:
		return EventLagHolds
	case asked == scaling.Down:
		return ""
	case last == scaling.HoldAtMaxShards:
		return EventAtMaximum
	case last == scaling.HoldBudgetExhausted:
		return EventOutOfBudget
	case last == scaling.HoldShardQuota, last == scaling.HoldAccountStale:
		return EventShardQuota
	}
	return ""
}

func (s Item) enrollmentEvent(entry Entry) EventKind {
	switch {
	case entry.ID == entryRestored:
		return ""
	case s.Status == Suspended:
		return EventSuspended
	case s.Status == Unenrolled:
		return EventUnenrolled
	case s.EnrolledAt.Truncate(time.Millisecond).Equal(entry.At.Truncate(time.Millisecond)):
		return EventEnrolled
	}
	return EventResumed
}
