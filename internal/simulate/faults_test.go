package simulate_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/race"
	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// rise is a load that needs more than four shards from minute 10 on.
func rise(minute int) trace.Rate {
	if minute < 10 {
		return steady(2)(minute)
	}
	return steady(3.8)(minute)
}

// risen is a world in which one stream needed to grow, half an hour ago.
func risen(t *testing.T, f simulate.Faults, hooks simulate.Hooks) *simulate.World {
	t.Helper()
	w := world(t, simulate.Options{Faults: f, Hooks: hooks})
	create(t, w, simulate.StreamSpec{Shards: 4, Age: 24 * time.Hour, Tags: enabled(), Load: rise})
	pass(t, w, 45)
	return w
}

// sound checks that nothing is left undone: the stream has grown, no operation is in flight, each
// accepted call has exactly one history entry that says completed, and the alarms hold the true
// shard count.
func sound(t *testing.T, w *simulate.World, about string) {
	t.Helper()
	item, err := w.Registry().Load(t.Context(), "orders")
	if err != nil {
		t.Errorf("%s: %v", about, err)
		return
	}
	summary, err := w.Describe("orders")
	if err != nil {
		t.Errorf("%s: %v", about, err)
		return
	}
	if summary.OpenShards < 8 || item.InFlight != nil || item.OpenShards != summary.OpenShards {
		t.Errorf("%s: %d open shards, %d in the registry, in flight %v", about, summary.OpenShards, item.OpenShards, item.InFlight)
	}
	pair := w.Alarms(scaling.AlarmWant{Stream: "orders", OpenShards: summary.OpenShards, Settings: item.Settings})
	if !pair.Up.InSync || !pair.Down.InSync {
		t.Errorf("%s: the alarms do not hold %d open shards", about, summary.OpenShards)
	}
	if stale := w.Alarms(scaling.AlarmWant{Stream: "orders", OpenShards: 4, Settings: item.Settings}); stale.Up.InSync || stale.Down.InSync {
		t.Errorf("%s: the alarms still hold 4 open shards", about)
	}
	page, err := w.Registry().History(t.Context(), ledger.Query{Stream: "orders", Kind: ledger.KindOperation, To: w.Now()})
	if err != nil {
		t.Errorf("%s: %v", about, err)
		return
	}
	var completed []ledger.Entry
	for _, e := range slices.Backward(page.Entries) {
		if e.Outcome == ledger.OutcomeCompleted {
			completed = append(completed, e)
		}
	}
	same := slices.EqualFunc(w.Operations(), completed, func(o simulate.Operation, e ledger.Entry) bool { return o.From == e.From && o.To == e.To })
	if !same {
		t.Errorf("%s: accepted %v, completed in the history %v", about, w.Operations(), completed)
	}
}

// For each call until a stream has grown: whatever happens to it, the stream has grown half an hour
// later, once, and the history says so.
func TestOneCallGoesWrong(t *testing.T) {
	race.SkipLong(t)
	calls := 0
	risen(t, simulate.Faults{Before: func(c simulate.Call) simulate.Fault {
		if c.At.Before(start.Add(20 * time.Minute)) {
			calls++
		}
		return simulate.Fault{}
	}}, simulate.Hooks{})
	lost := errors.New("connection reset")
	for name, faults := range map[string]struct{ before, after simulate.Fault }{
		"fails before":  {before: simulate.Fault{Err: lost}},
		"fails after":   {after: simulate.Fault{Err: lost}},
		"throttled":     {before: simulate.Fault{Err: scaling.ErrThrottled}},
		"killed before": {before: simulate.Fault{Kill: true}},
		"killed after":  {after: simulate.Fault{Kill: true}},
		"times out":     {after: simulate.Fault{Delay: time.Minute}},
		"slow":          {before: simulate.Fault{Delay: 8 * time.Second}},
	} {
		for n := range calls {
			count := 0
			var hit simulate.Call
			w := risen(t, simulate.Faults{
				Before: func(c simulate.Call) simulate.Fault {
					if count++; count == n+1 {
						hit = c
						return faults.before
					}
					return simulate.Fault{}
				},
				After: func(c simulate.Call, _ error) simulate.Fault {
					if c == hit {
						return faults.after
					}
					return simulate.Fault{}
				},
			}, simulate.Hooks{})
			sound(t, w, name+": "+hit.Function+" "+hit.API+" at "+hit.At.Format(time.TimeOnly))
			w.Close()
			if t.Failed() {
				return
			}
		}
	}
}

