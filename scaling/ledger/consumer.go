package ledger

import (
	"fmt"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// ConsumerTrouble is why a consumer's reservation is not what the shards want, from a closed set.
type ConsumerTrouble string

// What can be the trouble with a consumer.
const (
	ConsumerWell    ConsumerTrouble = ""
	ConsumerStopped ConsumerTrouble = "stopped"        // somebody reserved 0 for it
	ConsumerNoRoom  ConsumerTrouble = "no-room"        // the account has too little left to reserve for it
	ConsumerDrifted ConsumerTrouble = "drifted"        // somebody changed it, and the settings say to leave it
	ConsumerShared  ConsumerTrouble = "another-stream" // it is the consumer of another stream
	ConsumerUnseen  ConsumerTrouble = "lag-unknown"    // no metric tells its lag, so it is not lowered
)

// ConsumerTold returns the stream after a look at its consumer that found trouble, or none any more, and the
// history entry: trouble is told once, for as long as it lasts.
func (s Item) ConsumerTold(trouble ConsumerTrouble, detail string, now time.Time, actor string) (Item, []Entry) {
	if s.Trouble == trouble {
		return s, nil
	}
	s.Trouble = trouble
	if trouble == ConsumerWell {
		return s, nil
	}
	return s, []Entry{s.consumerEntry(string(trouble), detail, now, actor)}
}

// ConsumerSetBack is the history entry of a reservation that somebody changed and that was set back; of
// several in an hour, one.
func (s Item) ConsumerSetBack(detail string, now time.Time, actor string) Entry {
	return s.consumerEntry("set-back", detail, now.Truncate(time.Hour), actor)
}

func (s Item) consumerEntry(id, detail string, at time.Time, actor string) Entry {
	return Entry{
		Stream: s.Name, At: at, ID: "consumer-" + id, Kind: KindFailure, Direction: scaling.Hold,
		From: s.OpenShards, To: s.OpenShards, Actor: actor, Detail: "consumer " + s.Settings.Consumer + ": " + detail,
	}
}

// HeldByLag returns the stream after a look whether lag of the consumers holds the scale-down alarm, and the
// history entry: it is told once, for as long as it lasts.
func (s Item) HeldByLag(lag time.Duration, held bool, now time.Time, actor string) (Item, []Entry) {
	if held != s.LagTold.IsZero() {
		return s, nil
	}
	if s.LagTold = now; !held {
		s.LagTold = time.Time{}
		return s, nil
	}
	return s, []Entry{{
		Stream: s.Name, At: now, ID: heldByLag, Kind: KindHold, From: s.OpenShards, To: s.OpenShards,
		Reasons: scaling.Trail{{Code: scaling.HoldConsumersLag, Detail: fmt.Sprintf(
			"the scale-down alarm would ring, but consumers are %s behind and iterator-age-minutes is %d", lag.Round(time.Second), s.Settings.IteratorAgeMinutes)}},
		Alarm: scaling.AlarmName(s.Name, scaling.Down), Actor: actor,
	}}
}

// heldByLag is the id of the entry that tells so.
const heldByLag = "held-by-lag"
