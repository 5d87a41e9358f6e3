package scaler_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
	"github.com/shardkeeper/shardkeeper/scaling/scaler"
)

// An invocation that was frozen past its lease does not act: the claim may be settled already.
func TestNoCallAfterTheLease(t *testing.T) {
	b := newBench(t)
	b.enroll("orders", 4, 0.9)
	s := b.scaler()
	late := 0
	s.Now = func() time.Time { // the clock jumps after the claim
		if len(b.called("Claim")) > 0 {
			late = 121
		}
		return noon().Add(time.Duration(late) * time.Second)
	}
	r, err := s.Handle(t.Context(), b.alarm("orders", scaling.Up))
	if err != nil || r.Event != report.Unknown {
		t.Fatalf("report %+v, %v", r, err)
	}
	if calls := b.called("UpdateShardCount"); len(calls) > 0 {
		t.Errorf("called %v", calls)
	}
	if s := b.item(); s.InFlight == nil || s.InFlight.Outcome != ledger.OutcomeIntended || s.DueAt.After(noon().Add(2*time.Minute)) {
		t.Errorf("item %+v: the reconciler must find and settle the claim", s)
	}
}

func TestAConflictLeadsToANewLookAndDecision(t *testing.T) {
	b := newBench(t)
	b.enroll("orders", 4, 0.9)
	// While the traffic is read, somebody else doubles the stream, and that is done and settled.
	b.steps["Traffic"] = func() {
		sum := b.sum["orders"]
		sum.OpenShards = 8
		b.sum["orders"] = sum
		b.change(func(s *ledger.Item) { s.OpenShards = 8 })
	}
	r := b.handle(b.alarm("orders", scaling.Up))
	b.wantHold(r, scaling.HoldUtilizationLow)
	if r.OpenShards != 8 {
		t.Errorf("decided for %d open shards, want 8: a target of 8 would be the size it has", r.OpenShards)
	}
}

func TestEndlessConflictsAreAnError(t *testing.T) {
	for _, utilization := range []float64{0.9, 0.2} { // claims, holds
		b := newBench(t)
		b.enroll("orders", 4, utilization)
		b.fail["Claim"] = slices.Repeat([]error{ledger.ErrConflict}, 9)
		b.fail["Save"] = slices.Repeat([]error{ledger.ErrConflict}, 9)
		_, err := b.scaler().Handle(t.Context(), b.alarm("orders", scaling.Up))
		if !errors.Is(err, ledger.ErrConflict) || !strings.Contains(err.Error(), "orders-scale-up") {
			t.Errorf("err = %v", err)
		}
		if attempts := len(b.called("Load")); attempts != 3 {
			t.Errorf("%d attempts, want 3", attempts)
		}
	}
}

// ErrHandled from the claim means that the same transition was faster on another path.
func TestAClaimThatComesSecondIsADuplicate(t *testing.T) {
	b := newBench(t)
	b.enroll("orders", 4, 0.9)
	b.steps["Claim"] = func() { b.change(func(s *ledger.Item) { s.Up.Handled = noon() }) }
	if r := b.handle(b.alarm("orders", scaling.Up)); r.Event != report.Duplicate {
		t.Errorf("got %s, want a duplicate", r.Event)
	}
	if calls := b.called("UpdateShardCount"); len(calls) > 0 {
		t.Errorf("called %v", calls)
	}
}

func TestTheLastSlotTakenMeanwhileIsABudgetHold(t *testing.T) {
	b := newBench(t)
	b.enroll("orders", 4, 0.9)
	b.steps["Claim"] = func() {
		b.change(func(s *ledger.Item) {
			for i := range 10 {
				s.Operations = append(s.Operations, scaling.Operation{At: noon().Add(-time.Duration(i+1) * time.Hour), From: 2, To: 4, Direction: scaling.Up})
			}
		})
	}
	b.wantHold(b.handle(b.alarm("orders", scaling.Up)), scaling.HoldBudgetExhausted)
}

func TestTheOutcomeIsRecordedOnAFreshCopy(t *testing.T) {
	b := newBench(t)
	b.enroll("orders", 4, 0.9)
	b.steps["UpdateShardCount"] = func() { b.change(func(s *ledger.Item) { s.Settings.MaxShards = 100 }) }
	if r := b.handle(b.alarm("orders", scaling.Up)); len(r.Faults) > 0 {
		t.Errorf("faults %v", r.Faults)
	}
	s := b.item()
	if s.Settings.MaxShards != 100 || s.InFlight == nil || s.InFlight.Outcome != ledger.OutcomeAccepted {
		t.Errorf("item %+v: one of the two writes is lost", s)
	}
}

func TestAnOperationThatWasSettledMeanwhileIsNotRecordedAgain(t *testing.T) {
	b := newBench(t)
	b.enroll("orders", 4, 0.9)
	b.steps["UpdateShardCount"] = func() {
		s := b.item()
		settled, entry := s.Settled(ledger.OutcomeStreamGone, "deleted", b.clock())
		if _, err := b.kept.Save(t.Context(), settled, entry); err != nil {
			t.Error(err)
		}
	}
	b.handle(b.alarm("orders", scaling.Up))
	if h := b.history(); len(h) != 1 || h[0].Outcome != ledger.OutcomeStreamGone {
		t.Errorf("history %+v", h)
	}
}

// race handles alarms all at once, and does again what ended in an error, as Lambda does.
func race(b *bench, alarms []scaler.Alarm) {
	b.Helper()
	var group sync.WaitGroup
	for _, alarm := range alarms {
		group.Go(func() {
			for range 100 {
				_, err := b.scaler().Handle(context.Background(), alarm)
				if err == nil {
					return
				}
				if !errors.Is(err, ledger.ErrConflict) {
					b.Error(err)
					return
				}
			}
			b.Error("no end to the conflicts")
		})
	}
	group.Wait()
}

func TestFiftyAtOnceAreOneOperation(t *testing.T) {
	apart := map[string]time.Duration{"the same transition": 0, "distinct transitions": time.Second}
	for name, apart := range apart {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.enroll("orders", 4, 0.9)
			var alarms []scaler.Alarm
			for i := range 50 {
				alarm := b.alarm("orders", scaling.Up)
				alarm.TransitionAt = alarm.TransitionAt.Add(time.Duration(i) * apart)
				alarms = append(alarms, alarm)
			}
			race(b, alarms)
			if calls := b.called("UpdateShardCount"); len(calls) != 1 {
				t.Errorf("calls %v", calls)
			}
			s := b.item()
			if s.Fence != 1 || len(s.Operations) != 1 || s.InFlight == nil || s.InFlight.Outcome != ledger.OutcomeAccepted {
				t.Errorf("item %+v", s)
			}
			if !s.Up.Handled.Equal(alarms[49].TransitionAt) {
				t.Errorf("handled until %v, want %v, the newest", s.Up.Handled, alarms[49].TransitionAt)
			}
		})
	}
}
