// Package demo tells a story with the real enroller, scaler and reconciler in the model of AWS: a
// tagged stream is made, enrolled by its event, driven by two days of traffic, scaled up and down,
// and, where it is eager, at least once refused by the budget of operations or its reserve. It checks that
// all of this happened, that the budget was kept, and that the history is complete.
package demo

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// Stream is the name of the demo's stream.
const Stream = "orders"

const (
	consumer   = "orders-consumer"
	firstSize  = 4    // open shards when it is made
	consumes   = 1200 // records a second that one invocation of the consumer handles
	rowEvery   = 2 * time.Hour
	lead       = 5  // minutes that the stack runs before the stream is made: its first sweep is over
	settleTime = 30 // minutes that the last operation may take to end
)

// Row is one line of the timeline: what was to be seen, and what happened.
type Row struct {
	At          time.Time
	Traffic     trace.Rate // of the newest minute, as producers sent it
	Utilization float64    // of the newest minute
	OpenShards  int
	Throttled   float64 // share of the traffic that was refused since the row before
	Event       string  // what happened: an event of a report, "created", or empty for a look at the clock
	Text        string  // the same for people, with the reasons
}

// Result is what the demo comes to.
type Result struct {
	Seed       uint64
	Profile    string // of the traffic
	From, To   time.Time
	History    []ledger.Entry // oldest first
	Operations []simulate.Operation
	Usage      simulate.Usage
	Cost       simulate.Cost
	Prices     simulate.Prices
	Checks     []Check
}

// Check is one thing that must have happened.
type Check struct {
	Name   string
	OK     bool
	Detail string // what is wrong, or what shows that it happened
}

// OK reports whether everything happened that should have.
func (r Result) OK() bool {
	for _, c := range r.Checks {
		if !c.OK {
			return false
		}
	}
	return len(r.Checks) > 0
}

// Start is when the demo's two days begin: a Monday.
func Start() time.Time { return time.Date(2026, time.November, 23, 0, 0, 0, 0, time.UTC) }

// Spec says what is played.
type Spec struct {
	Seed uint64 // of the traffic's noise and crowd
	// Spread says how the traffic falls on shards and seconds. Nil: evenly, as no stream's does.
	Spread *profile.Spread
	// ResendMinutes is for how many minutes producers send again what was refused; 0: not at all.
	ResendMinutes int
	// Eager tags the stream so that it scales early and often, until the budget of operations holds it. Else it has the
	// defaults.
	Eager bool
}

// Run plays the demo and tells each row as it comes. The same spec gives the same rows. An error
// means that the demo could not be played to its end; whether it went well is in the result.
func Run(ctx context.Context, play Spec, tell func(Row)) (Result, error) {
	if play.Spread == nil {
		play.Spread = profile.EvenSpread()
	}
	s := &story{tell: tell, traffic: Traffic(Start(), play.Seed)}
	w := simulate.New(simulate.Options{Start: Start().Add(-lead * time.Minute), Hooks: simulate.Hooks{Minute: s.minute, Report: s.report}})
	defer w.Close()
	if err := w.Run(ctx, lead); err != nil {
		return Result{}, err
	}
	load := simulate.Replay(s.traffic)
	spec := simulate.StreamSpec{
		Name: Stream, Shards: firstSize, Load: func(minute int) trace.Rate { return load(minute - lead) },
		Tags: tags(play.Eager), Spread: play.Spread, ResendMinutes: play.ResendMinutes,
		Consumer: simulate.Consumer{Polls: true, Function: consumer, RecordsPerSecond: consumes},
	}
	if err := w.CreateStream(spec); err != nil { //nolint:contextcheck // what is delivered later runs under a context of its own, in virtual time
		return Result{}, err
	}
	s.now.OpenShards = firstSize
	s.row(w.Now(), "created", fmt.Sprintf("CreateStream %s with %d shards, tagged %s=%s", Stream, firstSize, scaling.ModeTag, scaling.ModeEnabled))
	if err := w.Run(ctx, len(s.traffic.Minutes)); err != nil {
		return Result{}, err
	}
	if err := settle(ctx, w); err != nil {
		return Result{}, err
	}
	return s.result(ctx, w, play)
}

// settle lets the last operation end.
func settle(ctx context.Context, w *simulate.World) error {
	for range settleTime {
		item, err := w.Registry().Load(ctx, Stream)
		if err != nil {
			return err
		}
		if item.InFlight == nil && item.AlarmsInSync() {
			return nil
		}
		if err := w.Run(ctx, 1); err != nil {
			return err
		}
	}
	return nil
}

// story turns what the world reports into rows.
type story struct {
	tell     func(Row)
	traffic  trace.Trace
	now      Row     // the newest minute
	sent     float64 // shard-minutes of traffic since the row before
	refused  float64 // of these
	enrolled bool    // by the enroller, on the stream's event
}

func (s *story) minute(m simulate.Minute) {
	s.now.Traffic, s.now.Utilization, s.now.OpenShards = m.Demand, m.Utilization, m.OpenShards
	s.sent += m.Shards
	s.refused += m.Shards * m.Throttled
	if next := m.At.Add(time.Minute); next.Sub(Start())%rowEvery == 0 {
		s.row(next, "", "")
	}
}

func (s *story) row(at time.Time, event, text string) {
	row := s.now
	row.At, row.Event, row.Text = at, event, text
	if s.sent > 0 {
		row.Throttled = s.refused / s.sent
	}
	s.sent, s.refused = 0, 0
	s.tell(row)
}

func (s *story) report(r simulate.Report) {
	if r.Function == simulate.Enroller && r.Event == report.Enrolled {
		s.enrolled = true
	}
	if text := textOf(r); text != "" {
		s.row(r.At, string(r.Event), text)
	}
	for _, fault := range r.Faults {
		s.row(r.At, string(report.Failed), fault.Error())
	}
}

// textOf says what a report tells; nothing where all is as it was.
func textOf(r simulate.Report) string {
	texts := map[report.Event]string{
		report.Enrolled:  "enrolled by its CreateStream event; the two alarms are made",
		report.Operation: fmt.Sprintf("scale %s %d -> %d: %s", r.Direction, r.OpenShards, r.Target, r.Reasons),
		report.Hold:      fmt.Sprintf("hold at %d: %s", r.OpenShards, r.Reasons),
		report.Settled:   fmt.Sprintf("completed: ACTIVE with %d shards; alarms and consumer follow", r.OpenShards),
		report.Repaired:  "reconciler: alarms armed again or brought up to date",
		report.Checked:   "",
		report.Ignored:   "",
		report.Failed:    "", // its faults have rows of their own
	}
	if text, known := texts[r.Event]; known {
		return text
	}
	return fmt.Sprintf("%s %s", r.Event, r.Detail)
}

// tags enroll the stream, and name its consumer. All else is as people get it who set nothing; unless the stream is to
// be eager: then it scales earlier, waits less for calm, and keeps more operations for scale-ups, so that two days show
// what happens when the budget is short.
func tags(eager bool) map[string]string {
	tags := map[string]string{scaling.ModeTag: string(scaling.ModeEnabled), scaling.TagPrefix + "consumer": consumer}
	if eager {
		maps.Copy(tags, map[string]string{
			scaling.TagPrefix + "scale-up-threshold":          "0.75",
			scaling.TagPrefix + "scale-down-threshold":        "0.25",
			scaling.TagPrefix + "scale-down-cooldown-minutes": "10",
			scaling.TagPrefix + "calm-minutes":                "30",
			scaling.TagPrefix + "scale-up-reserve":            "3",
		})
	}
	return tags
}
