package reconciler_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/enroller"
	"github.com/shardkeeper/shardkeeper/scaling/scaler"
)

// message is something for a function to handle, with how often it was tried, as Lambda does.
type message struct {
	handle func() error
	at     time.Time
	tries  int
}

// minute lets a minute pass: streams change, alarms are evaluated, functions run.
func (w *world) minute() {
	w.now = w.now.Add(time.Minute)
	for _, name := range slices.Sorted(maps.Keys(w.streams)) {
		s := w.streams[name]
		if s.Status == scaling.StatusUpdating && !w.now.Before(s.ready) {
			s.Status, s.OpenShards = scaling.StatusActive, s.target
		}
		s.flow(w.now.Add(-time.Minute))
	}
	for _, name := range slices.Sorted(maps.Keys(w.alarms)) {
		w.evaluate(name)
	}
	inbox := w.inbox
	w.inbox = nil
	for _, m := range inbox {
		w.deliver(m)
	}
	w.takeClock("reconciler")
	_ = w.invoke(func() error { _, err := w.reconciler().Run(context.Background()); return err })
	w.off = 0
}

// takeClock gives the function that runs now its clock, which is off for one invocation at most.
func (w *world) takeClock(function string) {
	w.off = w.offs[function]
	delete(w.offs, function)
}

func (w *world) minutes(n int) {
	for range n {
		w.minute()
	}
}

// invoke runs a function, which may die on the way.
func (w *world) invoke(run func() error) (err error) {
	defer func() {
		if died := recover(); died != nil {
			if _, expected := died.(killed); !expected {
				panic(died)
			}
			err = errors.New("the invocation died")
		}
	}()
	return run()
}

// deliver hands a message to its function; after an error, twice more in later minutes.
func (w *world) deliver(m message) {
	if w.now.Before(m.at) {
		w.inbox = append(w.inbox, m)
		return
	}
	if err := w.invoke(m.handle); err != nil && m.tries < 2 {
		m.tries++
		m.at = w.now.Add(time.Duration(m.tries) * time.Minute)
		w.inbox = append(w.inbox, m)
	}
}

// event sends the enroller an event of orders.
func (w *world) event(call string) {
	w.deliver(message{handle: func() error {
		w.takeClock("enroller")
		defer func() { w.off = 0 }()
		_, err := w.enroller().Handle(context.Background(), enroller.Change{Stream: orders, EventID: "event-" + call, Call: call})
		return err
	}})
}

// flow is a minute of a stream's traffic: what fits gets in, the rest is refused.
func (s *stream) flow(at time.Time) {
	accepted := min(s.load, float64(s.OpenShards))
	s.samples = append(s.samples, scaling.Sample{
		At: at, Bytes: accepted * scaling.BytesPerShard, Records: 10 * accepted, Throttled: 10 * (s.load - accepted),
	})
}

// reshard begins a resharding.
func (s *stream) reshard(target int, ready time.Time) {
	s.Status, s.target, s.ready = scaling.StatusUpdating, target, ready
}

// evaluate gives an alarm the state that its stream's newest minutes ask for. Like CloudWatch it
// tells only of a change.
func (w *world) evaluate(name string) {
	a := w.alarms[name]
	state := scaling.StateOK
	if s, found := w.streams[a.want.Stream]; found && a.breaching(s.samples) {
		state = scaling.StateAlarm
	}
	if a.state == state {
		return
	}
	a.state, a.changed = state, w.now
	if state != scaling.StateAlarm || w.lose(name) {
		return
	}
	transition := scaler.Alarm{Name: name, State: state, TransitionAt: w.now, RequestID: "request"}
	w.inbox = append(w.inbox, message{at: w.now, handle: func() error {
		w.takeClock("scaler")
		defer func() { w.off = 0 }()
		_, err := w.scaler().Handle(context.Background(), transition)
		return err
	}})
}

// breaching reports whether the alarm has reason to fire, by the shard count it was given. Its
// windows are those of the default settings, in a plainer form; the newest minute is not
// published yet.
func (a *alarm) breaching(samples []scaling.Sample) bool {
	s, open := a.want.Settings, a.want.OpenShards
	use := func(sample scaling.Sample) float64 { return sample.Utilization(open, s.ThrottledShare) }
	newest := samples[:len(samples)-1]
	if a.dir == scaling.Up {
		high := 0
		for _, sample := range newest[max(0, len(newest)-5):] {
			if use(sample) >= s.ScaleUpThreshold {
				high++
			}
		}
		return open < s.MinShards || high >= 3
	}
	if open > s.MaxShards || open <= s.MinShards {
		return open > s.MaxShards
	}
	return !slices.ContainsFunc(newest[max(0, len(newest)-60):], func(sample scaling.Sample) bool {
		return use(sample) >= s.ScaleDownThreshold
	})
}

// alarmUp is the scale-up alarm of orders that went to ALARM at a time.
func alarmUp(at time.Time) scaler.Alarm {
	return scaler.Alarm{Name: "orders-scale-up", State: scaling.StateAlarm, TransitionAt: at, RequestID: "request"}
}
