package reconciler_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/registry/inmem"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/enroller"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/reconciler"
	"github.com/shardkeeper/shardkeeper/scaling/report"
	"github.com/shardkeeper/shardkeeper/scaling/scaler"
)

// noon is when a world starts.
func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

// nextRun is when what is unfinished is due again: surely by the reconciler's next run, a minute
// later.
const nextRun = 45 * time.Second

// numbers are those that the tests reckon with, whatever the defaults are.
func numbers() scaling.Layer {
	return scaling.Layer{
		"policy": "double-halve", "scale-up-threshold": "0.75", "scale-down-threshold": "0.25", "throttled-share": "0.01",
		"scale-up-period-minutes": "1", "scale-up-evaluation-periods": "5", "scale-up-datapoints-to-alarm": "3",
		"scale-down-period-minutes": "5", "scale-down-evaluation-periods": "12", "scale-down-datapoints-to-alarm": "11",
		"scale-up-cooldown-minutes": "0", "scale-down-cooldown-minutes": "10", "scale-up-reserve": "3", "operation-limit": "10",
		"iterator-age-minutes": "30",
	}
}

// orders is the stream of most tests.
const orders = "orders"

// tester is what a world needs of *testing.T and *rapid.T.
type tester interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// world is the registry in memory and a small model of Kinesis, CloudWatch and Lambda that
// breaks as it is told. Its services are in services_test.go, its minutes in minutes_test.go.
type world struct {
	tester
	now       time.Time
	off       time.Duration            // of the clock of the function that runs now
	offs      map[string]time.Duration // of a function's clock in its next invocation
	left      time.Duration            // of a run
	rules     ledger.Rules
	pace      reconciler.Pace
	calls     []string           // every call of a service and of the registry, in order
	fail      map[string][]fault // what goes wrong in the next calls of a name; the zero fault: nothing
	failAt    map[int]fault      // what goes wrong in the n-th call from the start, whatever it is
	steps     map[string]func()  // what happens just before the next call of that name
	streams   map[string]*stream
	alarms    map[string]*alarm             // by alarm name
	noAlarms  bool                          // the account has none left
	functions map[string]int                // reserved concurrency
	account   scaling.Account               // as Lambda and Kinesis see it
	lag       time.Duration                 // of the consumers
	minuteLag func(time.Time) time.Duration // the same by the minute, where it differs
	page      int                           // stream names in a page, and streams in one of tags
	toldTags  map[string]map[string]string  // what the tagging service tells of streams' tags, where it is late
	kept      *inmem.Registry
	inbox     []message // alarm notifications on their way
	lose      func(alarm string) bool
	accepted  int // UpdateShardCount calls of ours that took effect
}

// stream is a stream of the model.
type stream struct {
	scaling.Summary
	tags    map[string]string
	target  int       // of a resharding in progress
	ready   time.Time // when that ends
	load    float64   // what its producers send, in shards
	samples []scaling.Sample
}

// alarm is an alarm of the model.
type alarm struct {
	want    scaling.AlarmWant
	dir     scaling.Direction
	state   scaling.AlarmState
	changed time.Time
	foreign bool // somebody else's
	under   bool // somebody's composite alarm rests on it
	watched bool // others hear of it too
}

// fault is what goes wrong in a call: the invocation dies there, or the call answers with an
// error, each before or after the call has taken effect.
type fault struct {
	err         error
	die, effect bool
}

// killed is what an invocation that dies panics with.
type killed struct{}

func newWorld(t tester) *world {
	t.Helper()
	w := &world{
		tester: t, offs: map[string]time.Duration{}, now: noon(), left: time.Minute, fail: map[string][]fault{}, failAt: map[int]fault{}, steps: map[string]func(){},
		streams: map[string]*stream{}, alarms: map[string]*alarm{}, functions: map[string]int{}, page: 100, toldTags: map[string]map[string]string{},
		account: scaling.Account{ShardLimit: 20_000, UnreservedConcurrency: 1000, LeastUnreserved: 100},
		rules:   ledger.Rules{Defaults: numbers()},
		lose:    func(string) bool { return false },
	}
	w.kept = inmem.New(inmem.Options{Now: w.clock})
	return w
}

// clock is what the functions have: the services know the true time.
func (w *world) clock() time.Time { return w.now.Add(w.off) }

