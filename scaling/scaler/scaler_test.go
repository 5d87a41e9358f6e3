package scaler_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
	"github.com/shardkeeper/shardkeeper/scaling/scaler"
)

func TestAnAlarmScalesItsStream(t *testing.T) {
	tests := []struct {
		dir          scaling.Direction
		open, target int
		utilization  float64
	}{
		{dir: scaling.Up, open: 4, utilization: 0.9, target: 8},
		{dir: scaling.Down, open: 4, utilization: 0.1, target: 2},
		{dir: scaling.Down, open: 5, utilization: 0.1, target: 3},
	}
	for _, tt := range tests {
		t.Run(tt.dir.String(), func(t *testing.T) {
			b := newBench(t)
			b.enroll("orders", tt.open, tt.utilization)
			r := b.handle(b.alarm("orders", tt.dir))
			b.want(r, report.Operation, tt.target)
			if r.OpenShards != tt.open || r.Direction != tt.dir || r.Operations != 1 || r.Fence != 1 || len(r.Faults) > 0 {
				t.Errorf("report %+v", r)
			}
			s := b.item()
			if s.InFlight == nil || s.InFlight.Outcome != ledger.OutcomeAccepted || s.InFlight.To != tt.target || !s.LeaseUntil.IsZero() {
				t.Errorf("in flight %+v, lease until %v", s.InFlight, s.LeaseUntil)
			}
			if want := noon().Add(nextLook); !s.DueAt.Equal(want) {
				t.Errorf("due at %v, want %v", s.DueAt, want)
			}
			h := b.history()
			if len(h) != 1 || h[0].Kind != ledger.KindOperation || h[0].Outcome != ledger.OutcomeAccepted || h[0].Actor != "scaler/request-1" || len(h[0].Reasons) == 0 {
				t.Errorf("history %+v", h)
			}
		})
	}
}

// The claim comes before the call, and the call before everything that follows from it.
func TestTheOrderOfCalls(t *testing.T) {
	b := newBench(t)
	b.enroll("orders", 4, 0.9, scaling.Layer{"consumer": "reader"})
	b.handle(b.alarm("orders", scaling.Up))
	want := []string{
		"Load", "Describe orders", "Traffic orders", "Fleet", "Claim", "UpdateShardCount orders 8", "Save",
		"UpdateAlarms orders 8", "Fleet", "ConsumerOwner reader", "Reserved reader", "Reserve reader 8",
	}
	if diff := cmp.Diff(want, b.calls); diff != "" {
		t.Error(diff)
	}
	const budget = 8 // calls of AWS besides the registry's
	services := slices.DeleteFunc(slices.Clone(b.calls), func(call string) bool {
		return slices.Contains([]string{"Load", "Fleet", "Claim", "Save"}, call)
	})
	if len(services) > budget {
		t.Errorf("%d calls of services, at most %d", len(services), budget)
	}
}

func TestTheClaimIsWrittenBeforeTheCall(t *testing.T) {
	b := newBench(t)
	b.enroll("orders", 4, 0.9)
	b.steps["UpdateShardCount"] = func() {
		s := b.item()
		if s.InFlight == nil || s.InFlight.Outcome != ledger.OutcomeIntended || s.Fence != 1 || len(s.Operations) != 1 {
			t.Errorf("at the call the item is %+v", s)
		}
		if want := noon().Add(2 * time.Minute); !s.LeaseUntil.Equal(want) || s.LeaseOwner != "scaler/request-1" {
			t.Errorf("lease of %s until %v, want until %v", s.LeaseOwner, s.LeaseUntil, want)
		}
		if h := b.history(); len(h) != 1 || h[0].Outcome != ledger.OutcomeIntended {
			t.Errorf("history %+v", h)
		}
	}
	b.handle(b.alarm("orders", scaling.Up))
}

func TestAHoldIsRecordedWithItsRetry(t *testing.T) {
	b := newBench(t)
	b.enroll("orders", 4, 0.9)
	b.change(func(s *ledger.Item) {
		s.Operations = scaling.Operations{{At: noon().Add(-time.Minute), Direction: scaling.Up, From: 2, To: 4}}
		s.Settings.ScaleUpCooldown = 10 * time.Minute
	})
	r := b.handle(b.alarm("orders", scaling.Up))
	b.wantHold(r, scaling.HoldCooldown)
	retry := noon().Add(9 * time.Minute)
	if !r.RetryAt.Equal(retry) {
		t.Errorf("retry at %v, want %v", r.RetryAt, retry)
	}
	s := b.item()
	if diff := cmp.Diff(ledger.Watch{Handled: noon(), RetryAt: retry}, s.Up); diff != "" {
		t.Error(diff)
	}
	if want := noon().Add(7 * time.Minute); !s.DueAt.Equal(want) {
		t.Errorf("due at %v: a later retry must not put off the look at %v", s.DueAt, want)
	}
	h := b.history()
	if len(h) != 1 || h[0].Kind != ledger.KindHold || h[0].Reasons.Last() != scaling.HoldCooldown || !h[0].TransitionAt.Equal(noon()) {
		t.Errorf("history %+v", h)
	}
}

