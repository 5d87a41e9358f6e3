package simulate

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// Load is what producers send to a stream in a minute of the world, counted from 0. A stream that
// is older than the world asks for the minutes before too.
type Load func(minute int) trace.Rate

// Replay returns the load of a trace from minute 0 on, and none after its end. Before, the traffic
// was that of the first minute.
func Replay(t trace.Trace) Load {
	return func(minute int) trace.Rate {
		if minute >= len(t.Minutes) {
			return trace.Rate{}
		}
		return t.Minutes[max(minute, 0)]
	}
}

// StreamSpec is a stream to be made.
type StreamSpec struct {
	Name     string
	Shards   int
	OnDemand bool
	Tags     map[string]string
	Load     Load // nil: none
	// Spread says how the load falls on the shards and on the seconds of a minute. Nil: evenly.
	Spread *profile.Spread
	// ResendMinutes is for how many minutes producers send again what was refused; 0: not at all.
	ResendMinutes int
	Consumer      Consumer
	// Age is how long the stream exists already: it is ACTIVE, has metrics, and its CreateStream
	// event arrives at once. 0: it is made now.
	Age time.Duration
}

// Operation is an UpdateShardCount call that Kinesis accepted.
type Operation struct {
	At       time.Time
	Minute   int // of the world, at which the call was made
	Stream   string
	From, To int
	Actor    string // the request that called; an operator's name
}

// kinesis holds the streams of the account.
type kinesis struct {
	world      *World
	streams    map[string]*stream
	sorted     []*stream // by name
	operations []Operation
}

type stream struct {
	StreamSpec

	created time.Time
	status  scaling.StreamStatus
	open    int
	target  int // of the resharding that is going on; else open
	layout  layout
	next    profile.Ranges // of the shards after the resharding that is going on; else those of now
	doneAt  int            // minute at which the status changes
	calls   []time.Time
	metrics *series
	backlog backlog
	usage   Usage
}

func (k *kinesis) find(name string) (*stream, error) {
	s, found := k.streams[name]
	if !found {
		return nil, fmt.Errorf("stream %s: %w", name, scaling.ErrStreamNotFound)
	}
	return s, nil
}

func (k *kinesis) create(spec StreamSpec) error {
	w := k.world
	switch {
	case !scaling.ValidStreamName(spec.Name):
		return fmt.Errorf("create stream %q: no stream can have this name: %w", spec.Name, scaling.ErrRefused)
	case k.streams[spec.Name] != nil:
		return fmt.Errorf("create stream %s: there is one of this name: %w", spec.Name, scaling.ErrStreamBusy)
	case spec.Shards < 1:
		return fmt.Errorf("create stream %s with %d shards: %w", spec.Name, spec.Shards, scaling.ErrRefused)
	case k.openShards()+spec.Shards > w.numbers.ShardLimit:
		return fmt.Errorf("create stream %s: the account has %d shards: %w", spec.Name, w.numbers.ShardLimit, scaling.ErrLimitExceeded)
	}
	spec.Tags = maps.Clone(spec.Tags)
	s := &stream{
		StreamSpec: spec, created: w.clock.time().Add(-spec.Age), status: scaling.StatusCreating,
		open: spec.Shards, target: spec.Shards, doneAt: w.minute + w.numbers.CreateMinutes,
		metrics: w.cloudwatch.seriesOf(spec.Name),
	}
	if spec.Spread == nil {
		spec.Spread = w.even
	}
	s.layout = newLayout(spec.Spread, spec.Shards, spec.ResendMinutes)
	s.next = s.layout.ranges
	s.metrics.fanOut = spec.Consumer.FanOut
	if spec.Age > 0 {
		s.status = scaling.StatusActive
		s.lookBack(w)
	}
	k.streams[spec.Name] = s
	w.lambda.add(spec.Consumer.Function)
	i, _ := slices.BinarySearchFunc(k.sorted, spec.Name, byName)
	k.sorted = slices.Insert(k.sorted, i, s)
	return nil
}

func byName(s *stream, name string) int { return strings.Compare(s.Name, name) }

// finish ends the changes that are due.
func (k *kinesis) finish() {
	var gone []*stream
	for _, s := range k.sorted {
		if s.status == scaling.StatusActive || k.world.minute < s.doneAt {
			continue
		}
		if s.status == scaling.StatusDeleting {
			gone = append(gone, s)
			continue
		}
		s.status, s.open = scaling.StatusActive, s.target
		s.layout.cut(s.next, k.world.minute)
	}
	for _, s := range gone {
		delete(k.streams, s.Name)
		k.sorted = slices.DeleteFunc(k.sorted, func(x *stream) bool { return x == s })
	}
}

