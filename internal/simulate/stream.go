package simulate

import (
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

type stream struct {
	StreamSpec

	told    []toldTags // what the tagging service tells, and since when, oldest first
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

// toldTags are tags that the tagging service tells from a time on.
type toldTags struct {
	from time.Time
	tags map[string]string
}

// toldAt returns the tags that the tagging service tells at a time, and whether it tells of the stream at all.
func (s *stream) toldAt(at time.Time) (tags map[string]string, told bool) {
	for _, t := range s.told {
		if !t.from.After(at) {
			tags, told = t.tags, true
		}
	}
	return tags, told
}

func byName(s *stream, name string) int { return strings.Compare(s.Name, name) }

// update begins a resharding to some shards, which is done at a minute.
func (s *stream) update(to profile.Ranges, doneAt int) {
	s.status, s.target, s.next, s.doneAt = scaling.StatusUpdating, to.Count(), to, doneAt
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
