package trial

import (
	"cmp"
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// Past is what really happened to a stream, as its metrics and its history have it.
type Past struct {
	Trace     trace.Trace // what producers sent, refused records included
	Refused   []float64   // for each minute of the trace the share that was refused, 0 to 1; a missing one is 0
	Settings  scaling.Settings
	Seen      []Seen     // open shards; at least one, in any order
	Decisions []Decision // in the order of their time
}

// Seen is how many open shards a stream had at a time, and until something else is seen.
type Seen struct {
	At   time.Time
	Open int
}

// Happened returns what happened as the result of a trial, so that it can stand beside trials of the same traffic. Before
// the first look the stream is taken to have had as many shards as then. What was refused is taken as lost: metrics do not
// tell whether producers sent it again.
func Happened(p Past, buckets int) Result {
	seen := slices.SortedStableFunc(slices.Values(p.Seen), func(a, b Seen) int { return a.At.Compare(b.At) })
	r := Result{Settings: p.Settings, AlarmedMetrics: alarmedMetrics(p.Settings), Timeline: newTimeline(p.Trace, buckets), Decisions: p.Decisions}
	next, open := 0, 1
	if len(seen) > 0 {
		open = max(seen[0].Open, 1)
	}
	for i, demand := range p.Trace.Minutes {
		at := p.Trace.Start.Add(time.Duration(i) * time.Minute)
		for ; next < len(seen) && !seen[next].At.After(at); next++ {
			open = r.resized(open, seen[next], i)
		}
		if i == 0 {
			r.StartShards, r.LowestShards, r.HighestShards = open, open, open
			r.Operations = nil // what was before the trace is none of it
		}
		refused := 0.0
		if i < len(p.Refused) {
			refused = min(max(p.Refused[i], 0), 1)
		}
		m := simulate.Minute{
			At: at, Demand: demand, Sent: demand, Shards: simulate.Shards(demand), OpenShards: open, Throttled: refused,
			Accepted: trace.Rate{Records: demand.Records * (1 - refused), Bytes: demand.Bytes * (1 - refused)},
			Lost:     trace.Rate{Records: demand.Records * refused, Bytes: demand.Bytes * refused},
		}
		r.minute(m)
		r.Usage.Add(m)
	}
	return r
}

// resized takes a look at the stream, and returns the open shards from then on.
func (r *Result) resized(open int, s Seen, minute int) int {
	now := max(cmp.Or(s.Open, open), 1)
	if now != open {
		r.Operations = append(r.Operations, simulate.Operation{At: s.At, Minute: minute, Stream: stream, From: open, To: now})
	}
	return now
}
