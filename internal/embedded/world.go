// Package embedded is a small world in a function's memory: a registry, a few streams, their alarms
// and Lambda functions. A function that `sam local invoke` runs, without an account and without
// emulators, decides in it as it would on AWS. Nothing real is touched.
package embedded

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/registry/inmem"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// World is what the three use cases ask for: the registry, Kinesis, CloudWatch and Lambda. It notes
// each call. It begins anew with each invocation, see [World.Around], and serves one at a time.
type World struct {
	function string
	now      func() time.Time

	registry *inmem.Registry
	streams  map[string]stream
	load     float64 // of each stream, as a share of what its shards take
	calls    []string
}

// stream is a stream as Kinesis has it.
type stream struct {
	shards int
	mode   scaling.CapacityMode
	tags   map[string]string
}

func (w *World) note(format string, args ...any) {
	w.calls = append(w.calls, fmt.Sprintf(format, args...))
}

// Load is GetItem of a stream's item.
func (w *World) Load(ctx context.Context, name string) (ledger.Item, error) {
	w.note("dynamodb:GetItem, the item of %s", name)
	return w.registry.Load(ctx, name)
}

// Save is UpdateItem, or a transaction with the entries of the history.
func (w *World) Save(ctx context.Context, s ledger.Item, entries ...ledger.Entry) (ledger.Item, error) {
	w.note("dynamodb:UpdateItem, the item of %s, entries of history: %d", s.Name, len(entries))
	return w.registry.Save(ctx, s, entries...)
}

// SaveOverrides is a GetItem, and a transaction: what people have set, and entries of history.
func (w *World) SaveOverrides(ctx context.Context, before, after ledger.Item, entries ...ledger.Entry) (ledger.Item, error) {
	w.note("dynamodb:TransactWriteItems, the overrides of %s, entries of history: %d", before.Name, len(entries))
	return w.registry.SaveOverrides(ctx, before, after, entries...)
}

// Claim is a transaction: the claim in the item, and the entry of the operation.
func (w *World) Claim(ctx context.Context, s ledger.Item, c ledger.Claim) (ledger.Item, error) {
	w.note("dynamodb:TransactWriteItems, the claim of %s and its entry of history", s.Name)
	return w.registry.Claim(ctx, s, c)
}

// Fleet is GetItem of the fleet's item.
func (w *World) Fleet(ctx context.Context) (ledger.Fleet, error) {
	w.note("dynamodb:GetItem, the fleet's item")
	return w.registry.Fleet(ctx)
}

// Paused is GetItem of the pause of all resharding. There is none.
func (w *World) Paused(ctx context.Context) (ledger.Pause, error) {
	w.note("dynamodb:GetItem, whether all resharding is paused")
	return w.registry.Paused(ctx)
}

// Lease is GetItem of the reconciler's lease.
func (w *World) Lease(ctx context.Context) (ledger.Lease, error) {
	w.note("dynamodb:GetItem, the reconciler's lease")
	return w.registry.Lease(ctx)
}

// SaveLease is a transaction of the reconciler's lease.
func (w *World) SaveLease(ctx context.Context, l ledger.Lease) (ledger.Lease, error) {
	w.note("dynamodb:TransactWriteItems, the reconciler's lease")
	return w.registry.SaveLease(ctx, l)
}

// SaveFleet is a transaction of the fleet's item.
func (w *World) SaveFleet(ctx context.Context, f ledger.Fleet) error {
	w.note("dynamodb:TransactWriteItems, the fleet's item")
	return w.registry.SaveFleet(ctx, f)
}

// Due is Query of what the reconciler is to look at.
func (w *World) Due(ctx context.Context, now time.Time, limit int) ([]string, error) {
	w.note("dynamodb:Query, the streams that are due")
	return w.registry.Due(ctx, now, limit)
}

// Unfinished is Query of what is in flight.
func (w *World) Unfinished(ctx context.Context, now time.Time) (due []string, next time.Time, err error) {
	w.note("dynamodb:Query, the streams with an operation in flight")
	return w.registry.Unfinished(ctx, now)
}

// ConsumerOwner is the registry's.
func (w *World) ConsumerOwner(ctx context.Context, function string) (string, error) {
	return w.registry.ConsumerOwner(ctx, function)
}

// OwnConsumer is the registry's.
func (w *World) OwnConsumer(ctx context.Context, function, stream, before string) error {
	return w.registry.OwnConsumer(ctx, function, stream, before)
}

// Describe is DescribeStreamSummary. Every stream is a month old and ACTIVE.
func (w *World) Describe(_ context.Context, name string) (scaling.Summary, error) {
	w.note("kinesis:DescribeStreamSummary, %s", name)
	s, found := w.streams[name]
	if !found {
		return scaling.Summary{}, fmt.Errorf("describe %s: %w", name, scaling.ErrStreamNotFound)
	}
	return scaling.Summary{
		Name: name, ARN: "arn:aws:kinesis:" + Region + ":" + Account + ":stream/" + name,
		Status: scaling.StatusActive, Mode: s.mode, OpenShards: s.shards, CreatedAt: w.now().AddDate(0, -1, 0).Truncate(time.Hour),
	}, nil
}

