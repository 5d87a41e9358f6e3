package faults

import (
	"context"
	"fmt"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// Options say how a plan is run. The zero value is usable.
type Options struct {
	Drop    map[string]bool  // faults and actions that are left out, by id
	Story   bool             // whether what happens is written down
	Altered simulate.Altered // mistakes that are made on purpose
}

// Result is what came of a run.
type Result struct {
	Violation *Violation     // the first promise that was broken; nil: none
	Faults    []string       // ids of the faults and actions that happened, in order
	Kinds     map[string]int // how many of each kind
	Accepted  int            // operations of ours
	ByHand    int            // operations by others
	States    map[string]int // how often each rare state was reached
	Story     []string       // what happened, if Options.Story
}

// Violation is a promise that was broken.
type Violation struct {
	Promise Promise
	Stream  string
	At      time.Time
	Detail  string
}

// String is one line.
func (v Violation) String() string {
	return fmt.Sprintf("%s %s: broken: %s: %s", v.At.Format("02 15:04:05"), v.Stream, v.Promise, v.Detail)
}

// run is one plan under way.
type run struct {
	plan    Plan
	options Options
	world   *simulate.World
	auditor *auditor
	post    *post
	result  Result

	minute  int
	calls   int                       // in this minute
	waiting []Action                  // not done yet
	seen    map[string]int            // how often something was drawn for in this minute
	pending map[string]simulate.Fault // after the call that a request is making
	remade  []simulate.StreamSpec     // streams that are deleted, and made again once they are gone
	shown   []string                  // what a stale index shows
	shownAt int                       // the minute of that
}

// start is minute 0 of every run: a Monday.
func start() time.Time { return time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC) }

// begin is before all that a run writes, by whatever clock.
func begin() time.Time { return start().Add(-time.Hour) }

// Run runs a plan. The error is the context's, or of a plan that cannot be.
func Run(ctx context.Context, plan Plan, options Options) (Result, error) {
	r := &run{
		plan: plan, options: options, waiting: plan.Actions,
		pending: map[string]simulate.Fault{}, result: Result{Kinds: map[string]int{}},
	}
	r.world = simulate.New(simulate.Options{
		Start: start(), Seed: plan.Seed, Rules: plan.Rules, Numbers: &r.plan.Numbers, Altered: r.altered(),
		Faults: simulate.Faults{Before: r.before, After: r.after, Route: r.route, Runs: r.runs, Skew: r.skewOf},
		Hooks:  r.hooks(), //nolint:contextcheck // what is delivered later runs under a context of its own, in virtual time
	})
	defer r.world.Close()
	r.auditor = newAuditor(ctx, r.world, r.plan, r.broken)
	r.post = newPost(r)
	r.seen = map[string]int{}
	for _, spec := range plan.Streams {
		if err := r.world.CreateStream(spec); err != nil { //nolint:contextcheck // what is delivered later runs under a context of its own, in virtual time
			return r.result, fmt.Errorf("seed %d: %w", plan.Seed, err)
		}
	}
	for r.minute = 0; r.minute < plan.Trouble+plan.Health && r.result.Violation == nil; r.minute++ {
		r.calls = 0
		clear(r.seen)
		if r.trouble() {
			r.act(r.minute, 0)
		}
		if err := r.world.Run(ctx, 1); err != nil {
			return r.result, err
		}
		if r.trouble() {
			r.act(r.minute, maxCalls)
		} else {
			r.auditor.healthy(r.minute - plan.Trouble)
		}
	}
	if r.result.Violation == nil {
		r.auditor.closed()
		r.post.closed(ctx, r.auditor)
	}
	r.result.Accepted, r.result.ByHand = r.auditor.totals()
	r.result.States = r.auditor.states
	return r.result, nil
}

// maxCalls is more than a minute has.
const maxCalls = 1 << 30

// trouble reports whether things go wrong now.
func (r *run) trouble() bool { return r.minute < r.plan.Trouble }

// broken notes the first promise that was broken.
func (r *run) broken(promise Promise, stream, format string, args ...any) {
	if r.result.Violation != nil {
		return
	}
	r.result.Violation = &Violation{Promise: promise, Stream: stream, At: r.world.Now(), Detail: fmt.Sprintf(format, args...)}
	r.tell("%s", r.result.Violation)
}

func (r *run) count(id, kind string) {
	r.result.Faults = append(r.result.Faults, id)
	r.result.Kinds[kind]++
}

// tell writes down what happens.
func (r *run) tell(format string, args ...any) {
	if r.options.Story {
		r.result.Story = append(r.result.Story, r.world.Now().Format("02 15:04:05  ")+fmt.Sprintf(format, args...))
	}
}

// hooks write down what happens, and let the auditor see it.
func (r *run) hooks() simulate.Hooks {
	return simulate.Hooks{
		Report: r.reported,
		Operation: func(op simulate.Operation) {
			r.tell("KINESIS ACCEPTS %s from %d to %d, by %s", op.Stream, op.From, op.To, op.Actor)
			if op.Actor != operator {
				r.auditor.accepted(op)
				r.tellOwn(op)
				r.makeAgain(op)
			}
		},
		Transition: func(t simulate.Transition) { r.tell("alarm %s: %s to %s", t.Alarm, t.From, t.To) },
		Minute:     func(m simulate.Minute) { r.auditor.minute(m) },
	}
}

func (r *run) reported(told simulate.Report) {
	r.auditor.told(told)
	if decides(told.Event) && len(told.Reasons) == 0 {
		r.broken(EveryDecisionHasAReason, told.Stream, "%s reports %s", told.Request, told.Event)
	}
	if told.Event != report.Checked {
		r.tell("%s: %s %s %s %d to %d %s %s %v", told.Request, told.Stream, told.Event, told.Direction,
			told.OpenShards, told.Target, told.Reasons, told.Detail, told.Faults)
	}
}

func decides(e report.Event) bool {
	return e == report.Operation || e == report.Hold || e == report.DryRun || e == report.Refused || e == report.Unknown
}
