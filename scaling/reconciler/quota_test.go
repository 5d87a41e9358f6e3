package reconciler_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/reconciler"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// fleetOf enrolls streams s-0, s-1 and so on, due in this order.
func (w *world) fleetOf(n int) {
	for i := range n {
		name := fmt.Sprintf("s-%d", i)
		w.enrolled(name, 4, 2)
		w.changeItem(name, func(s *ledger.Item) { s.DueAt = w.now.Add(time.Duration(i-n) * time.Second) })
	}
	w.calls = nil
}

func TestTheLongestDueComesFirst(t *testing.T) {
	w := newWorld(t)
	w.fleetOf(3)
	w.changeItem("s-2", func(s *ledger.Item) { s.DueAt = w.now.Add(-time.Hour) })
	w.changeItem("s-0", func(s *ledger.Item) { s.DueAt = w.now.Add(time.Second) })
	w.run()
	if diff := cmp.Diff([]string{"Describe s-2", "Describe s-1"}, w.called("Describe")); diff != "" {
		t.Error(diff)
	}
}

func TestAllThatIsDueIsAttendedToOnceInBatches(t *testing.T) {
	w := newWorld(t)
	w.pace.Batch = 4
	w.fleetOf(10)
	for i := range 10 { // never done: the stream stays due
		w.streams[fmt.Sprintf("s-%d", i)].Status = scaling.StatusUpdating
	}
	w.run()
	if looks := w.called("Describe"); len(looks) != 10 || len(slices.Compact(slices.Sorted(slices.Values(looks)))) != 10 {
		t.Errorf("looks %v", looks)
	}
	w.calls = nil
	for i := range 10 {
		w.streams[fmt.Sprintf("s-%d", i)].Status = scaling.StatusActive
	}
	w.now = w.now.Add(9 * time.Minute)
	w.run()
	if diff := cmp.Diff([]string{"Status 4", "Status 4", "Status 2"}, w.called("Status")); diff != "" {
		t.Error(diff)
	}
}

// Streams enrolled together are not looked at together for ever.
func TestLooksAreSpread(t *testing.T) {
	w := newWorld(t)
	w.fleetOf(60)
	w.run()
	minutes := map[time.Duration]int{}
	for i := range 60 {
		in := w.itemOf(fmt.Sprintf("s-%d", i)).DueAt.Sub(w.now)
		if in < 6*time.Minute || in > 8*time.Minute {
			t.Errorf("stream %d: next look in %v", i, in)
		}
		minutes[in.Truncate(20*time.Second)]++
	}
	if len(minutes) < 5 {
		t.Errorf("looks by time: %v", minutes)
	}
}

// A used-up quota stops the run. What was found by then is kept, and all that was not reached
// is due, the unreached before the others.
func TestAThrottledServiceStopsTheRunWithoutLoss(t *testing.T) {
	for _, call := range []string{"Describe", "Status", "UpdateAlarms", "Rearm"} {
		t.Run(call, func(t *testing.T) {
			w := newWorld(t)
			w.pace.Batch = 3
			w.fleetOf(9)
			for i := range 9 {
				name := fmt.Sprintf("s-%d", i)
				w.streams[name].OpenShards = 5 // resharded by somebody else
				up := w.alarms[scaling.AlarmName(name, scaling.Up)]
				up.state, up.changed = scaling.StateAlarm, w.now.Add(-time.Hour)
			}
			w.breaks(call, scaling.ErrThrottled)
			if call == "Describe" {
				w.fail[call] = []fault{{}, {err: scaling.ErrThrottled}} // the second stream
			}
			w.run()
			if calls := w.called(call); len(calls) > 2 {
				t.Errorf("calls %v: the quota is used up", calls)
			}
			if s := w.itemOf("s-0"); s.OpenShards != 5 || len(s.Operations) != 1 {
				t.Errorf("item %+v: what was found is lost", s)
			}
			first := 0
			if call == "Describe" { // the first stream's alarms were asked for all the same: there is nothing left to do with it
				first = 1
			}
			for i := first; i < 9; i++ {
				if due := w.itemOf(fmt.Sprintf("s-%d", i)).DueAt; due.After(w.now.Add(nextRun)) {
					t.Errorf("stream %d is due at %v", i, due)
				}
			}
			w.calls = nil
			w.now = w.now.Add(time.Minute)
			w.run()
			if first := w.called("Describe")[0]; first == "Describe s-0" {
				t.Error("the first stream is first again, though others were not reached")
			}
			for i := range 9 {
				name := fmt.Sprintf("s-%d", i)
				if up := w.alarms[scaling.AlarmName(name, scaling.Up)]; up.want.OpenShards != 5 || up.state != scaling.StateOK {
					t.Errorf("%s: alarm for %d is %s", name, up.want.OpenShards, up.state)
				}
			}
		})
	}
}