// call notes a call and lets it take effect, unless something is to go wrong.
func (w *world) call(name, detail string, effect func() error) error {
	f := w.failAt[len(w.calls)]
	w.calls = append(w.calls, strings.TrimSpace(name+" "+detail))
	if faults := w.fail[name]; len(faults) > 0 {
		f, w.fail[name] = faults[0], faults[1:]
	}
	if step := w.steps[name]; step != nil {
		delete(w.steps, name)
		step()
	}
	var err error
	if f.effect || f == (fault{}) {
		err = effect()
	}
	if f.die {
		panic(killed{})
	}
	if f.err != nil {
		return f.err
	}
	return err
}

// called returns the calls of a name.
func (w *world) called(name string) []string {
	return slices.DeleteFunc(slices.Clone(w.calls), func(call string) bool { return !strings.HasPrefix(call, name) })
}

// breaks makes the next calls of a name answer with errors, before they take effect.
func (w *world) breaks(name string, errs ...error) {
	for _, err := range errs {
		w.fail[name] = append(w.fail[name], fault{err: err})
	}
}

func (w *world) enroller() *enroller.Enroller {
	return &enroller.Enroller{Registry: table{w}, Streams: kinesis{w}, Alarms: cloudwatch{w}, Rules: w.rules, Now: w.clock, Actor: "enroller"}
}

func (w *world) scaler() *scaler.Scaler {
	return &scaler.Scaler{
		Registry: table{w}, Streams: kinesis{w}, Alarms: cloudwatch{w}, Consumers: lambda{w},
		Rules: w.rules, Now: w.clock, Actor: "scaler", Lease: scaler.LeaseFor(50 * time.Second),
	}
}

func (w *world) reconciler() *reconciler.Reconciler {
	return &reconciler.Reconciler{
		Registry: table{w}, Fleet: table{w}, Owners: table{w}, Items: table{w}, Streams: kinesis{w}, Tagging: tagging{w}, Alarms: cloudwatch{w}, Metrics: cloudwatch{w}, Consumers: lambda{w}, Enroller: w.enroller(),
		Rules: w.rules, Now: w.clock, Left: func(context.Context) time.Duration { return w.left }, Actor: "reconciler", Lease: 55 * time.Second, Pace: w.pace,
	}
}

// run is one run of the reconciler, which must not be an error. It returns the reports by stream.
func (w *world) run() map[string]report.Report {
	w.Helper()
	reports, err := w.reconciler().Run(context.Background())
	if err != nil {
		w.Fatalf("run: %v", err)
	}
	found := map[string]report.Report{}
	for _, r := range reports {
		found[r.Stream] = r
	}
	return found
}

// stream makes a tagged stream of open shards that is a month old, and its steady load.
func (w *world) stream(name string, open int, load float64, tags ...string) *stream {
	s := &stream{
		Summary: scaling.Summary{
			Name: name, ARN: "arn:aws:kinesis:eu-west-1:123456789012:stream/" + name, Status: scaling.StatusActive,
			Mode: scaling.ModeProvisioned, OpenShards: open, CreatedAt: noon().AddDate(0, -1, 0),
		},
		tags: map[string]string{"shardkeeper": "enabled"}, load: load,
	}
	for i := 0; i < len(tags); i += 2 {
		s.tags[tags[i]] = tags[i+1]
	}
	for ago := 180; ago > 0; ago-- {
		s.flow(noon().Add(-time.Duration(ago) * time.Minute))
	}
	w.streams[name] = s
	return s
}

// enrolled is a stream that was enrolled a while ago and is in order, with nothing due before
// its next look. The sweep is not due either.
func (w *world) enrolled(name string, open int, load float64, tags ...string) *stream {
	w.Helper()
	s := w.stream(name, open, load, tags...)
	if _, err := w.enroller().Refresh(context.Background(), name); err != nil {
		w.Fatalf("enroll: %v", err)
	}
	w.settle(name)
	return s
}

// settle makes a stream's alarms quiet, its item planned for later, and the sweep done.
func (w *world) settle(name string) {
	w.Helper()
	for _, dir := range []scaling.Direction{scaling.Up, scaling.Down} {
		w.alarms[scaling.AlarmName(name, dir)].state = scaling.StateOK
	}
	w.changeItem(name, func(s *ledger.Item) {
		s.Up, s.Down, s.DueAt = ledger.Watch{}, ledger.Watch{}, w.now.Add(7*time.Minute)
	})
	if err := w.kept.SaveFleet(context.Background(), ledger.Fleet{Swept: w.now, Revision: w.fleet().Revision}); err != nil {
		w.Fatalf("save the fleet's item: %v", err)
	}
	w.calls = nil
}