// openShards counts the account's shards; a stream that is resharded has those of both ends,
// "short-lived shards count towards your total shard limit" (UpdateShardCount).
func (k *kinesis) openShards() int {
	open := 0
	for _, s := range k.sorted {
		if !s.OnDemand {
			open += max(s.open, s.target)
		}
	}
	return open
}

// reshard is UpdateShardCount, with the limits of its page in the API reference, read 2026-11:
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html
//
// Which error answers more than double or less than half is not documented, nor how half of an
// odd count rounds, nor whether the present count is taken as a target. Here the strictest of the
// readings: refused, rounded up, refused.
func (k *kinesis) reshard(name string, target int, actor string) error {
	s, err := k.find(name)
	if err != nil {
		return err
	}
	now := k.world.clock.time()
	s.calls = slices.DeleteFunc(s.calls, func(at time.Time) bool { return !at.After(now.Add(-24 * time.Hour)) })
	refuse := func(kind error, why string) error {
		return fmt.Errorf("UpdateShardCount of %s from %d to %d: %s: %w", name, s.open, target, why, kind)
	}
	switch {
	case s.OnDemand:
		return refuse(scaling.ErrRefused, "the stream is on-demand")
	case s.status != scaling.StatusActive:
		return refuse(scaling.ErrStreamBusy, "status "+string(s.status))
	case target < 1 || target == s.open:
		return refuse(scaling.ErrRefused, "no such target")
	case target > 2*s.open:
		return refuse(scaling.ErrRefused, "more than double")
	case target < (s.open+1)/2:
		return refuse(scaling.ErrRefused, "less than half")
	case target > scaling.MaxStreamShards:
		return refuse(scaling.ErrLimitExceeded, "more than a stream can have")
	case len(s.calls) >= k.world.numbers.OperationLimit:
		return refuse(scaling.ErrLimitExceeded, fmt.Sprintf("%d calls in 24 hours", len(s.calls)))
	case k.openShards()-s.open+target > k.world.numbers.ShardLimit:
		return refuse(scaling.ErrLimitExceeded, "more than the account's shards")
	}
	s.calls = append(s.calls, now)
	s.status, s.target, s.next = scaling.StatusUpdating, target, profile.Even(target)
	s.doneAt = k.world.minute + k.world.numbers.reshardMinutes(s.open, target)
	op := Operation{At: now, Minute: k.world.minute, Stream: name, From: s.open, To: target, Actor: actor}
	k.operations = append(k.operations, op)
	if k.world.hooks.Operation != nil {
		k.world.hooks.Operation(op)
	}
	return nil
}

// recut is SplitShard or MergeShards: of a provisioned stream that is ACTIVE, within the account's shards
// (API reference, read 2026-11).
func (k *kinesis) recut(api, name string, change func(profile.Ranges) (profile.Ranges, error)) error {
	s, err := k.find(name)
	if err != nil {
		return err
	}
	ranges, err := change(s.layout.ranges)
	refuse := func(kind error, why string) error { return fmt.Errorf("%s of %s: %s: %w", api, name, why, kind) }
	switch {
	case s.OnDemand:
		return refuse(scaling.ErrRefused, "the stream is on-demand")
	case s.status != scaling.StatusActive:
		return refuse(scaling.ErrStreamBusy, "status "+string(s.status))
	case err != nil:
		return refuse(scaling.ErrRefused, err.Error())
	case k.openShards()-s.open+ranges.Count() > k.world.numbers.ShardLimit:
		return refuse(scaling.ErrLimitExceeded, "more than the account's shards")
	}
	s.status, s.target, s.next = scaling.StatusUpdating, ranges.Count(), ranges
	s.doneAt = k.world.minute + k.world.numbers.ReshardMinutes
	return nil
}

func (n Numbers) reshardMinutes(from, to int) int {
	difference := max(to-from, from-to)
	return n.ReshardMinutes + (difference+n.ReshardPerMinute-1)/n.ReshardPerMinute
}

func (s *stream) summary() scaling.Summary {
	mode := scaling.ModeProvisioned
	if s.OnDemand {
		mode = scaling.ModeOnDemand
	}
	return scaling.Summary{
		Name: s.Name, ARN: "arn:aws:kinesis:us-east-1:123456789012:stream/" + s.Name,
		Status: s.status, Mode: mode, OpenShards: s.open, CreatedAt: s.created,
	}
}
