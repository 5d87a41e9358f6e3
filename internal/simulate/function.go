package simulate

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/enroller"
	"github.com/shardkeeper/shardkeeper/scaling/reconciler"
	"github.com/shardkeeper/shardkeeper/scaling/report"
	"github.com/shardkeeper/shardkeeper/scaling/scaler"
)

// Lambda's asynchronous invocations, "How Lambda handles errors and retries with asynchronous
// invocation", read 2026-11: two more tries after an error of the function, a minute and then two
// minutes later; when throttled, more tries from one second to five minutes apart. How they are
// spread is not documented: here between half of that and all of it.
const (
	asyncRetries   = 2
	asyncRetryWait = time.Minute
	throttledFirst = time.Second
	throttledMost  = 5 * time.Minute
)

// message is one that waits for its function.
type message struct {
	Message
	function *function
	body     work
	arrived  time.Duration
	failed   int           // tries that ended in an error
	pause    time.Duration // before the next try when throttled
}

// deliver puts a message on its way, in as many copies as the route has.
func (w *World) deliver(m message, delay time.Duration) {
	m.SentAt = w.clock.time()
	for _, extra := range w.faults.route(m.Message) {
		one := m
		w.clock.plan(w.clock.elapsed+delay+extra, func() {
			one.arrived = w.clock.elapsed
			w.try(&one)
		})
	}
}

// try invokes a message's function, or has it tried again later.
func (w *World) try(m *message) {
	f := m.function
	if f.running >= f.concurrency {
		if w.clock.elapsed-m.arrived > f.maxAge {
			w.deadLetter(m)
			return
		}
		m.pause = min(max(2*m.pause, throttledFirst), throttledMost)
		spread := time.Duration((0.5 + w.random.Float64()/2) * float64(m.pause)) // without it, all would come back at once
		w.clock.plan(w.clock.elapsed+spread, func() { w.try(m) })
		return
	}
	w.invoke(f, m.body, func(err error) {
		if err == nil {
			return
		}
		if m.failed++; m.failed > asyncRetries {
			w.deadLetter(m)
			return
		}
		w.clock.plan(w.clock.elapsed+time.Duration(m.failed)*asyncRetryWait, func() { w.try(m) })
	})
}

func (w *World) deadLetter(m *message) { w.dead = append(w.dead, m.Message) }

// invoke runs a function once.
func (w *World) invoke(f *function, body work, ended func(error)) {
	f.running++
	f.invoked++
	w.run(f, f.name+"-"+strconv.Itoa(f.invoked), body, func(err error) {
		f.running--
		ended(err)
	})
}

// scaler is the real one, with this invocation's way to the services.
func (inv *invocation) scaler() *scaler.Scaler {
	s := &scaler.Scaler{
		Registry: registryPort{inv}, Streams: streamsPort{inv}, Alarms: alarmsPort{inv}, Consumers: consumersPort{inv},
		Rules: inv.world.rules, Now: inv.now, Wait: inv.waitFor, Actor: Scaler, Lease: scaler.LeaseFor(inv.function.timeout),
	}
	alter(inv.world.altered.Scaler, s)
	return s
}

// enroller is the real one.
func (inv *invocation) enroller() *enroller.Enroller {
	e := &enroller.Enroller{
		Registry: registryPort{inv}, Streams: streamsPort{inv}, Alarms: alarmsPort{inv},
		Rules: inv.world.rules, Now: inv.now, Actor: inv.function.name,
	}
	alter(inv.world.altered.Enroller, e)
	return e
}

// reconciler is the real one.
func (inv *invocation) reconciler() *reconciler.Reconciler {
	r := &reconciler.Reconciler{
		Registry: registryPort{inv}, Fleet: registryPort{inv}, Owners: registryPort{inv}, Items: registryPort{inv},
		Streams: streamsPort{inv}, Tagging: taggingPort{inv}, Alarms: alarmsPort{inv}, Metrics: alarmsPort{inv}, Consumers: consumersPort{inv},
		Enroller: enrollerPort{inv}, Rules: inv.world.rules, Now: inv.now, Left: inv.left, Wait: inv.waitFor, Actor: Reconciler, Lease: inv.function.timeout, Pace: inv.world.pace,
	}
	alter(inv.world.altered.Reconciler, r)
	return r
}

// alter changes a use case, if the options say how.
func alter[T any](change func(*T), useCase *T) {
	if change != nil {
		change(useCase)
	}
}

// notify is CloudWatch's action: SNS takes the transition to the scaler.
func (w *World) notify(alarm scaler.Alarm, stream string) {
	w.deliver(message{
		Message:  Message{Kind: AlarmNotification, Name: alarm.Name, Stream: stream},
		function: w.scaler,
		body: func(ctx context.Context, inv *invocation) error {
			alarm := alarm
			alarm.RequestID = inv.request
			done, err := inv.scaler().Handle(ctx, alarm)
			inv.tell(err, done)
			return err
		},
	}, w.numbers.AlarmDelay)
}

// publish is CloudTrail: EventBridge takes a call's event to the enroller.
func (w *World) publish(change enroller.Change, delay time.Duration) {
	w.events++
	change.EventID = fmt.Sprintf("event-%d", w.events)
	w.deliver(message{
		Message:  Message{Kind: StreamEvent, Name: change.Call, Stream: change.Stream},
		function: w.enroller,
		body: func(ctx context.Context, inv *invocation) error {
			done, err := inv.enroller().Handle(ctx, change)
			inv.tell(err, done)
			return err
		},
	}, delay)
}

// reconcile is the schedule's minute: each of its deliveries starts a run.
func (w *World) reconcile() {
	for _, delay := range w.faults.runs(w.clock.time()) {
		w.clock.plan(w.clock.elapsed+delay, w.startReconciler)
	}
}

func (w *World) startReconciler() {
	w.invoke(w.reconciler, func(ctx context.Context, inv *invocation) error {
		reports, err := inv.reconciler().Run(ctx)
		inv.tell(err, reports...)
		return err
	}, func(error) {})
}

// tell gives what an invocation reports to the hook. A killed invocation reports nothing.
func (inv *invocation) tell(err error, reports ...report.Report) {
	if inv.gone || inv.world.hooks.Report == nil {
		return
	}
	at := inv.world.clock.time()
	for _, r := range reports {
		if r.Event != "" {
			inv.world.hooks.Report(Report{At: at, Function: inv.function.name, Request: inv.request, Report: r})
		}
	}
	if err != nil && !errors.Is(err, errGone) {
		inv.world.hooks.Report(Report{At: at, Function: inv.function.name, Request: inv.request, Report: report.Report{Event: report.Failed, Faults: []error{err}}})
	}
}