// SNS and EventBridge deliver twice, late, out of order, or not at all.
func TestDeliveries(t *testing.T) {
	for name, route := range map[string]func(simulate.Message) []time.Duration{
		"twice at once":         func(simulate.Message) []time.Duration { return []time.Duration{0, 0} },
		"twice, a minute apart": func(simulate.Message) []time.Duration { return []time.Duration{0, time.Minute} },
		"three minutes late":    func(simulate.Message) []time.Duration { return []time.Duration{3 * time.Minute} },
		"alarms are lost for half an hour": func(m simulate.Message) []time.Duration {
			if m.Kind == simulate.AlarmNotification && m.SentAt.Before(start.Add(30*time.Minute)) {
				return nil
			}
			return []time.Duration{0}
		},
		"the event is lost": func(m simulate.Message) []time.Duration {
			if m.Kind == simulate.StreamEvent {
				return nil
			}
			return []time.Duration{0}
		},
	} {
		w := risen(t, simulate.Faults{Route: route}, simulate.Hooks{})
		sound(t, w, name)
		if got := len(w.Operations()); got != 1 {
			t.Errorf("%s: %d operations, want one", name, got)
		}
	}
}

// Two scalers handle one notification at the same time: their calls interleave, one claim wins, and
// the other sees it.
func TestTwoScalersAtOnce(t *testing.T) {
	var order []string
	twice := func(simulate.Message) []time.Duration { return []time.Duration{0, 0} }
	before := func(c simulate.Call) simulate.Fault {
		if c.Function == simulate.Scaler {
			order = append(order, c.Request)
		}
		return simulate.Fault{}
	}
	var events []report.Event
	w := risen(t, simulate.Faults{Route: twice, Before: before}, simulate.Hooks{Report: func(r simulate.Report) {
		if r.Function == simulate.Scaler {
			events = append(events, r.Event)
		}
	}})
	if slices.IsSorted(order) || len(slices.Compact(slices.Clone(order))) < 6 {
		t.Errorf("the scalers' calls did not interleave: %v", order)
	}
	acted := 0
	for _, e := range events {
		if e == report.Operation {
			acted++
		}
	}
	if acted != 1 || len(events) < 2 {
		t.Errorf("the scalers report %v", events)
	}
	sound(t, w, "two scalers")
}

// Lambda tries a failed invocation twice more, a minute and then two minutes later, and then gives
// it up.
func TestFailedInvocationsAreTriedAgain(t *testing.T) {
	for fails, dead := range map[int]int{2: 0, 3: 1} {
		var at []time.Duration
		left := fails
		w := risen(t, simulate.Faults{Before: func(c simulate.Call) simulate.Fault {
			if c.Function != simulate.Scaler || c.API != "Load" {
				return simulate.Fault{}
			}
			at = append(at, c.At.Sub(start).Round(time.Second))
			if left--; left >= 0 {
				return simulate.Fault{Err: errors.New("no answer")}
			}
			return simulate.Fault{}
		}}, simulate.Hooks{})
		if len(at) < 3 || at[1]-at[0] != time.Minute || at[2]-at[1] != 2*time.Minute || len(w.DeadLetters()) != dead {
			t.Errorf("%d failures: tried at %v, %d dead letters", fails, at, len(w.DeadLetters()))
		}
		sound(t, w, "failed invocations")
	}
}

