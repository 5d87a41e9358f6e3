package faults

// What happens to calls and messages in the phase of trouble.

import (
	"errors"
	"fmt"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// errLost is a connection that broke, as the adapters tell it: whether the request took effect is not known.
func errLost() error { return fmt.Errorf("connection reset by peer: %w", scaling.ErrOutcomeUnknown) }

// spell is how long the weather of a service lasts, in minutes.
const spell = 15

// badWeather is how many of a service's calls go wrong in a spell: mostly none, sometimes nearly
// all. Kill is rarer than the rest.
func (p Plan) badWeather(service simulate.Service, minute int) float64 {
	switch p.drawn(fmt.Sprintf("weather of %s %d", service, minute/spell)).IntN(10) {
	case 0, 1, 2:
		return 0.03
	case 3, 4:
		return 0.15
	case 5:
		return 0.8
	}
	return 0
}

// before draws what happens to a call, and lets people act between two calls.
func (r *run) before(c simulate.Call) simulate.Fault {
	r.calls++
	if r.trouble() {
		r.act(r.minute, r.calls)
		r.createAgain()
	}
	r.auditor.calls(c)
	if !r.trouble() {
		return simulate.Fault{}
	}
	about := fmt.Sprintf("%04d %s %s %s", r.minute, c.Function, c.API, c.Stream)
	r.seen[about]++
	about = fmt.Sprintf("%s #%d", about, r.seen[about])
	d := r.plan.drawn(about)
	if r.options.Drop[about] {
		return simulate.Fault{}
	}
	troubled := func(kind string) {
		r.count(about, kind)
		r.auditor.invocation(c).failed = c.At
	}
	if kind, err := r.plan.refusal(c, r.minute); err != nil {
		troubled(kind)
		if c.API == "UpdateShardCount" {
			r.auditor.refused(c)
		}
		return simulate.Fault{Err: err}
	}
	if d.Float64() >= r.plan.badWeather(c.Service, r.minute) {
		return simulate.Fault{}
	}
	kind, before, after := drawFault(d.IntN(100), time.Duration(1+d.IntN(15))*time.Second)
	if c.API == "UpdateShardCount" && errors.Is(before.Err, scaling.ErrOutcomeUnknown) {
		kind, before = r.onItsWay(c, d, kind, before)
	}
	troubled(kind)
	r.tell("%s: %s %s", about[5:], c.Request, kind)
	if after != (simulate.Fault{}) {
		r.pending[c.Request] = after
	}
	return before
}

// drawFault returns one of the things that can go wrong with a call.
func drawFault(draw int, slow time.Duration) (kind string, before, after simulate.Fault) {
	switch {
	case draw < 20:
		return "fails before its effect", simulate.Fault{Err: errLost()}, simulate.Fault{}
	case draw < 40:
		return "fails after its effect", simulate.Fault{}, simulate.Fault{Err: errLost()}
	case draw < 55:
		return "throttled", simulate.Fault{Err: scaling.ErrThrottled}, simulate.Fault{}
	case draw < 65:
		return "times out before its effect", simulate.Fault{Delay: slow, Err: errLost()}, simulate.Fault{}
	case draw < 75:
		return "times out after its effect", simulate.Fault{}, simulate.Fault{Delay: slow, Err: errLost()}
	case draw < 83:
		return "slow", simulate.Fault{Delay: slow}, simulate.Fault{}
	case draw < 86:
		return "hangs until the invocation ends", simulate.Fault{}, simulate.Fault{Delay: time.Hour}
	case draw < 93:
		return "invocation killed before", simulate.Fault{Kill: true}, simulate.Fault{}
	}
	return "invocation killed after", simulate.Fault{}, simulate.Fault{Kill: true}
}

// after lets the auditor see what a call did, and what was drawn for it happen.
func (r *run) after(c simulate.Call, err error) simulate.Fault {
	fault := r.pending[c.Request]
	delete(r.pending, c.Request)
	r.auditor.called(c, err, fault == simulate.Fault{})
	return fault
}

// runs draws how the schedule starts the reconciler in a minute: mostly once, sometimes twice, or late.
func (r *run) runs(time.Time) []time.Duration {
	about := fmt.Sprintf("%04d runs of the reconciler", r.minute)
	d := r.plan.drawn(about)
	draw, late := d.IntN(100), time.Duration(d.IntN(60))*time.Second
	if r.out() {
		return nil
	}
	if !r.trouble() || draw >= 20 || r.options.Drop[about] {
		return []time.Duration{0}
	}
	kind, copies := "doubled at once", []time.Duration{0, 0}
	switch {
	case draw < 8:
	case draw < 14:
		kind, copies = "doubled", []time.Duration{0, late}
	default:
		kind, copies = "late", []time.Duration{late}
	}
	r.count(about, "run "+kind)
	r.tell("%s: %s %v", about[5:], kind, copies)
	return copies
}

// route draws how a message travels. None comes later than the end of trouble.
func (r *run) route(m simulate.Message) []time.Duration {
	if !r.trouble() {
		return []time.Duration{0}
	}
	if r.out() {
		return nil
	}
	about := fmt.Sprintf("%04d message %s", r.minute, m.Name+" "+m.Stream)
	r.seen[about]++
	about = fmt.Sprintf("%s #%d", about, r.seen[about])
	d := r.plan.drawn(about)
	left := time.Duration(r.plan.Trouble-r.minute-1) * time.Minute
	minutes := func(most int) time.Duration {
		return min(time.Duration(d.IntN(most*60))*time.Second, left)
	}
	draw := d.IntN(100)
	if draw >= 40 || r.options.Drop[about] {
		return []time.Duration{0}
	}
	var kind string
	var copies []time.Duration
	switch {
	case draw < 8:
		kind = "dropped"
	case draw < 16:
		kind, copies = "doubled at once", []time.Duration{0, 0}
	case draw < 24:
		kind, copies = "doubled minutes later", []time.Duration{0, minutes(30)}
	case draw < 26:
		kind, copies = "doubled hours later", []time.Duration{0, minutes(240)}
	case draw < 34:
		kind, copies = "late by minutes, out of order", []time.Duration{minutes(15)}
	case draw < 36:
		kind, copies = "late by hours", []time.Duration{minutes(240)}
	default:
		kind, copies = "three times, out of order", []time.Duration{minutes(10), minutes(3), minutes(20)}
	}
	r.count(about, "message "+kind)
	r.tell("%s: %s %v", about[5:], kind, copies)
	return copies
}
