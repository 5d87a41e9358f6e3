package ledger

import (
	"strconv"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// Kind says what a history entry tells of.
type Kind string

// The kinds of history entries.
const (
	KindOperation  Kind = "operation"  // an UpdateShardCount call of ours, from its claim on
	KindHold       Kind = "hold"       // a decision not to act, a dry run included
	KindFailure    Kind = "failure"    // something went wrong and was left for later
	KindExternal   Kind = "external"   // the stream was resharded by somebody else
	KindEnrollment Kind = "enrollment" // enrolled, suspended, resumed, unenrolled
	KindSettings   Kind = "settings"   // effective settings changed, or could not
	KindPause      Kind = "pause"      // all resharding was paused, or goes on; an entry of no single stream
)

// Kinds returns all kinds of history entries.
func Kinds() []Kind {
	return []Kind{KindOperation, KindHold, KindFailure, KindExternal, KindEnrollment, KindSettings, KindPause}
}

// Outcome is how far an operation came.
type Outcome string

// The outcomes of an operation. All but intended, accepted and unknown are final.
const (
	OutcomeIntended   Outcome = "intended"    // claimed, not yet called
	OutcomeAccepted   Outcome = "accepted"    // the service took it; the stream is updating
	OutcomeUnknown    Outcome = "unknown"     // the call may have taken effect; its slot is kept
	OutcomeCompleted  Outcome = "completed"   // the stream is active with the target's shards
	OutcomeRefused    Outcome = "refused"     // the service did nothing; the slot was given back
	OutcomeNotApplied Outcome = "not-applied" // the stream shows that nothing was done; the slot was given back
	OutcomeSuperseded Outcome = "superseded"  // the stream has another size than from or to; the slot is kept
	OutcomeStreamGone Outcome = "stream-gone" // the stream was deleted or recreated before the operation ended
)

// Outcomes returns all outcomes of an operation, in the order in which they come about.
func Outcomes() []Outcome {
	return []Outcome{
		OutcomeIntended, OutcomeAccepted, OutcomeUnknown, OutcomeCompleted, OutcomeRefused, OutcomeNotApplied, OutcomeSuperseded, OutcomeStreamGone,
	}
}

// Entry is one line of a stream's history.
type Entry struct {
	Stream      string // empty: the entry is of all streams together
	At          time.Time
	ID          string // unique within Stream and At; the same event always gets the same
	Kind        Kind
	Direction   scaling.Direction
	From        int           // open shards before; 0: not known
	To          int           // open shards after, or wanted; as From where none changed
	Reasons     scaling.Trail // why, step by step; empty where there is nothing to explain
	Utilization float64       // of the nominal capacity, 0 to 1, may exceed 1; of a decision
	Limit       scaling.Limit // the write limit that it is of

	Alarm        string        // name of the alarm that asked
	TransitionAt time.Time     // when it went to ALARM
	Actor        string        // who did it: a function with its request, a person's ARN
	Fence        int64         // of an operation of ours; else 0
	Outcome      Outcome       // of an operation of ours; else empty
	Duration     time.Duration // of an operation, from the call to ACTIVE as seen
	Drain        time.Duration // of an operation, from ACTIVE until the consumers were back where they were; zero: not known
	Detail       string        // for people: an error's text, what changed
}

// MaxEntries is how many history entries, with their events, one write of an item can take: a transaction of DynamoDB has
// at most 100 parts, and the item is one (TransactWriteItems, read 2026-11).
const MaxEntries = 99

// operationID is the entry id of the operation under a fence.
func operationID(fence int64) string { return "op-" + strconv.FormatInt(fence, 10) }

// HoldEntry is the history entry of a decision that holds. The same alarm transition always
// gives the same id.
func HoldEntry(stream string, d scaling.Decision, alarm string, transition time.Time, actor string) Entry {
	return Entry{
		Stream: stream, At: d.At, ID: "hold-" + strconv.FormatInt(transition.UnixMilli(), 10) + "-" + alarm,
		Kind: KindHold, Direction: d.Direction, From: d.From, To: d.Target, Reasons: d.Reasons,
		Utilization: d.Utilization, Limit: d.Limit, Alarm: alarm, TransitionAt: transition, Actor: actor,
	}
}

// HotKeyEntry is the history entry of a hot key that is suspected from now on: what was tried, what it changed, and what
// people can do.
func (s Item) HotKeyEntry(now time.Time, actor string) Entry {
	return Entry{
		Stream: s.Name, At: now, ID: "hot-key-" + strconv.FormatInt(now.UnixMilli(), 10), Kind: KindHold,
		From: s.OpenShards, To: s.OpenShards, Actor: actor, Detail: scaling.Advice,
		Reasons: scaling.Trail{{Code: scaling.HoldHotKey, Detail: s.HotKey.String()}},
	}
}

// Query asks for history, newest first. Zero fields do not restrict.
type Query struct {
	Stream string    // empty: all streams
	Kind   Kind      // empty: all kinds
	From   time.Time // inclusive; zero: 24 hours before To
	To     time.Time // exclusive; required
	Limit  int       // entries in a page; 0: 100, at most 1,000
	Cursor string    // Page.Next of the page before
}

// Page is one page of history.
type Page struct {
	Entries []Entry
	Next    string // empty on the last page
}
