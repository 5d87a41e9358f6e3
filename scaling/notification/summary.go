package notification

import (
	"fmt"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// summary is the event in a sentence for people. Held says of a size that was set back that the stream is held for it.
func (e Event) summary(held bool) string {
	switch e.Kind {
	case ledger.EventCompleted:
		return fmt.Sprintf("%s was scaled %s from %d to %d shards", e.Stream, e.Direction, e.From, e.To)
	case ledger.EventRefused:
		return fmt.Sprintf("Kinesis refused to scale %s from %d to %d shards: %s", e.Stream, e.From, e.To, e.Detail)
	case ledger.EventNotApplied:
		return fmt.Sprintf("%s was not scaled from %d to %d shards: the call had no effect", e.Stream, e.From, e.To)
	case ledger.EventSuperseded:
		return fmt.Sprintf("%s was to be scaled from %d to %d shards, but has another size: %s", e.Stream, e.From, e.To, e.Detail)
	case ledger.EventStreamGone:
		return fmt.Sprintf("%s was deleted before it was scaled from %d to %d shards", e.Stream, e.From, e.To)
	case ledger.EventAtMaximum:
		return fmt.Sprintf("%s is full at its maximum of %d shards; raise its max-shards, or it refuses records", e.Stream, e.From)
	case ledger.EventOutOfBudget:
		return fmt.Sprintf("%s is full at %d shards, and its operations of 24 hours are used up", e.Stream, e.From)
	case ledger.EventShardQuota:
		return fmt.Sprintf("%s is full at %d shards, and the account has, as far as is known, no shards left for it", e.Stream, e.From)
	case ledger.EventHotKey:
		return fmt.Sprintf("%s refuses records with %d shards, and more would not help: a hot key is suspected", e.Stream, e.From)
	case ledger.EventLagHolds:
		return fmt.Sprintf("%s stays at %d shards because its consumers are behind", e.Stream, e.From)
	case ledger.EventBadSettings:
		return fmt.Sprintf("the settings of %s %s", e.Stream, e.Detail)
	case ledger.EventEnrolled, ledger.EventSuspended, ledger.EventUnenrolled:
		return fmt.Sprintf("%s: %s", e.Stream, e.Detail)
	case ledger.EventResumed:
		return fmt.Sprintf("%s is scaled again", e.Stream)
	case ledger.EventExternal:
		return fmt.Sprintf("%s was resharded%s by %s", e.Stream, e.sizes(), e.Who)
	case ledger.EventSetBack:
		said := fmt.Sprintf("%s was set back%s by %s", e.Stream, e.sizes(), e.Who)
		if held {
			said += ", so Shardkeeper holds it"
		}
		return said
	case ledger.EventFailure:
		return fmt.Sprintf("something went wrong with %s and is tried again: %s", e.Stream, e.Detail)
	case ledger.EventPaused, ledger.EventPauseEnded:
		return e.Detail
	}
	return fmt.Sprintf("%s: %s %s", e.Stream, e.Kind, e.Detail)
}

// sizes are those before and after a call by others, as far as they are known.
func (e Event) sizes() string {
	switch {
	case e.From > 0:
		return fmt.Sprintf(" from %d to %d shards", e.From, e.To)
	case e.To > 0:
		return fmt.Sprintf(" to %d shards", e.To)
	}
	return ""
}