// change changes the item of orders, as another writer would.
func (w *world) change(change func(*ledger.Item)) {
	w.Helper()
	w.changeItem(orders, change)
}

func (w *world) changeItem(name string, change func(*ledger.Item)) {
	w.Helper()
	s := w.itemOf(name)
	change(&s)
	if _, err := w.kept.Save(context.Background(), s); err != nil {
		w.Fatalf("change %s: %v", name, err)
	}
}

// due makes the reconciler look at orders in its next run.
func (w *world) due() { w.change(func(s *ledger.Item) { s.DueAt = w.now }) }

// item returns the item of orders.
func (w *world) item() ledger.Item {
	w.Helper()
	return w.itemOf(orders)
}

func (w *world) itemOf(name string) ledger.Item {
	w.Helper()
	s, err := w.kept.Load(context.Background(), name)
	if err != nil {
		w.Fatalf("load: %v", err)
	}
	return s
}

// of returns an alarm of orders.
func (w *world) of(dir scaling.Direction) *alarm { return w.alarms[scaling.AlarmName(orders, dir)] }

// rings puts an alarm of orders in ALARM some time ago.
func (w *world) rings(dir scaling.Direction, ago time.Duration) {
	a := w.of(dir)
	a.state, a.changed = scaling.StateAlarm, w.now.Add(-ago)
}

// history returns the entries of orders of a kind, oldest first; all for the empty kind.
func (w *world) history(kind ledger.Kind) []ledger.Entry {
	w.Helper()
	page, err := w.kept.History(context.Background(), ledger.Query{Stream: orders, Kind: kind, From: noon().AddDate(0, 0, -2), To: noon().AddDate(2, 0, 0), Limit: 1000})
	if err != nil {
		w.Fatalf("history: %v", err)
	}
	slices.Reverse(page.Entries)
	return page.Entries
}

// flies puts an operation of orders in flight, as its claim did some time ago, and as far as
// the outcome says.
func (w *world) flies(from, to int, ago time.Duration, outcome ledger.Outcome) {
	w.Helper()
	w.fliesOf(orders, from, to, ago, outcome)
}

func (w *world) fliesOf(name string, from, to int, ago time.Duration, outcome ledger.Outcome) {
	w.Helper()
	claimed, entry, err := w.itemOf(name).Claim(ledger.Claim{
		Decision: scaling.Decision{At: w.now.Add(-ago), Direction: scaling.Up, From: from, Target: to, Reasons: scaling.Trail{{Code: scaling.Doubled}}},
		Asked:    scaling.Up, Alarm: scaling.AlarmName(name, scaling.Up), TransitionAt: w.now.Add(-ago), Owner: "scaler/1", LeaseUntil: w.now.Add(-ago + time.Minute),
	})
	if err != nil {
		w.Fatalf("claim: %v", err)
	}
	if outcome == ledger.OutcomeAccepted {
		claimed, entry = claimed.Accepted(w.now.Add(-ago))
	}
	if outcome == ledger.OutcomeUnknown {
		claimed, entry = claimed.OutcomeIsUnknown(w.now.Add(-ago), "timeout")
	}
	if _, err := w.kept.Save(context.Background(), claimed, entry); err != nil {
		w.Fatalf("save: %v", err)
	}
}

// show describes the world, for a failed test.
func (w *world) show() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(w.streams)) {
		s := w.streams[name]
		fmt.Fprintf(&b, "%s: %s, %d open, load %v\n", name, s.Status, s.OpenShards, s.load)
	}
	for _, name := range slices.Sorted(maps.Keys(w.alarms)) {
		a := w.alarms[name]
		fmt.Fprintf(&b, "%s: %s since %s, for %d\n", name, a.state, a.changed.Format(time.TimeOnly), a.want.OpenShards)
	}
	for _, e := range w.history("") {
		fmt.Fprintf(&b, "%s %s %s %d to %d %s %s %s\n", e.At.Format(time.TimeOnly), e.Kind, e.ID, e.From, e.To, e.Outcome, e.Reasons, e.Detail)
	}
	return b.String()
}
