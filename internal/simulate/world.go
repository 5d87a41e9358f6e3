// Package simulate is a model of the AWS services around Shardkeeper, in virtual time: Kinesis
// streams with traffic, CloudWatch metrics and alarms, SNS, EventBridge, Lambda and its consumers'
// concurrency. The scaler, enroller and reconciler inside it are the real ones, unchanged, on the
// registry in memory; only the services that they call are modelled.
//
// A World steps one minute at a time. At the start of minute m:
//
//  1. Reshardings that end now take effect, and the stream is ACTIVE again.
//  2. The alarms are evaluated with the metrics of the minutes before m.
//  3. A transition's notification reaches the scaler half a second later, and the call that it
//     makes counts as made at minute m. The enroller gets its events when they arrive.
//  4. The reconciler runs at second 20.
//  5. The traffic of minute m flows, through the open shards of that minute.
//
// Within a minute each call to a service takes time and counts against the API's quota per
// second. Invocations that overlap interleave at their calls.
//
// A resharding takes 1 + ceil(|from - to| / 30) minutes. While UPDATING a stream has the shards from
// before, and counts against the account's quota with the larger size.
//
// How a load falls on shards and seconds, and so what is refused, says StreamSpec.Spread: see package
// profile. UpdateShardCount makes equal hash ranges; SplitShard halves one, MergeShards joins two. What
// is refused is lost, or sent again to the same keys in the minutes after, for StreamSpec.ResendMinutes,
// and counted again. The metrics are those of the stream: what got in, and how many records were refused.
//
// Everything repeats: the same options, loads and calls give the same operations, byte for byte.
// Only the waits between tries of what was throttled are random, from Options.Seed.
//
// Not modelled: metrics of single shards, consumers that lag on one shard alone, percentiles of metrics,
// and that CloudWatch sometimes loses or delays a minute.
//
// Two weeks of one stream take about 85 ms on one core and allocate 70 MB in all; an hour of 2,000
// streams takes about a second (2026-11-23, go1.26.8, linux/amd64, Intel Xeon):
//
//	go test -run '^$' -bench . -cpu 1 ./internal/simulate
package simulate

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/registry/inmem"
	"github.com/shardkeeper/shardkeeper/scaling/enroller"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/reconciler"
	"github.com/shardkeeper/shardkeeper/scaling/report"
	"github.com/shardkeeper/shardkeeper/scaling/scaler"
)

// Options say how a world is. The zero value is usable but for Start, which should be given.
type Options struct {
	Start   time.Time       // of minute 0, cut to the minute
	Seed    uint64          // of the waits between tries of what was throttled
	Rules   ledger.Rules    // the stack's settings for every stream
	Pace    reconciler.Pace // zero: the reconciler's defaults
	Numbers *Numbers        // nil: DefaultNumbers
	Faults  Faults          // what goes wrong
	Hooks   Hooks           // called as things happen
	Altered Altered         // what the use cases are given in place of the model's own services
}

// Altered changes a use case before each of its invocations, such as to give it another registry.
// Nil fields change nothing. With it a test shows that its checks notice a mistake.
type Altered struct {
	Scaler     func(*scaler.Scaler)
	Enroller   func(*enroller.Enroller)
	Reconciler func(*reconciler.Reconciler)
}

// Hooks are called when something has happened. Nil ones are not.
type Hooks struct {
	Minute     func(Minute)     // each stream's minute, when it is over
	Transition func(Transition) // each alarm that changed its state
	Operation  func(Operation)  // each UpdateShardCount call that Kinesis accepted
	Report     func(Report)     // what each invocation says it did
}

// Report is what an invocation says it did with one stream.
type Report struct {
	report.Report

	At       time.Time
	Function string
	Request  string
}

// World is the model. It is not safe for concurrent use. Close it when done.
type World struct {
	clock    clock
	numbers  Numbers
	faults   Faults
	hooks    Hooks
	altered  Altered
	rules    ledger.Rules
	pace     reconciler.Pace
	random   *rand.Rand
	quotas   rates
	paces    rates
	registry *inmem.Registry
	even     *profile.Spread // of streams that say nothing of it

	scaler, enroller, reconciler *function

	coroutines []*coroutine
	idle       []*coroutine
	events     int
	dead       []Message

	kinesis    kinesis
	cloudwatch cloudwatch
	lambda     lambda

	minute int // the next one
}

// New returns a world without streams, at minute 0.
func New(o Options) *World {
	numbers := DefaultNumbers()
	if o.Numbers != nil {
		numbers = *o.Numbers
	}
	w := &World{
		numbers: numbers, faults: o.Faults, hooks: o.Hooks, altered: o.Altered, rules: o.Rules, pace: o.Pace,
		clock:      clock{start: o.Start.UTC().Truncate(time.Minute)},
		random:     rand.New(rand.NewPCG(o.Seed, 0)), //nolint:gosec // it must repeat; nothing secret hangs on it
		even:       profile.EvenSpread(),
		quotas:     newRates(numbers.Quotas),
		paces:      newRates(numbers.ReconcilerPace),
		scaler:     &function{name: Scaler, timeout: numbers.ScalerTimeout, concurrency: numbers.ScalerConcurrency, maxAge: time.Hour},
		enroller:   &function{name: Enroller, timeout: numbers.EnrollerTimeout, concurrency: numbers.ScalerConcurrency, maxAge: 6 * time.Hour},
		reconciler: &function{name: Reconciler, timeout: numbers.ReconcilerTimeout, concurrency: 1},
	}
	w.registry = inmem.New(inmem.Options{Now: w.clock.time})
	w.kinesis = kinesis{world: w, streams: map[string]*stream{}}
	w.cloudwatch = cloudwatch{world: w, series: map[string]*series{}, alarms: map[string]*metricAlarm{}}
	w.lambda = lambda{concurrency: numbers.Concurrency, functions: map[string]*reservation{}}
	return w
}

// Run lets a number of minutes pass. It returns early, with the context's error, when that ends.
func (w *World) Run(ctx context.Context, minutes int) error {
	for range minutes {
		if err := ctx.Err(); err != nil {
			return err
		}
		w.step() //nolint:contextcheck // what is delivered later runs under a context of its own, in virtual time
	}
	return nil
}

// step is one minute.
func (w *World) step() {
	start := time.Duration(w.minute) * time.Minute
	w.clock.horizon = start + time.Minute
	w.kinesis.finish()
	w.cloudwatch.evaluate()
	w.clock.plan(start+w.numbers.ReconcilerAt, w.reconcile)
	for {
		do, found := w.clock.next()
		if !found {
			break
		}
		do()
	}
	w.kinesis.flow()
	w.clock.elapsed = w.clock.horizon
	w.minute++
}

// Close ends the invocations that still wait. The world can be read afterwards, not run.
func (w *World) Close() {
	for _, c := range w.coroutines {
		c.stop()
	}
}
