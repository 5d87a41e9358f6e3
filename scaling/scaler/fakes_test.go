package scaler_test

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/registry/inmem"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
	"github.com/shardkeeper/shardkeeper/scaling/scaler"
)

// noon is when a bench starts, and when its alarms go to ALARM.
func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

// nextLook is when the reconciler looks at an operation that is under way.
const nextLook = 45 * time.Second

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

// bench is a scaler over the registry in memory and services that do as they are told.
type bench struct {
	*testing.T
	mu    sync.Mutex
	now   time.Time
	calls []string                                   // every call of a service and every write, in order
	fail  map[string][]error                         // the answers of the next calls of that name; nil: it works
	steps map[string]func()                          // what happens just before the next call of that name
	sum   map[string]scaling.Summary                 // the streams
	load  map[string]scaling.Traffic                 // their traffic
	held  map[string]int                             // reserved concurrency by function
	made  map[string][]scaling.AlarmWant             // what alarms were updated to
	pairs map[string]scaling.AlarmPair               // what CloudWatch holds of the alarms
	kept  *inmem.Registry                            // behind the fake that counts
	wait  func(context.Context, time.Duration) error // how the scaler pauses; nil: it does not
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{
		T: t, now: noon(), fail: map[string][]error{}, steps: map[string]func(){}, sum: map[string]scaling.Summary{},
		load: map[string]scaling.Traffic{}, held: map[string]int{}, pairs: map[string]scaling.AlarmPair{}, made: map[string][]scaling.AlarmWant{},
	}
	b.kept = inmem.New(inmem.Options{Now: b.clock})
	return b
}

func (b *bench) clock() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

// pass moves the clock.
func (b *bench) pass(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = b.now.Add(d)
}

// call notes a call, lets its step happen, and returns the answer it was told to give.
func (b *bench) call(name, detail string) error {
	b.mu.Lock()
	if detail != "" {
		b.calls = append(b.calls, name+" "+detail)
	} else {
		b.calls = append(b.calls, name)
	}
	step := b.steps[name]
	delete(b.steps, name)
	var err error
	if answers := b.fail[name]; len(answers) > 0 {
		err, b.fail[name] = answers[0], answers[1:]
	}
	b.mu.Unlock()
	if step != nil {
		step()
	}
	return err
}

// made returns the calls of a name.
func (b *bench) called(name string) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var found []string
	for _, call := range b.calls {
		if len(call) >= len(name) && call[:len(name)] == name {
			found = append(found, call)
		}
	}
	return found
}

// scaler returns a scaler of its own, as each invocation has.
func (b *bench) scaler() *scaler.Scaler {
	return &scaler.Scaler{
		Registry: registry{b}, Streams: streams{b}, Alarms: alarms{b}, Consumers: consumers{b},
		Now: b.clock, Wait: b.wait, Actor: "scaler", Lease: scaler.LeaseFor(time.Minute),
	}
}

// enroll makes a stream of open shards at a steady utilization, and its item.
func (b *bench) enroll(name string, open int, utilization float64, layers ...scaling.Layer) ledger.Item {
	b.Helper()
	b.sum[name] = scaling.Summary{
		Name: name, ARN: "arn:aws:kinesis:eu-west-1:123456789012:stream/" + name, Status: scaling.StatusActive,
		Mode: scaling.ModeProvisioned, OpenShards: open, CreatedAt: noon().AddDate(0, -1, 0),
	}
	b.traffic(name, float64(open)*utilization)
	settings, err := scaling.Effective(slices.Insert(layers, 0, numbers())...)
	if err != nil {
		b.Fatal(err)
	}
	saved, err := b.kept.Save(b.Context(), ledger.Item{
		Name: name, ARN: b.sum[name].ARN, CreatedAt: b.sum[name].CreatedAt, Status: ledger.Enrolled, EnrolledAt: noon().AddDate(0, 0, -7),
		Settings: settings, SettingsRevision: 1, OpenShards: open, DueAt: noon().Add(7 * time.Minute),
		Alarms: ledger.AlarmsHeld{Shards: open, SettingsRevision: 1},
	})
	if err != nil {
		b.Fatal(err)
	}
	return saved
}

// traffic is a load that fills some shards, for the last two hours.
func (b *bench) traffic(name string, shards float64) {
	now := b.clock()
	t := scaling.Traffic{Known: true, From: now.Add(-2 * time.Hour), To: now}
	for ago := 120; ago >= 2; ago-- {
		t.Samples = append(t.Samples, scaling.Sample{
			At: now.Add(-time.Duration(ago) * time.Minute), Bytes: shards * scaling.BytesPerShard, Records: shards * 10,
		})
	}
	b.load[name] = t
}

// change changes the item of orders, as another writer would.
func (b *bench) change(change func(*ledger.Item)) {
	b.Helper()
	s := b.item()
	change(&s)
	if _, err := b.kept.Save(context.Background(), s); err != nil {
		b.Fatal(err)
	}
}