// Near the deadline nothing more is begun.
func TestTheDeadlineEndsTheRun(t *testing.T) {
	w := newWorld(t)
	w.pace = reconciler.Pace{Batch: 2, SweepEvery: time.Nanosecond}
	w.fleetOf(6)
	w.left = 5 * time.Second // what a run keeps back
	if reports, err := w.reconciler().Run(t.Context()); err != nil || len(reports) > 0 {
		t.Errorf("reports %+v, %v", reports, err)
	}
	if calls := append(w.called("Describe"), w.called("List")...); len(calls) > 0 {
		t.Errorf("calls %v", calls)
	}
}

// When the context ends in the middle, what was looked at is kept as far as it came.
func TestACancelledRunLeavesTheRestDue(t *testing.T) {
	w := newWorld(t)
	w.fleetOf(6)
	ctx, cancel := context.WithCancel(t.Context())
	w.steps["Describe"] = cancel
	if _, err := w.reconciler().Run(ctx); err != nil {
		t.Fatal(err)
	}
	if calls := w.called("Describe"); len(calls) != 1 {
		t.Errorf("calls %v", calls)
	}
	for i := range 6 {
		if due := w.itemOf(fmt.Sprintf("s-%d", i)).DueAt; due.After(w.now.Add(nextRun)) {
			t.Errorf("stream %d is due at %v", i, due)
		}
	}
}

func TestOneStreamsFaultIsItsOwn(t *testing.T) {
	w := newWorld(t)
	w.fleetOf(3)
	w.breaks("Describe", scaling.ErrRefused)
	reports := w.run()
	if reports["s-0"].Event != report.Failed || reports["s-1"].Event != report.Checked || reports["s-2"].Event != report.Checked {
		t.Errorf("reports %+v", reports)
	}
	if due := w.itemOf("s-0").DueAt; due.After(w.now) {
		t.Errorf("due at %v", due)
	}
}

func TestWithoutTheRegistryARunIsAnError(t *testing.T) {
	down := errors.New("the table does not answer")
	for _, call := range []string{"Lease", "SaveLease", "Fleet", "Paused", "Due", "SaveFleet"} {
		w := newWorld(t)
		w.breaks(call, down)
		if _, err := w.reconciler().Run(t.Context()); !errors.Is(err, down) {
			t.Errorf("%s: err = %v", call, err)
		}
	}
	w := newWorld(t)
	w.fleetOf(2)
	w.breaks("Save", down)
	if reports := w.run(); reports["s-0"].Event != report.Failed || reports["s-1"].Event != report.Checked {
		t.Errorf("reports %+v", reports)
	}
}

// A scaler that decides while the reconciler looks is not overwritten, and the look is repeated.
func TestAConflictWithTheScalerLosesNothing(t *testing.T) {
	for _, call := range []string{"Describe", "Status", "Rearm"} {
		w := newWorld(t)
		w.enrolled(orders, 4, 3.8)
		w.rings(scaling.Up, 6*time.Minute)
		w.due()
		w.steps[call] = func() {
			if _, err := w.scaler().Handle(t.Context(), alarmUp(w.now)); err != nil {
				t.Error(err)
			}
		}
		if r := w.run()[orders]; r.Event != report.Checked || len(r.Faults) > 0 || r.Detail == "" {
			t.Errorf("%s: report %+v", call, r)
		}
		s := w.item()
		if s.InFlight == nil || s.InFlight.Outcome != ledger.OutcomeAccepted || !s.Up.Handled.Equal(w.now) || len(s.Operations) != 1 {
			t.Errorf("%s: item %+v", call, s)
		}
		for range 3 {
			w.minute()
		}
		if s := w.item(); s.InFlight != nil || s.OpenShards != 8 || !s.AlarmsInSync() {
			t.Errorf("%s: item %+v", call, s)
		}
	}
}
