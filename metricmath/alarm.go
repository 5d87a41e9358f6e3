package metricmath

import (
	"fmt"
	"slices"
	"time"
)

// Result is the outcome of one evaluation.
type Result struct {
	State      State
	Reason     string      // in the words of CloudWatch; empty when TreatIgnore kept the state
	Datapoints []Datapoint // those that decided, newest first
	Missing    int         // how many of the evaluation periods had no datapoint
}

// Evaluate returns the state of an alarm at a time, given the state it had. It
// keeps nothing: the same data give the same result. The evaluation range ends
// with the minute that now lies in; that minute itself is not over and not
// looked at. Of an alarm over more than a day the range ends with the hour that
// now lies in. An error says that the definition is invalid or a metric is nil or
// too short. To follow an alarm over time use [Alarm], which is many times
// faster.
func Evaluate(d Definition, metrics Metrics, now time.Time, previous State) (Result, error) {
	w, err := newWatch(d, metrics, 0)
	if err != nil {
		return Result{}, err
	}
	end := w.end(now)
	points := w.window(end)
	state, t := w.rule.judge(points, previous)
	return w.result(points, end, state, t), nil
}

// watch is a definition put to work.
type watch struct {
	*evaluator
	definition Definition
	rule       rule
}

func newWatch(d Definition, metrics Metrics, late int64) (*watch, error) {
	p, err := d.compile()
	if err != nil {
		return nil, err
	}
	e, err := newEvaluator(p, metrics, d.Range(), d.Reach(), late)
	if err != nil {
		return nil, err
	}
	return &watch{evaluator: e, definition: cloned(d), rule: newRule(d)}, nil
}

// end returns the minute that the range of an evaluation ends with.
func (w *watch) end(now time.Time) int64 {
	end := Minute(now)
	if w.definition.hourly() {
		end -= modulo(end, minutesOfHour)
	}
	return end
}

func (w *watch) result(points []point, end int64, state State, t tally) Result {
	datapoints := w.rule.considered(points, end, w.program.minutes)
	r := Result{State: state, Datapoints: datapoints, Missing: t.filled()}
	if !t.kept {
		r.Reason = w.rule.reason(w.definition, state, t, datapoints)
	}
	return r
}

// Transition is a change of an alarm's state.
type Transition struct {
	At         time.Time
	From, To   State
	Reason     string
	Datapoints []Datapoint // those that decided, newest first; none after Set
	Missing    int         // how many of the evaluation periods had no datapoint
}

// Alarm is an alarm and its state; get one from [New]. It is not safe for
// concurrent use.
type Alarm struct {
	metrics   Metrics
	late      int64
	watch     *watch
	evaluated int64 // the minute that the last range ended with; none after Put
	state     State
	reason    string
}

// New returns an alarm in the state INSUFFICIENT_DATA.
//
// Late is how long after the end of a minute its sample may still appear or
// change, rounded up to minutes. Datapoints younger than that are computed anew
// at each evaluation; older ones are remembered until the next [Alarm.Put]. A
// sample that changes later than promised may go unseen. An error says that the
// definition is invalid, late is negative, or a metric is nil or a [Ring] that
// remembers less than the alarm looks back.
func New(d Definition, metrics Metrics, late time.Duration) (*Alarm, error) {
	if late < 0 {
		return nil, fmt.Errorf("late is %v; it must not be negative", late)
	}
	minutes := int64(late / time.Minute)
	if late%time.Minute > 0 {
		minutes++
	}
	a := &Alarm{metrics: metrics, late: minutes, state: InsufficientData, reason: "Unchecked: Initial alarm creation"}
	if err := a.Put(d); err != nil {
		return nil, err
	}
	return a, nil
}

// Put replaces the definition and keeps the state, as PutMetricAlarm does: the
// next evaluation looks at the whole range with the new definition. On an error,
// which is as for [New], the alarm stays as it was.
func (a *Alarm) Put(d Definition) error {
	w, err := newWatch(d, a.metrics, a.late)
	if err != nil {
		return err
	}
	a.watch, a.evaluated = w, none
	return nil
}

// Set changes the state, as SetAlarmState does, until the next evaluation finds
// another. It reports whether the state changed; only then would CloudWatch act.
// An error says that there is no such state.
func (a *Alarm) Set(now time.Time, state State, reason string) (Transition, bool, error) {
	if !slices.Contains([]State{OK, InAlarm, InsufficientData}, state) {
		return Transition{}, false, fmt.Errorf("alarm state %q is not one of OK, ALARM and INSUFFICIENT_DATA", state)
	}
	t := Transition{At: now, From: a.state, To: state, Reason: reason}
	a.state, a.reason = state, reason
	return t, t.From != t.To, nil
}

// Evaluate brings the state up to date and reports whether it changed. CloudWatch
// does this every minute for periods of a minute and more. It allocates nothing
// unless the state changes, once it was called for each minute of a period. Time
// may jump, also backwards.
//
// An alarm whose evaluation periods are more than a day together is evaluated
// once an hour: by the first call in the hour, with the metrics up to the hour's
// :00, and by the first call after [Alarm.Put]. Other calls do nothing.
func (a *Alarm) Evaluate(now time.Time) (Transition, bool) {
	w := a.watch
	end := w.end(now)
	if end == a.evaluated && w.definition.hourly() {
		return Transition{}, false
	}
	a.evaluated = end
	points := w.window(end)
	state, counts := w.rule.judge(points, a.state)
	if state == a.state {
		return Transition{}, false
	}
	r := w.result(points, end, state, counts)
	t := Transition{At: now, From: a.state, To: state, Reason: r.Reason, Datapoints: r.Datapoints, Missing: r.Missing}
	a.state, a.reason = state, r.Reason
	return t, true
}

// State returns the state after the last Evaluate or Set.
func (a *Alarm) State() State { return a.state }

// Reason returns why the alarm has its state. It is the reason of the last
// change or Set.
func (a *Alarm) Reason() string { return a.reason }

// Definition returns the definition in force. The caller may change it.
func (a *Alarm) Definition() Definition { return cloned(a.watch.definition) }

// cloned returns a copy that shares nothing with d.
func cloned(d Definition) Definition {
	d.Queries = slices.Clone(d.Queries)
	for i := range d.Queries {
		if m := d.Queries[i].MetricStat; m != nil {
			stat := *m
			stat.Metric.Dimensions = slices.Clone(stat.Metric.Dimensions)
			d.Queries[i].MetricStat = &stat
		}
	}
	return d
}