// item returns the item of orders.
func (b *bench) item() ledger.Item {
	b.Helper()
	s, err := b.kept.Load(context.Background(), orders)
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// history returns all entries of orders, oldest first.
func (b *bench) history() []ledger.Entry {
	b.Helper()
	page, err := b.kept.History(context.Background(), ledger.Query{Stream: orders, From: noon().AddDate(0, 0, -2), To: noon().AddDate(0, 0, 2), Limit: 1000})
	if err != nil {
		b.Fatal(err)
	}
	slices.Reverse(page.Entries)
	return page.Entries
}

// alarm is the transition of a stream's alarm to ALARM, now.
func (b *bench) alarm(name string, dir scaling.Direction) scaler.Alarm {
	return scaler.Alarm{Name: scaling.AlarmName(name, dir), State: scaling.StateAlarm, TransitionAt: b.clock(), RequestID: "request-1"}
}

// handle handles an alarm, which must not be an error.
func (b *bench) handle(a scaler.Alarm) report.Report {
	b.Helper()
	r, err := b.scaler().Handle(b.Context(), a)
	if err != nil {
		b.Fatalf("handle %s: %v", a.Name, err)
	}
	return r
}

// want fails the test unless a report names the event and the stream's target.
func (b *bench) want(r report.Report, event report.Event, target int) {
	b.Helper()
	if r.Event != event || r.Target != target {
		b.Errorf("got %s to %d, want %s to %d; %v %s", r.Event, r.Target, event, target, r.Reasons, r.Detail)
	}
}

// wantHold fails the test unless a report is a hold for a reason.
func (b *bench) wantHold(r report.Report, code scaling.ReasonCode) {
	b.Helper()
	if r.Event != report.Hold || r.Reasons.Last() != code {
		b.Errorf("got %s for %v, want a hold for %s", r.Event, r.Reasons, code)
	}
	if calls := b.called("UpdateShardCount"); len(calls) > 0 {
		b.Errorf("called %v", calls)
	}
}

type registry struct{ *bench }

func (f registry) Load(ctx context.Context, name string) (ledger.Item, error) {
	if err := f.call("Load", ""); err != nil {
		return ledger.Item{}, err
	}
	return f.kept.Load(ctx, name)
}

func (f registry) Claim(ctx context.Context, s ledger.Item, c ledger.Claim) (ledger.Item, error) {
	if err := f.call("Claim", ""); err != nil {
		return s, err
	}
	return f.kept.Claim(ctx, s, c)
}

func (f registry) Save(ctx context.Context, s ledger.Item, entries ...ledger.Entry) (ledger.Item, error) {
	if err := f.call("Save", ""); err != nil {
		return s, err
	}
	return f.kept.Save(ctx, s, entries...)
}

func (f registry) Fleet(ctx context.Context) (ledger.Fleet, error) {
	if err := f.call("Fleet", ""); err != nil {
		return ledger.Fleet{}, err
	}
	return f.kept.Fleet(ctx)
}

func (f registry) ConsumerOwner(ctx context.Context, function string) (string, error) {
	if err := f.call("ConsumerOwner", function); err != nil {
		return "", err
	}
	return f.kept.ConsumerOwner(ctx, function)
}

type streams struct{ *bench }

func (f streams) Describe(_ context.Context, name string) (scaling.Summary, error) {
	err := f.call("Describe", name)
	f.mu.Lock()
	defer f.mu.Unlock()
	sum, found := f.sum[name]
	if err == nil && !found {
		err = scaling.ErrStreamNotFound
	}
	return sum, err
}

// UpdateShardCount takes effect when it works, and when its answer is lost.
func (f streams) UpdateShardCount(_ context.Context, s scaling.Summary, target int) error {
	err := f.call("UpdateShardCount", s.Name+" "+strconv.Itoa(target))
	f.mu.Lock()
	defer f.mu.Unlock()
	sum := f.sum[s.Name]
	switch {
	case err != nil && scaling.DefinitelyRefused(err):
	case sum.Status != scaling.StatusActive:
		err = scaling.ErrStreamBusy
	default:
		sum.Status = scaling.StatusUpdating
		f.sum[s.Name] = sum
	}
	return err
}

type alarms struct{ *bench }

func (f alarms) Traffic(_ context.Context, name string, _ scaling.Settings, from, to time.Time) (scaling.Traffic, error) {
	if err := f.call("Traffic", name); err != nil {
		return scaling.Traffic{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	t := f.load[name]
	t.From, t.To = from, to
	t.Samples = slices.Clone(t.Since(from))
	return t, nil
}

func (f alarms) Status(_ context.Context, wants []scaling.AlarmWant) (map[string]scaling.AlarmPair, error) {
	if err := f.call("Status", wants[0].Stream+" "+strconv.Itoa(wants[0].OpenShards)); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.pairs, nil
}

func (f alarms) Update(_ context.Context, want scaling.AlarmWant) error {
	if err := f.call("UpdateAlarms", want.Stream+" "+strconv.Itoa(want.OpenShards)); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.made[want.Stream] = append(f.made[want.Stream], want)
	return nil
}

type consumers struct{ *bench }

func (f consumers) Reserved(_ context.Context, function string) (int, bool, error) {
	err := f.call("Reserved", function)
	f.mu.Lock()
	defer f.mu.Unlock()
	concurrency, set := f.held[function]
	return concurrency, set, err
}

func (f consumers) Reserve(_ context.Context, function string, concurrency int) error {
	if err := f.call("Reserve", function+" "+strconv.Itoa(concurrency)); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.held[function] = concurrency
	return nil
}