// Tags is ListTagsForStream.
func (w *World) Tags(_ context.Context, name string) (map[string]string, error) {
	w.note("kinesis:ListTagsForStream, %s", name)
	return w.streams[name].tags, nil
}

// Tagged is GetResources of the Resource Groups Tagging API: all in one page.
func (w *World) Tagged(context.Context, string) (tags map[string]map[string]string, next string, err error) {
	w.note("tag:GetResources, the data streams")
	tags = map[string]map[string]string{}
	for name, s := range w.streams {
		tags[name] = s.tags
	}
	return tags, "", nil
}

// Items is BatchGetItem.
func (w *World) Items(ctx context.Context, names ...string) ([]ledger.Item, error) {
	w.note("dynamodb:BatchGetItem, the items of %d streams", len(names))
	return w.registry.Items(ctx, names...)
}

// List is ListStreams: all in one page.
func (w *World) List(context.Context, string) (names []string, more bool, err error) {
	w.note("kinesis:ListStreams")
	return slices.Sorted(maps.Keys(w.streams)), false, nil
}

// ShardLimits is DescribeLimits.
func (w *World) ShardLimits(context.Context) (limit, open int, err error) {
	w.note("kinesis:DescribeLimits")
	for _, s := range w.streams {
		open += s.shards
	}
	return 500, open, nil
}

// UpdateShardCount is accepted. The stream stays as it is: an invocation is over before it would be done.
func (w *World) UpdateShardCount(_ context.Context, s scaling.Summary, target int) error {
	w.note("kinesis:UpdateShardCount, %s, shards %d -> %d", s.Name, s.OpenShards, target)
	return nil
}

// Traffic is GetMetricData: the same load in each minute.
func (w *World) Traffic(_ context.Context, name string, _ scaling.Settings, from, to time.Time) (scaling.Traffic, error) {
	w.note("cloudwatch:GetMetricData, %s, %d minutes", name, int(to.Sub(from).Minutes()))
	traffic := scaling.Traffic{Known: true, From: from, To: to}
	bytes := w.load * scaling.BytesPerShard * float64(w.streams[name].shards)
	for at := from.Truncate(time.Minute); at.Before(to); at = at.Add(time.Minute) {
		traffic.Samples = append(traffic.Samples, scaling.Sample{At: at, Bytes: bytes, Records: bytes / 4096})
	}
	return traffic, nil
}

// Lag says that the consumers have caught up.
func (w *World) Lag(_ context.Context, _ string, _ scaling.Settings, _, _ time.Time) (lag time.Duration, known bool, err error) {
	return 0, true, nil
}

// Lags says the same of each minute.
func (w *World) Lags(_ context.Context, _ string, _ scaling.Settings, from, to time.Time) (scaling.Traffic, error) {
	traffic := scaling.Traffic{Known: true, From: from, To: to}
	for at := from.Truncate(time.Minute); at.Before(to); at = at.Add(time.Minute) {
		traffic.Samples = append(traffic.Samples, scaling.Sample{At: at})
	}
	return traffic, nil
}

// Update is PutMetricAlarm, twice.
func (w *World) Update(_ context.Context, want scaling.AlarmWant) error {
	for _, direction := range []scaling.Direction{scaling.Up, scaling.Down} {
		w.note("cloudwatch:PutMetricAlarm, %s, open shards %d", scaling.AlarmName(want.Stream, direction), want.OpenShards)
	}
	return nil
}

// Status is DescribeAlarms: every alarm is as it should be, and OK.
func (w *World) Status(_ context.Context, wants []scaling.AlarmWant) (map[string]scaling.AlarmPair, error) {
	w.note("cloudwatch:DescribeAlarms, streams: %d", len(wants))
	pairs := map[string]scaling.AlarmPair{}
	for _, want := range wants {
		ok := scaling.AlarmStatus{Exists: true, InSync: true, State: scaling.StateOK, ChangedAt: w.now().Add(-time.Hour)}
		pairs[want.Stream] = scaling.AlarmPair{Up: ok, Down: ok}
	}
	return pairs, nil
}

// Rearm is SetAlarmState.
func (w *World) Rearm(_ context.Context, name string, direction scaling.Direction, _ string) error {
	w.note("cloudwatch:SetAlarmState, %s", scaling.AlarmName(name, direction))
	return nil
}

// Delete is DeleteAlarms.
func (w *World) Delete(_ context.Context, names ...string) error {
	for _, name := range names {
		w.note("cloudwatch:DeleteAlarms, the two of %s", name)
	}
	return nil
}

// Reserved is GetFunctionConcurrency: nothing is reserved.
func (w *World) Reserved(_ context.Context, function string) (concurrency int, set bool, err error) {
	w.note("lambda:GetFunctionConcurrency, %s", function)
	return 0, false, nil
}

// Reserve is PutFunctionConcurrency.
func (w *World) Reserve(_ context.Context, function string, concurrency int) error {
	w.note("lambda:PutFunctionConcurrency, %s to %d", function, concurrency)
	return nil
}

// Unreserved is GetAccountSettings.
func (w *World) Unreserved(context.Context) (int, error) {
	w.note("lambda:GetAccountSettings")
	return 1000, nil
}
