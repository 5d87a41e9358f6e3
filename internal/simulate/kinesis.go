package simulate

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// kinesis holds the streams of the account.
type kinesis struct {
	*env

	cloudwatch *cloudwatch
	lambda     *lambda
	even       *profile.Spread // of streams that say nothing of it
	streams    map[string]*stream
	sorted     []*stream // by name
	operations []Operation
}

func (k *kinesis) find(name string) (*stream, error) {
	s, found := k.streams[name]
	if !found {
		return nil, fmt.Errorf("stream %s: %w", name, scaling.ErrStreamNotFound)
	}
	return s, nil
}

func (k *kinesis) create(spec StreamSpec) error {
	switch {
	case !scaling.ValidStreamName(spec.Name):
		return fmt.Errorf("create stream %q: no stream can have this name: %w", spec.Name, scaling.ErrRefused)
	case k.streams[spec.Name] != nil:
		return fmt.Errorf("create stream %s: there is one of this name: %w", spec.Name, scaling.ErrStreamBusy)
	case spec.Shards < 1:
		return fmt.Errorf("create stream %s with %d shards: %w", spec.Name, spec.Shards, scaling.ErrRefused)
	case k.openShards()+spec.Shards > k.numbers.ShardLimit:
		return fmt.Errorf("create stream %s: the account has %d shards: %w", spec.Name, k.numbers.ShardLimit, scaling.ErrLimitExceeded)
	}
	spec.Tags = maps.Clone(spec.Tags)
	s := &stream{
		StreamSpec: spec, created: k.clock.time().Add(-spec.Age), status: scaling.StatusCreating,
		open: spec.Shards, target: spec.Shards, doneAt: k.minute + k.numbers.CreateMinutes,
		metrics: k.cloudwatch.seriesOf(spec.Name),
	}
	if len(spec.Tags) > 0 {
		s.told = []toldTags{{s.created.Add(k.numbers.TaggingDelay), spec.Tags}}
	}
	if spec.Spread == nil {
		spec.Spread = k.even
	}
	s.layout = newLayout(spec.Spread, spec.Shards, spec.ResendMinutes)
	s.next = s.layout.ranges
	s.metrics.fanOut = spec.Consumer.FanOut
	if spec.Age > 0 {
		s.status = scaling.StatusActive
		s.lookBack(k.env)
	}
	k.streams[spec.Name] = s
	k.lambda.add(spec.Consumer.Function)
	i, _ := slices.BinarySearchFunc(k.sorted, spec.Name, byName)
	k.sorted = slices.Insert(k.sorted, i, s)
	return nil
}

// finish ends the changes that are due.
func (k *kinesis) finish() {
	var gone []*stream
	for _, s := range k.sorted {
		if s.status == scaling.StatusActive || k.minute < s.doneAt {
			continue
		}
		if s.status == scaling.StatusDeleting {
			gone = append(gone, s)
			continue
		}
		s.status, s.open = scaling.StatusActive, s.target
		s.layout.cut(s.next, k.minute)
	}
	for _, s := range gone {
		delete(k.streams, s.Name)
		k.sorted = slices.DeleteFunc(k.sorted, func(x *stream) bool { return x == s })
	}
}

// flow lets the traffic of the minute that ends pass through every stream.
func (k *kinesis) flow() {
	for _, s := range k.sorted {
		m := s.flow(k.env, k.lambda)
		if k.hooks.Minute != nil {
			k.hooks.Minute(m)
		}
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
	now := k.clock.time()
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
	case len(s.calls) >= k.numbers.OperationLimit:
		return refuse(scaling.ErrLimitExceeded, fmt.Sprintf("%d calls in 24 hours", len(s.calls)))
	case k.openShards()-s.open+target > k.numbers.ShardLimit:
		return refuse(scaling.ErrLimitExceeded, "more than the account's shards")
	}
	s.calls = append(s.calls, now)
	s.update(profile.Even(target), k.minute+k.numbers.ReshardTakes(s.open, target))
	op := Operation{At: now, Minute: k.minute, Stream: name, From: s.open, To: target, Actor: actor}
	k.operations = append(k.operations, op)
	if k.hooks.Operation != nil {
		k.hooks.Operation(op)
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
	case k.openShards()-s.open+ranges.Count() > k.numbers.ShardLimit:
		return refuse(scaling.ErrLimitExceeded, "more than the account's shards")
	}
	s.update(ranges, k.minute+k.numbers.ReshardMinutes)
	return nil
}
