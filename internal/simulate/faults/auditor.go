package faults

// The auditor keeps its own books of what happens, beside the registry, and compares.

import (
	"context"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// clockMargin is how far two clocks can differ here.
func (p Plan) clockMargin() time.Duration { return max(10*time.Second, 2*p.skew+2*time.Second) }

// auditor is what is known of all streams of a run.
type auditor struct {
	world  *simulate.World
	table  table
	plan   Plan
	broken func(p Promise, stream, format string, args ...any)
	books  map[string]*book
	fleets map[string]ledger.Fleet         // as a request last read it
	status map[string]scaling.StreamStatus // of a stream, as a request last saw it

	invocations map[string]*invocation
	made        map[string]made      // by what was called
	foreign     map[string]time.Time // when somebody made an alarm of a stream's name
	changed     map[string]time.Time // when somebody changed a function's reservation
	late        map[string]bool      // requests whose call is on its way longer than they last
	reserved    int                  // of the function whose reservation is being changed
	replanned   map[string]time.Time // of a stream: the lost look that was counted
	states      map[string]int       // how often a rare state was reached
	paused      bool                 // all resharding is
	wrong       map[string]bool      // requests whose clock is off by minutes or hours
}

// table is the registry as the auditor reads it, and pauses resharding in it.
type table struct {
	load    func(stream string) (ledger.Item, error)
	fleet   func() (ledger.Fleet, error)
	history func(q ledger.Query) (ledger.Page, error)
	pause   func() error // of all resharding
	resume  func() error
}

func tableOf(ctx context.Context, w *simulate.World) table {
	r := w.Registry()
	return table{
		load:    func(stream string) (ledger.Item, error) { return r.Load(ctx, stream) },
		fleet:   func() (ledger.Fleet, error) { return r.Fleet(ctx) },
		history: func(q ledger.Query) (ledger.Page, error) { return r.History(ctx, q) },
		pause:   func() error { return w.PauseAll(ctx, "a test") },
		resume:  func() error { return w.ResumeAll(ctx) },
	}
}

// book is what is known of one stream.
type book struct {
	edits

	item   ledger.Item // as last written
	ours   []call      // accepted calls of ours, oldest first
	others []call      // accepted calls by hand, oldest first
	bad    map[Promise]int
	over   int // minutes for which the demand was above the capacity

	minutes   []minute // the newest, oldest first
	since     int      // minutes that the stream is there
	lostUntil time.Time
	noAlarms  time.Time // when the account last had none left for it; zero: it always had
	unplanned time.Time // when somebody took away when it is looked at next
	enrolled  time.Time // since when the item says so
	refusals  []made
	restored  time.Time // when the table was restored from a backup; zero: never
	oldFence  int64     // the highest from before that

	recuts     []time.Time          // splits and merges by hand
	oldAllowed int                  // scale-downs in a day, by the settings of the backup
	leases     map[string]time.Time // when the lease of a request's claim ends
	fenceOf    map[string]int64     // of a request's newest claim
}

// call is an accepted UpdateShardCount.
type call struct {
	simulate.Operation

	fence int64
	known bool // of a call by hand: whether the registry was told
	late  bool // of a call by hand: whether its result was first seen so late that it takes two slots; see sameReshard

	counts   time.Time // of a call of ours: from when its slot counts
	onItsWay bool      // of a call of ours: it was heard late
	undone   bool      // of a call by hand: the stream was made again since
}

func newAuditor(ctx context.Context, w *simulate.World, p Plan, broken func(Promise, string, string, ...any)) *auditor {
	return &auditor{
		world: w, table: tableOf(ctx, w), plan: p, broken: broken,
		invocations: map[string]*invocation{}, made: map[string]made{}, foreign: map[string]time.Time{}, changed: map[string]time.Time{},
		late: map[string]bool{}, replanned: map[string]time.Time{}, states: map[string]int{}, wrong: map[string]bool{},
		books: map[string]*book{}, fleets: map[string]ledger.Fleet{}, status: map[string]scaling.StreamStatus{},
	}
}

func (a *auditor) book(stream string) *book {
	b := a.books[stream]
	if b == nil {
		b = &book{bad: map[Promise]int{}, edits: edits{lost: map[int64]bool{}}, leases: map[string]time.Time{}, fenceOf: map[string]int64{}, item: ledger.Item{Name: stream}}
		a.books[stream] = b
	}
	return b
}

// byHand notes a call that somebody else made.
func (a *auditor) byHand(op simulate.Operation) {
	b := a.book(op.Stream)
	b.others = append(b.others, call{Operation: op})
}

// accepted notes a call of ours at the moment at which Kinesis takes it.
func (a *auditor) accepted(op simulate.Operation) {
	b := a.book(op.Stream)
	item, err := a.table.load(op.Stream)
	onItsWay := a.late[op.Actor] && a.world.Now().After(b.leases[op.Actor].Add(-a.plan.clockMargin()))
	if a.late[op.Actor] {
		a.rare("a late call took effect")
	}
	if onItsWay && (err != nil || item.InFlight == nil || item.InFlight.Fence != b.fenceOf[op.Actor]) {
		b.others = append(b.others, call{Operation: op}) // settled by now: it is as if somebody else had made it
		return
	}
	if mine := err == nil && item.InFlight != nil && strings.HasSuffix(item.InFlight.Actor, "/"+op.Actor); !mine && a.justEdited(b) {
		b.others = append(b.others, call{Operation: op}) // somebody took its claim away
		return
	}
	if err != nil || item.InFlight == nil || !strings.HasSuffix(item.InFlight.Actor, "/"+op.Actor) || item.InFlight.To != op.To {
		a.broken(OneOperationAtATime, op.Stream, "%s made its call, but the claim in force is %s", op.Actor, inFlight(item))
		return
	}
	if now := a.world.Now(); !onItsWay && !item.LeaseUntil.After(now.Add(-a.plan.clockMargin())) && !a.justEdited(b) {
		a.broken(OneOperationAtATime, op.Stream, "%s made its call after its lease, which ended %s", op.Actor, item.LeaseUntil)
	}
	if !a.intended(op.Stream, item.Fence, op.To) && !a.late[op.Actor] && !b.lost[item.Fence] { // of a late one the answer was told before
		a.broken(HistoryComesFirst, op.Stream, "operation %d from %d to %d has no item that says it is intended", item.Fence, op.From, op.To)
	}
	made := call{Operation: op, fence: item.Fence, counts: item.InFlight.At, onItsWay: onItsWay}
	if onItsWay {
		made.At = item.InFlight.At
	}
	b.ours = append(b.ours, made)
}

// intended reports whether the history says, once, that an operation is about to be made.
func (a *auditor) intended(stream string, fence int64, target int) bool {
	found := 0
	for _, e := range a.history(stream, ledger.KindOperation, a.world.Now().Add(-time.Hour)) {
		if e.Fence == fence && e.To == target && e.Outcome == ledger.OutcomeIntended {
			found++
		}
	}
	return found == 1
}

func inFlight(item ledger.Item) string {
	if item.InFlight == nil {
		return "none"
	}
	return item.InFlight.ID + " to " + item.InFlight.Actor + ", " + string(item.InFlight.Outcome)
}

// history returns a stream's entries of a kind from a time on, newest first.
func (a *auditor) history(stream string, kind ledger.Kind, from time.Time) (entries []ledger.Entry) {
	q := ledger.Query{Stream: stream, Kind: kind, From: from, To: a.world.Now().Add(time.Hour), Limit: 1000}
	for {
		page, err := a.table.history(q)
		if err != nil {
			a.broken(OneHistoryItem, stream, "the history cannot be read: %v", err)
		}
		if entries, q.Cursor = append(entries, page.Entries...), page.Next; q.Cursor == "" {
			return entries
		}
	}
}

// calls sees a call that is about to be made.
func (a *auditor) calls(c simulate.Call) {
	a.begun(c)
	a.clockOf(c)
	if c.API != "SetAlarmState" {
		return
	}
	if seen := a.status[c.Request+" "+c.Stream]; seen != scaling.StatusActive {
		a.broken(ArmedWhenActive, c.Stream, "%s arms an alarm, after it has seen the stream %q", c.Request, seen)
	}
}

// called sees a call that has had its effect, or was refused, and whether its caller hears the
// answer.
func (a *auditor) called(c simulate.Call, err error, heard bool) {
	a.ended(c, err, heard)
	reader := c.Request + " " + c.Stream
	switch c.API {
	case "DescribeStreamSummary":
		if summary, err := a.world.Describe(c.Stream); err == nil && heard {
			a.status[reader] = summary.Status
		}
	case "UpdateShardCount":
		a.status[reader] = scaling.StatusUpdating
	case "Fleet":
		if heard {
			a.fleets[c.Request], _ = a.table.fleet()
		}
	case "Save", "Claim":
		if err == nil {
			a.written(c)
		}
	}
}

// closed checks what must be true at the end.
func (a *auditor) closed() {
	for name, b := range a.books {
		entries := a.history(name, "", begin())
		for _, e := range entries {
			if (e.Kind == ledger.KindOperation || e.Kind == ledger.KindHold) && len(e.Reasons) == 0 && e.ID != invented {
				a.broken(EveryDecisionHasAReason, name, "%s of %s", e.ID, e.At)
			}
		}
		for _, op := range b.ours {
			if !b.lost[op.fence] {
				a.accounted(b, op, entries)
			}
		}
	}
}

// accounted checks that an accepted call has one item in the history, with how it ended.
func (a *auditor) accounted(b *book, op call, entries []ledger.Entry) {
	var found []ledger.Entry
	for _, e := range entries {
		if e.Kind == ledger.KindOperation && e.Fence == op.fence && (b.byHand.IsZero() || strings.HasSuffix(e.Actor, "/"+op.Actor)) { // by hand fences may begin anew
			found = append(found, e)
		}
	}
	if len(found) != 1 || found[0].To != op.To || !strings.HasSuffix(found[0].Actor, "/"+op.Actor) {
		a.broken(OneHistoryItem, op.Stream, "the call from %d to %d at %s has %d items", op.From, op.To, op.At.Format(time.TimeOnly), len(found))
		return
	}
	switch found[0].Outcome {
	case ledger.OutcomeCompleted, ledger.OutcomeSuperseded, ledger.OutcomeStreamGone:
		return
	case ledger.OutcomeNotApplied:
		if b.reshardedBack(op) {
			return
		}
	case ledger.OutcomeIntended, ledger.OutcomeUnknown, ledger.OutcomeAccepted:
		if b.item.InFlight != nil && b.item.InFlight.Fence == op.fence {
			return // NoClaimIsStuck says for how long
		}
	case ledger.OutcomeRefused:
	}
	a.broken(OneHistoryItem, op.Stream, "operation %d was accepted, and its item says %s", op.fence, found[0].Outcome)
}