func TestAnEarlyRetryBringsTheNextLookForward(t *testing.T) {
	b := newBench(t)
	b.enroll("orders", 4, 0.9)
	sum := b.sum["orders"]
	sum.Status = scaling.StatusUpdating
	b.sum["orders"] = sum
	b.wantHold(b.handle(b.alarm("orders", scaling.Up)), scaling.HoldStreamBusy)
	if s, want := b.item(), noon().Add(time.Minute); !s.DueAt.Equal(want) {
		t.Errorf("due at %v, want %v", s.DueAt, want)
	}
}

func TestADryRunOnlyTells(t *testing.T) {
	b := newBench(t)
	b.enroll("orders", 4, 0.9, scaling.Layer{"mode": "dry-run", "consumer": "reader"})
	r := b.handle(b.alarm("orders", scaling.Up))
	if r.Event != report.DryRun || r.Reasons.Last() != scaling.HoldDryRun || !strings.Contains(r.Reasons.String(), "from 4 to 8") {
		t.Errorf("report %+v", r)
	}
	for _, call := range []string{"UpdateShardCount", "UpdateAlarms", "Reserve", "Claim"} {
		if calls := b.called(call); len(calls) > 0 {
			t.Errorf("a dry run called %v", calls)
		}
	}
	if s := b.item(); s.Up.RetryAt.IsZero() || len(s.Operations) > 0 {
		t.Errorf("item %+v", s)
	}
}

func TestTheSameTransitionCountsOnce(t *testing.T) {
	for _, utilization := range []float64{0.9, 0.2} { // acts, holds
		b := newBench(t)
		b.enroll("orders", 4, utilization)
		alarm := b.alarm("orders", scaling.Up)
		alarm.TransitionAt = alarm.TransitionAt.Add(123456 * time.Nanosecond) // finer than the registry keeps
		b.handle(alarm)
		calls := len(b.called("UpdateShardCount"))
		b.pass(2 * time.Minute)
		if r := b.handle(alarm); r.Event != report.Duplicate {
			t.Errorf("utilization %v: got %s, want a duplicate", utilization, r.Event)
		}
		if again := len(b.called("UpdateShardCount")); again != calls {
			t.Errorf("utilization %v: %d calls, then %d", utilization, calls, again)
		}
		if h := b.history(); len(h) != 1 {
			t.Errorf("utilization %v: history %+v", utilization, h)
		}
	}
}

// An older transition that arrives late is covered by the newer one that was handled.
func TestAnOlderTransitionIsADuplicate(t *testing.T) {
	b := newBench(t)
	b.enroll("orders", 4, 0.5)
	old := b.alarm("orders", scaling.Up)
	old.TransitionAt = noon().Add(-time.Hour)
	b.handle(b.alarm("orders", scaling.Up))
	if r := b.handle(old); r.Event != report.Duplicate {
		t.Errorf("got %s, want a duplicate", r.Event)
	}
}

// Each direction's alarm has its own transitions.
func TestTheDirectionsDoNotHideEachOther(t *testing.T) {
	b := newBench(t)
	b.enroll("orders", 4, 0.5)
	b.handle(b.alarm("orders", scaling.Up))
	if r := b.handle(b.alarm("orders", scaling.Down)); r.Event != report.Hold {
		t.Errorf("got %s, want a hold", r.Event)
	}
}

// Two records of one SNS event are two alarms; neither stream touches the other.
func TestTwoStreamsDoNotInterfere(t *testing.T) {
	b := newBench(t)
	b.enroll("orders", 4, 0.9)
	b.enroll("clicks", 6, 0.1)
	b.fail["UpdateShardCount"] = []error{scaling.ErrLimitExceeded}
	b.want(b.handle(b.alarm("orders", scaling.Up)), report.Refused, 8)
	b.want(b.handle(b.alarm("clicks", scaling.Down)), report.Operation, 3)
}

