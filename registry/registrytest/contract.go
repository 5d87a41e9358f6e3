// Package registrytest is the contract of a registry, as tests. The table in DynamoDB and the
// registry in memory pass the same ones, so what the simulator and the tests of the use cases
// prove in memory holds for the table.
//
// The suite expects that a query sees what was written before it. DynamoDB's indexes follow a
// little later; the emulators' do not.
package registrytest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Registry is what is held to the contract.
type Registry interface {
	Streams
	Names
	Records
	Pauses
	Runs
}

// Streams is the part of a registry that keeps the streams' items.
type Streams interface {
	Load(ctx context.Context, name string) (ledger.Item, error)
	Items(ctx context.Context, names ...string) ([]ledger.Item, error)
	Save(ctx context.Context, s ledger.Item, entries ...ledger.Entry) (ledger.Item, error)
	SaveOverrides(ctx context.Context, before, after ledger.Item, entries ...ledger.Entry) (ledger.Item, error)
	Claim(ctx context.Context, s ledger.Item, c ledger.Claim) (ledger.Item, error)
}

// Names is the part of a registry that names streams.
type Names interface {
	Due(ctx context.Context, now time.Time, limit int) ([]string, error)
	Unfinished(ctx context.Context, now time.Time) (due []string, next time.Time, err error)
	Names(ctx context.Context, limit int) ([]string, error)
	Every(ctx context.Context, found func(streams int)) ([]string, error)
}

// Records is the part of a registry that keeps history and the fleet's item.
type Records interface {
	History(ctx context.Context, q ledger.Query) (ledger.Page, error)
	Fleet(ctx context.Context) (ledger.Fleet, error)
	SaveFleet(ctx context.Context, f ledger.Fleet) error
	ConsumerOwner(ctx context.Context, function string) (stream string, err error)
	OwnConsumer(ctx context.Context, function, stream, before string) error
}

// Runs is the part of a registry for the reconciler's runs: its lease, and the events that it is to send.
type Runs interface {
	Lease(ctx context.Context) (ledger.Lease, error)
	SaveLease(ctx context.Context, l ledger.Lease) (ledger.Lease, error)
	Unsent(ctx context.Context, channel string, limit int) ([]ledger.Event, error)
	SaveSent(ctx context.Context, events []ledger.Event) error
	DeleteOver(ctx context.Context, now time.Time, limit int) error
}

// Pauses is the part of a registry that stops all resharding.
type Pauses interface {
	Paused(ctx context.Context) (ledger.Pause, error)
	Pause(ctx context.Context, p ledger.Pause) error
	Resume(ctx context.Context, now time.Time, who string) (ledger.Pause, error)
}

// Subject is an empty registry, and the hand of a person who edits its items.
type Subject struct {
	Registry Registry
	// Override replaces a stream's overrides as one would in the console: without a new revision,
	// and with a new item where the stream has none.
	Override func(name string, overrides scaling.Layer) error
}

// Open returns an empty registry with the default retention of 400 days, whose clock is now.
type Open func(t *testing.T, now func() time.Time) Subject

// Run holds a registry to the contract. The race for a claim is run a number of rounds.
func Run(t *testing.T, open Open, rounds int) {
	t.Helper()
	for _, part := range []struct {
		name string
		test func(*bench)
	}{
		{"a stream is read back as it was saved", readBack},
		{"a stream without an item is not enrolled", notEnrolled},
		{"the second of two first saves conflicts", firstSaveOnce},
		{"a save on an old revision conflicts and writes nothing", staleSave},
		{"an entry saved again replaces itself", entryReplaced},
		{"a save takes 99 entries and no more", manyEntries},
		{"an unenrolled stream keeps its item and its fence", unenrolledKeepsFence},
		{"overrides survive every write", overridesSurvive},
		{"overrides and timed overrides are written together, and nothing else", overridesSaved},
		{"overrides that changed meanwhile are not written over", overridesConflict},
		{"overrides may come before the enrollment", overridesFirst},
		{"settings that cannot be used are replaced by disabled ones", unusableSettings},
		{"times are kept to the millisecond", milliseconds},
		{"a claim raises the fence and writes the intended operation", claimGranted},
		{"a claim is refused with its reason", claimRefused},
		{"an alarm may ask for one direction and be decided the other way", claimOtherWay},
		{"a claim on an old read is refused with the newest reason", claimStale},
		{"a claim of a stream without an item is refused", claimWithoutItem},
		{"a claim looks at the rolling window to the millisecond", claimWindow},
		{"a transition is handled once, whatever its fraction of a millisecond", claimFraction},
		{"an owner who claims twice wins once", claimTwice},
		{"no claim is granted while all resharding is paused", pauseHoldsClaims},
		{"a pause is begun once and ended once, and both are history", pauseOnce},
		{"history of all streams together is paged with the others", pauseHistory},
		{"claims that race with a pause are granted before it or not at all", pauseRace},
		{"an operation is accepted, completed, and one line of history", operationCompletes},
		{"a refused operation gives its slot back", slotGivenBack},
		{"operations of others take slots", externalOperations},
		{"due streams come oldest first and leave the index", due},
		{"what is in flight is found apart", unfinished},
		{"names are those of the streams that are looked at", names},
		{"every stream that was enrolled at some time is found", every},
		{"many streams are read at once, those that there are", items},
		{"history comes newest first by stream, range and kind", historyQueries},
		{"history of all streams crosses midnight", historyMidnight},
		{"history pages hold every entry once", historyPages},
		{"history with the same time and id is paged without loss", historyTies},
		{"history leaves out what has expired", historyExpiry},
		{"a damaged cursor is an error, a sound one fits another range", historyCursors},
		{"the fleet's item is read back", fleet},
		{"the fleet's item is not set back by an old read", fleetOnce},
		{"the reconciler's lease is taken by one of those who read it", lease},
		{"a function is the consumer of one stream", consumers},
		{"an event is kept with its entry until all channels have it, and told once", outbox},
		{"an event that goes on is told once", outboxOfWhatGoesOn},
		{"an event that went on is deleted when it is over", outboxOfWhatIsOver},
		{"a save that conflicts tells nothing", outboxOfAStaleSave},
		{"events come oldest first, as many as are asked for", outboxOfAStorm},
		{"a channel that fails keeps no events from another", outboxOfAChannelThatFails},
		{"a pause and its end are told", outboxOfAPause},
	} {
		t.Run(part.name, func(t *testing.T) { part.test(newBench(t, open)) })
	}
	t.Run("fifty racing claims have one winner", func(t *testing.T) { race(t, open, rounds) })
	t.Run("any sequence of calls does what a plain model does", func(t *testing.T) { sequences(t, open) })
}

