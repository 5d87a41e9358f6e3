package main

import (
	"context"
	"fmt"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// What the parameters ScalerConcurrency and EnrollerConcurrency are to be for hundreds of streams and more.
const (
	scalers   = 120
	enrollers = 10
)

func start() time.Time { return time.Date(2026, time.November, 2, 0, 0, 0, 0, time.UTC) }

// play lets the fleet be enrolled and live, and returns what was measured of its hours.
func (s scene) play(ctx context.Context) (*books, error) {
	numbers := simulate.DefaultNumbers()
	numbers.ScalerConcurrency, numbers.EnrollerConcurrency = scalers, enrollers
	numbers.ShardLimit = 4 * s.streams
	b := newBooks(start().Add(time.Duration(s.calm())*time.Minute), numbers)
	w := simulate.New(simulate.Options{
		Start: start(), Seed: 1, Numbers: &numbers,
		Hooks:  simulate.Hooks{Operation: b.accepted},
		Faults: simulate.Faults{After: func(c simulate.Call, err error) simulate.Fault { return b.called(ctx, c, err) }},
	})
	defer w.Close()
	b.world = w
	for i := range s.streams {
		spec := simulate.StreamSpec{
			Name: fmt.Sprintf("stream-%05d", i), Shards: 1, Age: time.Hour, Tags: map[string]string{"shardkeeper": "enabled"}, Load: s.load(i),
		}
		if err := w.CreateStream(spec); err != nil { //nolint:contextcheck // the invocations of the model have a time of their own
			return nil, err
		}
	}
	for range s.calm() + 60*s.hours {
		if err := w.Run(ctx, 1); err != nil {
			return nil, err
		}
		if err := b.minute(ctx); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// load is half of a shard, and a whole one from the minute in which the stream rises.
func (s scene) load(stream int) simulate.Load {
	at, rises := s.risesAt(stream)
	return func(minute int) trace.Rate {
		if rises && minute >= at {
			return trace.Rate{Records: scaling.RecordsPerShard, Bytes: scaling.RecordsPerShard * 600}
		}
		return trace.Rate{Records: scaling.RecordsPerShard / 2, Bytes: scaling.RecordsPerShard * 300}
	}
}
