package enroller_test

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/registry/inmem"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/enroller"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// noon is when a bench starts.
func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

// orders is the stream of most tests.
const orders = "orders"

// bench is an enroller over the registry in memory and services that do as they are told.
type bench struct {
	*testing.T
	now   time.Time
	rules ledger.Rules
	calls []string                     // every call of a service and every write, in order
	fail  map[string][]error           // the answers of the next calls of that name; nil: it works
	steps map[string]func()            // what happens just before the next call of that name
	sum   map[string]scaling.Summary   // the streams
	tags  map[string]map[string]string // and their tags
	made  map[string]scaling.AlarmWant // the alarms that are there
	kept  *inmem.Registry
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{
		T: t, now: noon(), fail: map[string][]error{}, steps: map[string]func(){}, sum: map[string]scaling.Summary{},
		tags: map[string]map[string]string{}, made: map[string]scaling.AlarmWant{},
	}
	b.kept = inmem.New(inmem.Options{Now: b.clock})
	return b
}

func (b *bench) clock() time.Time { return b.now }

// call notes a call, lets its step happen, and returns the answer it was told to give.
func (b *bench) call(name, detail string) error {
	b.calls = append(b.calls, strings.TrimSpace(name+" "+detail))
	step := b.steps[name]
	delete(b.steps, name)
	var err error
	if answers := b.fail[name]; len(answers) > 0 {
		err, b.fail[name] = answers[0], answers[1:]
	}
	if step != nil {
		step()
	}
	return err
}

// called returns the calls of a name.
func (b *bench) called(name string) []string {
	return slices.DeleteFunc(slices.Clone(b.calls), func(call string) bool { return !strings.HasPrefix(call, name) })
}

func (b *bench) enroller() *enroller.Enroller {
	return &enroller.Enroller{Registry: registry{b}, Streams: streams{b}, Alarms: alarms{b}, Rules: b.rules, Now: b.clock, Actor: "enroller"}
}

// stream makes a stream with tags, given as key and value in turn.
func (b *bench) stream(name string, open int, tags ...string) {
	b.sum[name] = scaling.Summary{
		Name: name, ARN: "arn:aws:kinesis:eu-west-1:123456789012:stream/" + name, Status: scaling.StatusActive,
		Mode: scaling.ModeProvisioned, OpenShards: open, CreatedAt: noon().AddDate(0, -1, 0),
	}
	b.tag(name, tags...)
}

func (b *bench) tag(name string, tags ...string) {
	b.tags[name] = map[string]string{}
	for i := 0; i < len(tags); i += 2 {
		b.tags[name][tags[i]] = tags[i+1]
	}
}

// see changes what the service says of the stream orders.
func (b *bench) see(change func(*scaling.Summary)) {
	sum := b.sum[orders]
	change(&sum)
	b.sum[orders] = sum
}

// tell handles the event of a call, which must not be an error, and checks the report.
func (b *bench) tell(call, name string, want report.Event) report.Report {
	b.Helper()
	return b.handle(enroller.Change{Stream: name, EventID: "event-" + call, Actor: person, Call: call}, want)
}

const person = "arn:aws:iam::123456789012:user/ops"

// resharded handles the event of an UpdateShardCount call on orders by somebody else.
func (b *bench) resharded(at time.Time, from, to int, want report.Event) {
	b.Helper()
	b.handle(enroller.Change{
		Stream: orders, EventID: "event-" + strconv.Itoa(to), Actor: person, Call: "UpdateShardCount",
		Reshard: &scaling.Operation{At: at, From: from, To: to, Actor: person},
	}, want)
}

func (b *bench) handle(change enroller.Change, want report.Event) report.Report {
	b.Helper()
	r, err := b.enroller().Handle(b.Context(), change)
	if err != nil {
		b.Fatalf("%s of %s: %v", change.Call, change.Stream, err)
	}
	if r.Event != want {
		b.Errorf("%s of %s: %s (%s), want %s", change.Call, change.Stream, r.Event, r.Detail, want)
	}
	return r
}

// change changes the item of orders, as another writer would.
func (b *bench) change(change func(*ledger.Item)) {
	b.Helper()
	s := b.item()
	change(&s)
	if _, err := b.kept.Save(b.Context(), s); err != nil {
		b.Fatal(err)
	}
}

// item returns the item of orders.
func (b *bench) item() ledger.Item {
	b.Helper()
	s, err := b.kept.Load(b.Context(), orders)
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// history returns the entries of orders, oldest first, as "kind: detail".
func (b *bench) history() []string {
	b.Helper()
	page, err := b.kept.History(b.Context(), ledger.Query{Stream: orders, From: noon().AddDate(0, 0, -2), To: noon().AddDate(0, 0, 2), Limit: 1000})
	if err != nil {
		b.Fatal(err)
	}
	var lines []string
	for _, e := range slices.Backward(page.Entries) {
		lines = append(lines, string(e.Kind)+": "+e.Detail)
	}
	return lines
}

type registry struct{ *bench }

func (f registry) Load(ctx context.Context, name string) (ledger.Item, error) {
	if err := f.call("Load", ""); err != nil {
		return ledger.Item{}, err
	}
	return f.kept.Load(ctx, name)
}

func (f registry) Save(ctx context.Context, s ledger.Item, entries ...ledger.Entry) (ledger.Item, error) {
	if err := f.call("Save", ""); err != nil {
		return s, err
	}
	return f.kept.Save(ctx, s, entries...)
}

type streams struct{ *bench }

func (f streams) Describe(_ context.Context, name string) (scaling.Summary, error) {
	err := f.call("Describe", name)
	sum, found := f.sum[name]
	if err == nil && !found {
		err = scaling.ErrStreamNotFound
	}
	return sum, err
}

func (f streams) Tags(_ context.Context, name string) (map[string]string, error) {
	err := f.call("Tags", name)
	return maps.Clone(f.tags[name]), err
}

type alarms struct{ *bench }

func (f alarms) Update(_ context.Context, want scaling.AlarmWant) error {
	if err := f.call("UpdateAlarms", want.Stream+" "+strconv.Itoa(want.OpenShards)); err != nil {
		return err
	}
	f.made[want.Stream] = want
	return nil
}

func (f alarms) Delete(_ context.Context, names ...string) error {
	if err := f.call("DeleteAlarms", strings.Join(names, " ")); err != nil {
		return err
	}
	for _, name := range names {
		delete(f.made, name)
	}
	return nil
}