// bench is one registry under test and its clock.
type bench struct {
	*testing.T
	Registry
	override func(name string, overrides scaling.Layer) error
	clock    time.Time
}

// start is when the clock of every test starts: shortly before noon, not on a whole second.
func start() time.Time { return time.Date(2026, 11, 23, 11, 59, 30, 123_000_000, time.UTC) }

func newBench(t *testing.T, open Open) *bench {
	t.Helper()
	b := &bench{T: t, clock: start()}
	subject := open(t, func() time.Time { return b.clock })
	b.Registry, b.override = subject.Registry, subject.Override
	return b
}

// enrolled saves a new enrolled stream with four open shards, and what change makes of it.
func (b *bench) enrolled(name string, change ...func(*ledger.Item)) ledger.Item {
	b.Helper()
	s := newStream(name)
	for _, c := range change {
		c(&s)
	}
	return b.save(s)
}

func newStream(name string) ledger.Item {
	settings := scaling.Defaults(scaling.DoubleHalve)
	settings.OperationLimit, settings.ScaleUpReserve = 10, 3 // the contract counts with these, whatever the defaults are
	return ledger.Item{
		Name: name, ARN: "arn:aws:kinesis:eu-west-1:123456789012:stream/" + name, Status: ledger.Enrolled,
		CreatedAt: start().Add(-1000 * time.Hour), EnrolledAt: start().Add(-999 * time.Hour), UpdatedAt: start(),
		Tags: scaling.Layer{"mode": "enabled"}, Settings: settings, SettingsRevision: 1, OpenShards: 4,
	}
}

func (b *bench) save(s ledger.Item, entries ...ledger.Entry) ledger.Item {
	b.Helper()
	saved, err := b.Save(b.Context(), s, entries...)
	if err != nil {
		b.Fatalf("save: %v", err)
	}
	return saved
}

func (b *bench) load(name string) ledger.Item {
	b.Helper()
	s, err := b.Load(b.Context(), name)
	if err != nil {
		b.Fatalf("load: %v", err)
	}
	return s
}

func (b *bench) history(q ledger.Query) ledger.Page {
	b.Helper()
	page, err := b.History(b.Context(), q)
	if err != nil {
		b.Fatalf("history %+v: %v", q, err)
	}
	return page
}

// wantErr ends the test unless err is want.
func (b *bench) wantErr(err, want error) {
	b.Helper()
	if !errors.Is(err, want) {
		b.Fatalf("error %v, want %v", err, want)
	}
}

// want reports a difference. Nothing and empty are the same.
func (b *bench) want(what string, got, want any) {
	b.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		b.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// claim asks to double or halve four shards, at a time, for a transition at that time too.
func claim(dir scaling.Direction, at time.Time) ledger.Claim {
	target := 8
	if dir == scaling.Down {
		target = 2
	}
	return ledger.Claim{
		Decision: scaling.Decision{
			At: at, Direction: dir, From: 4, Target: target, Utilization: 0.875, Limit: scaling.LimitRecords,
			Reasons: scaling.Trail{{Code: scaling.UtilizationMeasured, Detail: "0.88 of records"}, {Code: scaling.Doubled}},
		},
		Asked: dir, Alarm: scaling.AlarmName("orders", dir), TransitionAt: at, Owner: fmt.Sprintf("scaler/%d", at.UnixNano()),
		LeaseUntil: at.Add(2 * time.Minute),
	}
}

// operations are n calls of somebody else, an hour apart, the newest an hour ago.
func operations(n int, now time.Time) scaling.Operations {
	var all scaling.Operations
	for i := range n {
		all = append(all, scaling.Operation{
			At: now.Add(-time.Duration(i+1) * time.Hour), Direction: scaling.Up, From: 2, To: 4, Actor: "arn:aws:iam::123456789012:user/ana",
		})
	}
	return all
}
