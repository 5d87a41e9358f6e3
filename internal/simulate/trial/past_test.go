package trial_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// An hour of 1,000 records a second: half of it on 2 shards, half on 4; a tenth of one minute was refused.
func TestHappenedIsWhatWasSeen(t *testing.T) {
	p := trial.Past{Trace: trace.Trace{Start: time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)}, Settings: scaling.Defaults(scaling.DoubleHalve), Refused: make([]float64, 11)}
	for range 60 {
		p.Trace.Minutes = append(p.Trace.Minutes, trace.Rate{Records: 1000, Bytes: 1000})
	}
	p.Refused[10] = 0.1
	p.Seen = []trial.Seen{
		{At: p.Trace.Start.Add(30 * time.Minute), Open: 4},
		{At: p.Trace.Start.Add(-time.Hour), Open: 8},
		{At: p.Trace.Start.Add(-time.Minute), Open: 2},
		{At: p.Trace.Start.Add(40 * time.Minute), Open: 4},
	}
	r := trial.Happened(p, 6)
	if r.StartShards != 2 || r.LowestShards != 2 || r.HighestShards != 4 || r.Ups() != 1 || r.Downs() != 0 {
		t.Errorf("%d shards at the start, %d to %d, operations %v", r.StartShards, r.LowestShards, r.HighestShards, r.Operations)
	}
	if hours := r.Usage.ShardHours(); hours != 3 {
		t.Errorf("%v shard-hours, want half an hour of 2 and half of 4", hours)
	}
	if u := r.Usage; u.Minutes != 60 || u.ThrottledMinutes != 1 || u.Demand.Records != 3_600_000 || u.Accepted.Records+u.Lost.Records != 3_600_000 || u.Lost.Records != 6000 {
		t.Errorf("usage %+v", u)
	}
	if n := len(r.Timeline.Buckets); n != 6 || r.Timeline.Buckets[1].HighThrottled != 0.1 || r.Timeline.Buckets[3].LastShards != 4 {
		t.Errorf("%d buckets, %+v", n, r.Timeline.Buckets)
	}
}

// What makes no sense in a history or a metric is no fault, and no shards are less than one.
func TestHappenedTakesAnything(t *testing.T) {
	start := time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
	p := trial.Past{Trace: trace.Trace{Start: start, Minutes: make([]trace.Rate, 3)}, Refused: []float64{-1, 7}, Seen: []trial.Seen{{At: start, Open: -3}, {At: start.Add(time.Minute)}}}
	if r := trial.Happened(p, 0); r.LowestShards != 1 || r.HighestShards != 1 || len(r.Operations) != 0 {
		t.Errorf("%+v", r)
	}
	if r := trial.Happened(trial.Past{}, 10); r.Usage.Minutes != 0 {
		t.Errorf("%+v", r)
	}
}
