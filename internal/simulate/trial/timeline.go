package trial

import (
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/trace"
)

// Timeline is a stream's time in buckets of equal length, few enough to be drawn. Extremes are
// kept: no spike is lost. The zero value has none.
type Timeline struct {
	Start         time.Time
	BucketMinutes int
	Buckets       []Bucket
}

// Bucket is some minutes of a stream.
type Bucket struct {
	Minutes                 int // the last bucket may have fewer
	LowDemand, HighDemand   float64
	LowShards, HighShards   int
	Sent, Refused           float64 // shard-minutes of traffic, and what was refused of them
	HighThrottled           float64 // the largest share of a minute that was refused, 0 to 1
	RefusedMinutes          int     // in which anything was refused
	FirstShards, LastShards int
}

// End returns the end of the timeline.
func (t *Timeline) End() time.Time {
	minutes := 0
	for _, b := range t.Buckets {
		minutes += b.Minutes
	}
	return t.Start.Add(time.Duration(minutes) * time.Minute)
}

// HighThrottled returns the largest share of a minute that was refused, 0 to 1.
func (t *Timeline) HighThrottled() float64 {
	most := 0.0
	for _, b := range t.Buckets {
		most = max(most, b.HighThrottled)
	}
	return most
}

// HighDemand returns the highest demand of a minute, in shards; with what was sent again.
func (t *Timeline) HighDemand() float64 {
	most := 0.0
	for _, b := range t.Buckets {
		most = max(most, b.HighDemand)
	}
	return most
}

func newTimeline(t trace.Trace, most int) Timeline {
	if most < 1 || len(t.Minutes) == 0 {
		return Timeline{}
	}
	length := (len(t.Minutes) + most - 1) / most
	return Timeline{Start: t.Start, BucketMinutes: length, Buckets: make([]Bucket, 0, (len(t.Minutes)+length-1)/length)}
}

func (t *Timeline) add(m simulate.Minute) {
	if t.BucketMinutes == 0 {
		return
	}
	if n := len(t.Buckets); n == 0 || t.Buckets[n-1].Minutes == t.BucketMinutes {
		t.Buckets = append(t.Buckets, Bucket{LowDemand: m.Shards, LowShards: m.OpenShards, FirstShards: m.OpenShards})
	}
	b := &t.Buckets[len(t.Buckets)-1]
	b.Minutes++
	b.LowDemand, b.HighDemand = min(b.LowDemand, m.Shards), max(b.HighDemand, m.Shards)
	b.LowShards, b.HighShards, b.LastShards = min(b.LowShards, m.OpenShards), max(b.HighShards, m.OpenShards), m.OpenShards
	b.Sent += m.Shards
	b.Refused += m.Shards * m.Throttled
	b.HighThrottled = max(b.HighThrottled, m.Throttled)
	if m.Throttled > 0 {
		b.RefusedMinutes++
	}
}
