package simulate

// What can be read of a world, at any time between two minutes.

import (
	"maps"
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/registry/inmem"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// Now is the virtual time.
func (w *World) Now() time.Time { return w.clock.time() }

// Registry is the registry that the use cases share.
func (w *World) Registry() *inmem.Registry { return w.registry }

// DeadLetters returns the messages that were given up.
func (w *World) DeadLetters() []Message { return slices.Clone(w.dead) }

// Operations returns every UpdateShardCount call that Kinesis accepted, in order.
func (w *World) Operations() []Operation { return slices.Clone(w.kinesis.operations) }

// Describe returns what Kinesis says of a stream; its error is [scaling.ErrStreamNotFound].
func (w *World) Describe(stream string) (scaling.Summary, error) {
	s, err := w.kinesis.find(stream)
	if err != nil {
		return scaling.Summary{}, err
	}
	return s.summary(), nil
}

// Tags returns a stream's tags; its error is [scaling.ErrStreamNotFound].
func (w *World) Tags(stream string) (map[string]string, error) {
	s, err := w.kinesis.find(stream)
	if err != nil {
		return nil, err
	}
	return maps.Clone(s.Tags), nil
}

// Usage returns what a stream has taken so far; its error is [scaling.ErrStreamNotFound].
func (w *World) Usage(stream string) (Usage, error) {
	s, err := w.kinesis.find(stream)
	if err != nil {
		return Usage{}, err
	}
	usage := s.usage
	usage.PeakNeeds, _ = s.layout.spread.ShardsFor(usage.PeakShards)
	return usage, nil
}

// Alarms returns what CloudWatch shows of a stream's two alarms, held against what they should be.
func (w *World) Alarms(want scaling.AlarmWant) scaling.AlarmPair {
	return scaling.AlarmPair{Up: w.cloudwatch.status(want, scaling.Up), Down: w.cloudwatch.status(want, scaling.Down)}
}

// Traffic returns what CloudWatch shows of a stream's traffic, as a decision with these settings reads it.
func (w *World) Traffic(stream string, s scaling.Settings, from, to time.Time) scaling.Traffic {
	return w.cloudwatch.traffic(stream, s, from, to)
}

// AlarmShards is the shard count that an alarm was last put for; 0 when there is none.
func (w *World) AlarmShards(stream string, dir scaling.Direction) int {
	if a := w.cloudwatch.alarms[scaling.AlarmName(stream, dir)]; a != nil {
		return a.want.OpenShards
	}
	return 0
}

// Lag returns how far behind a stream's consumers were in the last ten minutes, and whether a metric tells.
func (w *World) Lag(stream string, s scaling.Settings) (time.Duration, bool) {
	return w.cloudwatch.lag(stream, s, w.Now().Add(-10*time.Minute), w.Now())
}

// Reserved returns the concurrency that a function has reserved, and whether it has.
func (w *World) Reserved(function string) (int, bool) {
	r, err := w.lambda.find(function)
	if err != nil {
		return 0, false
	}
	return r.concurrency, r.set
}
