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
// Two weeks of one stream take about 240 ms on one core and allocate 64 MB in all; an hour of 2,000
// streams takes about three seconds (2026-11-28, go1.26.8, linux/amd64, AMD EPYC, a busy shared machine):
//
//	go test -run '^$' -bench . -cpu 1 ./internal/simulate
package simulate

import (
	"math/rand/v2"
	"time"

	"github.com/shardkeeper/shardkeeper/registry/inmem"
	"github.com/shardkeeper/shardkeeper/scaling/enroller"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/reconciler"
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

// World is the model. It is not safe for concurrent use. Close it when done.
type World struct {
	env

	faults   Faults
	altered  Altered
	rules    ledger.Rules
	pace     reconciler.Pace
	random   *rand.Rand
	quotas   rates
	paces    rates
	registry *inmem.Registry
	off      time.Duration // of the clock of who writes to it now

	scaler, enroller, reconciler *function

	coroutines coroutines
	events     int
	dead       []Message

	kinesis    kinesis
	cloudwatch cloudwatch
	lambda     lambda
}

// The functions' names.
const (
	Scaler     = "scaler"
	Enroller   = "enroller"
	Reconciler = "reconciler"
)

// function is one Lambda function, invoked asynchronously.
type function struct {
	name        string
	timeout     time.Duration
	concurrency int
	maxAge      time.Duration // of a message that waits for concurrency
	running     int
	invoked     int
}
