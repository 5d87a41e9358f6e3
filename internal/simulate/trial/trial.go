// Package trial plays one stream's traffic through the model of AWS, under settings that are to be
// tried, and tells what would have become of it: operations, decisions, throttling and cost. It is
// what simulate, recommend and bench have in common.
package trial

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// stream is the name of the stream that is played.
const stream = "stream"

// age is how long the stream exists when the trace begins, with the traffic of its first minute.
const age = time.Hour

// startUtilization is what the first minute's traffic fills of the shards at the start.
const startUtilization = 0.5

// Spec says what is to be played.
type Spec struct {
	Trace       trace.Trace
	Settings    scaling.Layer // the stream's settings, as its tags have them
	StartShards int           // open shards at the start; 0: StartShards of the trace
	Seed        uint64        // of the waits between tries of a throttled call
	// Spread says how the traffic falls on shards and seconds. Nil: evenly, as no stream's does.
	Spread *profile.Spread
	// ResendMinutes is for how many minutes producers send again what was refused; 0: not at all.
	ResendMinutes int
	Buckets       int // how many buckets the timeline may have; 0: no timeline
	// BeforeMinutes is up to which minute of the trace the result's Before goes; 0: Before stays empty.
	BeforeMinutes int
	// Day, which may be nil, is told of each day of the trace that was played. All calls it from several
	// goroutines.
	Day func()
}

// MinutesOfDay is how many minutes of a trace are told to Day at once.
const MinutesOfDay = 24 * 60

// Result is what became of the stream.
type Result struct {
	Settings       scaling.Settings // in force, the defaults included
	StartShards    int
	LowestShards   int
	HighestShards  int
	Usage          simulate.Usage
	Before         simulate.Usage // the same up to a minute of the trace, see Spec
	Operations     []simulate.Operation
	Decisions      []Decision
	Faults         []error // what the use cases could not do; none unless something is wrong
	Timeline       Timeline
	AlarmedMetrics int // metrics that the stream's two alarms look at, which are billed
}

// StartShards returns the open shards with which a trace begins unless told otherwise: its first
// minute fills half of them. At least 1.
func StartShards(t trace.Trace) int {
	if len(t.Minutes) == 0 {
		return 1
	}
	return max(1, int(math.Ceil(min(simulate.Shards(t.Minutes[0])/startUtilization, scaling.MaxStreamShards))))
}

// Scaled returns the trace with its traffic made larger or smaller, so that its highest minute
// fills so many shards. A trace without traffic stays as it is.
func Scaled(t trace.Trace, peak float64) trace.Trace {
	highest := peakOf(t)
	if highest == 0 {
		return t
	}
	minutes := make([]trace.Rate, len(t.Minutes))
	for i, m := range t.Minutes {
		minutes[i] = trace.Rate{Records: m.Records * peak / highest, Bytes: m.Bytes * peak / highest}
	}
	t.Minutes = minutes
	return t
}

// Run plays a trace to its end. The consumers that the settings name are there, and always keep up. The
// same spec gives the same result. An error tells of settings
// that cannot be used, a start that the account has no room for, or the context's end.
func Run(ctx context.Context, s Spec) (Result, error) {
	settings, err := scaling.Effective(s.Settings)
	if err != nil {
		return Result{}, err
	}
	r := Result{Settings: settings, StartShards: s.StartShards}
	if r.StartShards == 0 {
		r.StartShards = StartShards(s.Trace)
	}
	r.LowestShards, r.HighestShards = r.StartShards, r.StartShards
	r.Timeline = newTimeline(s.Trace, s.Buckets)
	minute, played := r.minute, 0
	if s.Day != nil {
		minute = func(m simulate.Minute) {
			r.minute(m)
			if played++; played%MinutesOfDay == 0 {
				s.Day()
			}
		}
	}
	numbers := simulate.DefaultNumbers()
	numbers.OperationLimit = max(numbers.OperationLimit, settings.OperationLimit) // a higher one is set where AWS raised the quota
	w := simulate.New(simulate.Options{Start: s.Trace.Start, Seed: s.Seed, Numbers: &numbers, Hooks: simulate.Hooks{Minute: minute, Report: r.report}})
	defer w.Close()
	err = w.CreateStream(simulate.StreamSpec{ //nolint:contextcheck // what is delivered later runs under a context of its own, in virtual time
		Name: stream, Shards: r.StartShards, Tags: s.Settings.Tags(), Load: simulate.Replay(s.Trace), Age: age, Spread: s.Spread, ResendMinutes: s.ResendMinutes,
		Consumer: simulate.Consumer{Function: settings.Consumer, FanOut: settings.FanOutConsumerNames()},
	})
	if err != nil {
		return Result{}, fmt.Errorf("start with %d open shards: %w", r.StartShards, err)
	}
	if before := min(s.BeforeMinutes, len(s.Trace.Minutes)); before > 0 {
		if err := w.Run(ctx, before); err != nil {
			return Result{}, err
		}
		if r.Before, err = w.Usage(stream); err != nil {
			return Result{}, err
		}
	}
	if err := w.Run(ctx, len(s.Trace.Minutes)-r.Before.Minutes); err != nil {
		return Result{}, err
	}
	if settings.FanOutConsumers != "" { // no other tells its lag
		if err := r.readDrains(ctx, w, s.Trace.Start); err != nil {
			return Result{}, err
		}
	}
	r.Operations = w.Operations()
	r.AlarmedMetrics = alarmedMetrics(settings)
	r.Usage, err = w.Usage(stream)
	return r, err
}

func (r *Result) minute(m simulate.Minute) {
	r.LowestShards, r.HighestShards = min(r.LowestShards, m.OpenShards), max(r.HighestShards, m.OpenShards)
	r.Timeline.add(m)
}

// Ups returns how many of the operations were scale-ups.
func (r *Result) Ups() int {
	ups := 0
	for _, o := range r.Operations {
		if o.To > o.From {
			ups++
		}
	}
	return ups
}

// Downs returns how many of the operations were scale-downs.
func (r *Result) Downs() int { return len(r.Operations) - r.Ups() }