func TestInputThatIsNotActedOn(t *testing.T) {
	b := newBench(t)
	b.enroll("orders", 4, 0.9)
	good := b.alarm("orders", scaling.Up)
	with := func(change func(*scaler.Alarm)) scaler.Alarm {
		a := good
		change(&a)
		return a
	}
	tests := []struct {
		name  string
		alarm scaler.Alarm
		event report.Event
	}{
		{"an OK transition", with(func(a *scaler.Alarm) { a.State = scaling.StateOK }), report.Ignored},
		{"insufficient data", with(func(a *scaler.Alarm) { a.State = scaling.StateInsufficientData }), report.Ignored},
		{"no state", with(func(a *scaler.Alarm) { a.State = "" }), report.Ignored},
		{"no name", with(func(a *scaler.Alarm) { a.Name = "" }), report.BadInput},
		{"a suffix alone", with(func(a *scaler.Alarm) { a.Name = "-scale-up" }), report.BadInput},
		{"a name that is not ours", with(func(a *scaler.Alarm) { a.Name = "orders-cpu" }), report.BadInput},
		{"a stream name that cannot be", with(func(a *scaler.Alarm) { a.Name = "or ders'-scale-up" }), report.BadInput},
		{"no transition time", with(func(a *scaler.Alarm) { a.TransitionAt = time.Time{} }), report.BadInput},
		{"a transition to come", with(func(a *scaler.Alarm) { a.TransitionAt = noon().Add(6 * time.Minute) }), report.BadInput},
		{"a stream that is not enrolled", with(func(a *scaler.Alarm) { a.Name = "clicks-scale-up" }), report.NotEnrolled},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if r := b.handle(tt.alarm); r.Event != tt.event {
				t.Errorf("got %s, want %s", r.Event, tt.event)
			}
		})
	}
	if len(b.history()) > 0 || b.item().Revision != 1 || len(b.called("Describe")) > 0 {
		t.Errorf("something was done: %v", b.calls)
	}
}

// A clock of AWS that is a little ahead of ours is no reason to drop an alarm.
func TestATransitionSlightlyAheadIsHandled(t *testing.T) {
	b := newBench(t)
	b.enroll("orders", 4, 0.9)
	alarm := b.alarm("orders", scaling.Up)
	alarm.TransitionAt = noon().Add(4 * time.Minute)
	b.want(b.handle(alarm), report.Operation, 8)
}

func TestTheAccountsShardsCapTheTarget(t *testing.T) {
	b := newBench(t)
	b.enroll("orders", 4, 0.9)
	if err := b.kept.SaveFleet(t.Context(), ledger.Fleet{Account: scaling.Account{ShardLimit: 200, OpenShards: 198}}); err != nil {
		t.Fatal(err)
	}
	b.want(b.handle(b.alarm("orders", scaling.Up)), report.Operation, 6)
}

// The event of somebody else's call may come later than our alarm. Ten with theirs is ten.
func TestAReshardingBySomebodyElseIsCountedBeforeTheClaim(t *testing.T) {
	b := newBench(t)
	b.enroll("orders", 4, 0.9)
	b.change(func(s *ledger.Item) {
		for i := range 9 {
			s.Operations = append(s.Operations, scaling.Operation{At: noon().Add(-time.Duration(i+1) * time.Hour), From: 2, To: 4, Direction: scaling.Up})
		}
	})
	sum := b.sum["orders"]
	sum.OpenShards = 3 // somebody merged, or scaled
	b.sum["orders"] = sum
	b.wantHold(b.handle(b.alarm("orders", scaling.Up)), scaling.HoldBudgetExhausted)
	s := b.item()
	if s.OpenShards != 3 || len(s.Operations) != 10 || s.Operations[0].Fence != 0 || s.Operations[0].To != 3 {
		t.Errorf("item %+v", s)
	}
	h := b.history()
	if kinds := []ledger.Kind{h[0].Kind, h[len(h)-1].Kind}; len(h) != 2 || !slices.Contains(kinds, ledger.KindExternal) || !slices.Contains(kinds, ledger.KindHold) {
		t.Errorf("history %+v", h)
	}
}

// An alarm that outlived its stream's enrollment is deleted by the reconciler, not left to fire.
func TestAnAlarmOfAnUnenrolledStreamIsHandedToTheReconciler(t *testing.T) {
	b := newBench(t)
	b.enroll("orders", 4, 0.9)
	b.change(func(s *ledger.Item) { s.Status, s.DueAt = ledger.Unenrolled, time.Time{} })
	for range 2 {
		if r := b.handle(b.alarm("orders", scaling.Up)); r.Event != report.NotEnrolled {
			t.Errorf("got %s, want not_enrolled", r.Event)
		}
		b.pass(time.Minute)
	}
	if s := b.item(); !s.DueAt.Equal(noon()) || len(b.called("Save")) != 1 {
		t.Errorf("due at %v after %v, want %v after one write", s.DueAt, b.calls, noon())
	}
	if len(b.called("Describe")) > 0 || len(b.history()) > 0 {
		t.Errorf("calls %v", b.calls)
	}
}

func TestASuspendedStreamHolds(t *testing.T) {
	b := newBench(t)
	b.enroll("orders", 4, 0.9)
	b.change(func(s *ledger.Item) { s.Status, s.StatusReason = ledger.Suspended, ledger.SuspendedSettings })
	b.wantHold(b.handle(b.alarm("orders", scaling.Up)), scaling.HoldSuspended)
}