// A killed invocation, and one at its deadline, makes no further call and is not heard of again.
func TestAnInvocationEnds(t *testing.T) {
	for name, fault := range map[string]simulate.Fault{"killed": {Kill: true}, "at its deadline": {Delay: time.Hour}} {
		var ended string
		var after, told int
		w := risen(t, simulate.Faults{Before: func(c simulate.Call) simulate.Fault {
			switch {
			case c.Request == ended:
				after++
			case ended == "" && c.API == "Claim":
				ended = c.Request
				return fault
			}
			return simulate.Fault{}
		}}, simulate.Hooks{Report: func(r simulate.Report) {
			if r.Request == ended {
				told++
			}
		}})
		if ended == "" || after != 0 || told != 0 {
			t.Errorf("%s: %s made %d more calls and told %d reports", name, ended, after, told)
		}
		sound(t, w, name)
	}
}

// One reconciler works at a time, however long it takes: those that begin meanwhile look at the lease and end.
func TestReconcilersDoNotOverlap(t *testing.T) {
	numbers := simulate.DefaultNumbers()
	numbers.ReconcilerTimeout = 5 * time.Minute
	var runs []string
	w := world(t, simulate.Options{Numbers: &numbers, Faults: simulate.Faults{Before: func(c simulate.Call) simulate.Fault {
		if c.Function != simulate.Reconciler {
			return simulate.Fault{}
		}
		if c.API == "Lease" || c.API == "SaveLease" {
			return simulate.Fault{Delay: 10 * time.Second}
		}
		if !slices.Contains(runs, c.Request) {
			runs = append(runs, c.Request)
		}
		if c.Request != runs[len(runs)-1] {
			t.Errorf("%s goes on after %s began", c.Request, runs[len(runs)-1])
		}
		return simulate.Fault{Delay: 30 * time.Second}
	}}})
	pass(t, w, 60)
	if len(runs) < 10 || len(runs) > 30 {
		t.Errorf("%d runs in an hour of slow calls", len(runs))
	}
}

// The clocks of functions and services differ by seconds.
func TestSkewedClocks(t *testing.T) {
	for _, skew := range []time.Duration{-5 * time.Second, 5 * time.Second} {
		w := risen(t, simulate.Faults{Skew: func(string, string) time.Duration { return skew }}, simulate.Hooks{})
		sound(t, w, skew.String())
	}
}

// The clocks of two functions differ as far as they may, and a call waits for its turn: each call is made under the claim that is
// in force, and none has been settled by a clock that is ahead.
func TestAClaimOutlastsClocksThatDiffer(t *testing.T) {
	const off = scaling.MaxClockError - time.Second
	for _, scalers := range []time.Duration{-off, off} {
		var w *simulate.World
		var first time.Time
		tries := 0
		w = world(t, simulate.Options{Faults: simulate.Faults{
			Skew: func(function, _ string) time.Duration {
				if function == simulate.Scaler {
					return scalers
				}
				return -scalers
			},
			Runs: func(time.Time) []time.Duration { return []time.Duration{0, 30 * time.Second} },
			Before: func(c simulate.Call) simulate.Fault {
				if c.API != "UpdateShardCount" {
					return simulate.Fault{}
				}
				if item, err := w.Registry().Load(t.Context(), "orders"); err != nil || item.InFlight == nil || item.InFlight.Actor != "scaler/"+c.Request {
					t.Errorf("scalers' clocks %s: %s makes its call at %s, and in flight is %+v", scalers, c.Request, c.At.Format(time.TimeOnly), item.InFlight)
				}
				if first.IsZero() {
					first = c.At
				}
				if tries++; c.At.Sub(first) < 25*time.Second {
					return simulate.Fault{Err: scaling.ErrThrottled}
				}
				return simulate.Fault{}
			},
		}})
		create(t, w, simulate.StreamSpec{Shards: 4, Age: 24 * time.Hour, Tags: enabled(), Load: rise})
		pass(t, w, 45)
		if tries < 3 {
			t.Errorf("%d tries: the call did not wait", tries)
		}
		sound(t, w, scalers.String())
	}
}
