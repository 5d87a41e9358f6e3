package scaler_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

func TestARefusedCallGivesItsSlotBack(t *testing.T) {
	tests := []struct {
		err  error
		rest time.Duration // until the alarm is armed again
	}{
		{scaling.ErrStreamBusy, time.Minute},
		{scaling.ErrThrottled, time.Minute},
		{scaling.ErrLimitExceeded, 15 * time.Minute},
		{scaling.ErrRefused, 15 * time.Minute},
		{scaling.ErrStreamNotFound, 15 * time.Minute},
	}
	for _, tt := range tests {
		t.Run(tt.err.Error(), func(t *testing.T) {
			b := newBench(t)
			b.enroll("orders", 4, 0.9)
			b.fail["UpdateShardCount"] = []error{tt.err}
			b.want(b.handle(b.alarm("orders", scaling.Up)), report.Refused, 8)
			s := b.item()
			if s.InFlight != nil || len(s.Operations) > 0 || !s.LeaseUntil.IsZero() || s.Fence != 1 {
				t.Errorf("item %+v", s)
			}
			if diff := cmp.Diff(ledger.Watch{Handled: noon(), RetryAt: noon().Add(tt.rest)}, s.Up); diff != "" {
				t.Error(diff)
			}
			if want := noon().Add(time.Minute); !s.DueAt.Equal(want) {
				t.Errorf("due at %v, want %v: what else there is to do does not wait for the alarm", s.DueAt, want)
			}
			h := b.history()
			if len(h) != 1 || h[0].Outcome != ledger.OutcomeRefused || h[0].Reasons.Last() != scaling.HoldServiceRefused || h[0].Detail == "" {
				t.Errorf("history %+v", h)
			}
			if len(b.called("UpdateShardCount")) != 1 || len(b.called("UpdateAlarms")) > 0 {
				t.Errorf("calls %v", b.calls)
			}
		})
	}
}

// Above its maximum a stream is scaled down whichever alarm asks. The alarm that asked is the
// one that stays in ALARM, so it is the one to be armed again.
func TestAfterARefusalTheAlarmThatAskedIsDeferred(t *testing.T) {
	b := newBench(t)
	b.enroll("orders", 8, 0.1, scaling.Layer{"max-shards": "4"})
	b.fail["UpdateShardCount"] = []error{scaling.ErrThrottled}
	b.want(b.handle(b.alarm("orders", scaling.Up)), report.Refused, 4)
	if s := b.item(); s.Up.RetryAt.IsZero() {
		t.Errorf("up %+v, down %+v: the scale-up alarm asked, and would never ask again", s.Up, s.Down)
	}
}

func TestAnUnknownOutcomeKeepsItsSlot(t *testing.T) {
	for _, err := range []error{scaling.ErrOutcomeUnknown, context.DeadlineExceeded, errors.Join(scaling.ErrOutcomeUnknown, scaling.ErrThrottled)} {
		b := newBench(t)
		b.enroll("orders", 4, 0.9)
		b.fail["UpdateShardCount"] = []error{err}
		b.want(b.handle(b.alarm("orders", scaling.Up)), report.Unknown, 8)
		s := b.item()
		if s.InFlight == nil || s.InFlight.Outcome != ledger.OutcomeUnknown || len(s.Operations) != 1 || s.DueAt.IsZero() {
			t.Errorf("%v: item %+v", err, s)
		}
		if calls := b.called("UpdateShardCount"); len(calls) != 1 {
			t.Errorf("%v: calls %v", err, calls)
		}
	}
}

func TestWithoutTheRegistryNothingIsDone(t *testing.T) {
	down := errors.New("the table does not answer")
	for _, call := range []string{"Load", "Claim"} {
		b := newBench(t)
		b.enroll("orders", 4, 0.9)
		b.fail[call] = []error{down}
		_, err := b.scaler().Handle(t.Context(), b.alarm("orders", scaling.Up))
		if !errors.Is(err, down) || !strings.Contains(err.Error(), "orders") {
			t.Errorf("%s: err = %v", call, err)
		}
		if calls := b.called("UpdateShardCount"); len(calls) > 0 {
			t.Errorf("%s: called %v", call, calls)
		}
	}
}

// A hold that cannot be written is an error, so that the alarm is handled again.
func TestAHoldThatIsNotWrittenIsAnError(t *testing.T) {
	down := errors.New("the table does not answer")
	b := newBench(t)
	b.enroll("orders", 4, 0.2)
	b.fail["Save"] = []error{down}
	if r, err := b.scaler().Handle(t.Context(), b.alarm("orders", scaling.Up)); !errors.Is(err, down) || r.Event != "" {
		t.Errorf("report %+v, err %v", r, err)
	}
}

func TestKinesisMustAnswer(t *testing.T) {
	b := newBench(t)
	b.enroll("orders", 4, 0.9)
	b.fail["Describe"] = []error{scaling.ErrThrottled}
	if _, err := b.scaler().Handle(t.Context(), b.alarm("orders", scaling.Up)); !errors.Is(err, scaling.ErrThrottled) {
		t.Errorf("err = %v", err)
	}
	if s := b.item(); s.Revision != 1 {
		t.Errorf("item %+v", s)
	}
}

func TestADeletedStreamIsLeftToTheReconciler(t *testing.T) {
	b := newBench(t)
	b.enroll("orders", 4, 0.9)
	delete(b.sum, "orders")
	b.wantHold(b.handle(b.alarm("orders", scaling.Down)), scaling.HoldStreamBusy)
	if s, want := b.item(), noon().Add(time.Minute); !s.DueAt.Equal(want) {
		t.Errorf("due at %v, want %v", s.DueAt, want)
	}
}

// A message says what it likes; without samples it is the alarm that is asked, and only for a scale-up.
func TestWithoutSamplesTheAlarmItselfIsAsked(t *testing.T) {
	full := scaling.AlarmStatus{Exists: true, InSync: true, State: scaling.StateAlarm, Evaluated: scaling.Evaluation{At: noon(), Beyond: 3}}
	b := newBench(t)
	b.enroll("orders", 4, 0.9)
	b.fail["Traffic"], b.pairs = []error{scaling.ErrThrottled}, map[string]scaling.AlarmPair{"orders": {Up: full}}
	b.want(b.handle(b.alarm("orders", scaling.Up)), report.Operation, 8)
	if asked := b.called("Status"); len(asked) != 1 || asked[0] != "Status orders 4" {
		t.Errorf("asked %v, want once, for the open shards that are there", asked)
	}

	for name, breaks := range map[string]func(*bench){
		"it holds nothing":       func(*bench) {},
		"it cannot be read":      func(b *bench) { b.fail["Status"] = []error{scaling.ErrThrottled} },
		"it is the other alarm":  func(b *bench) { b.pairs["orders"] = scaling.AlarmPair{Down: full} },
		"it is another stream's": func(b *bench) { b.pairs["payments"] = scaling.AlarmPair{Up: full} },
	} {
		b = newBench(t)
		b.enroll("orders", 4, 0.9)
		b.fail["Traffic"] = []error{scaling.ErrThrottled}
		breaks(b)
		t.Log(name)
		b.wantHold(b.handle(b.alarm("orders", scaling.Up)), scaling.HoldMetricsUnavailable)
		if due := b.item().DueAt; due.IsZero() || due.After(noon().Add(2*time.Minute)) {
			t.Errorf("%s: looked at again at %v, want soon", name, due)
		}
	}

	b = newBench(t)
	b.enroll("orders", 4, 0.1)
	b.fail["Traffic"] = []error{scaling.ErrOutcomeUnknown}
	b.wantHold(b.handle(b.alarm("orders", scaling.Down)), scaling.HoldMetricsUnavailable)
	if asked := b.called("Status"); len(asked) > 0 {
		t.Errorf("asked %v for a scale-down", asked)
	}
}

// With an answer the alarm is not asked: there is no call more.
func TestAnAnswerWithoutSamplesHolds(t *testing.T) {
	b := newBench(t)
	b.enroll("orders", 4, 0)
	b.load["orders"] = scaling.Traffic{Known: true}
	b.wantHold(b.handle(b.alarm("orders", scaling.Up)), scaling.HoldNoSamples)
	if asked := b.called("Status"); len(asked) > 0 {
		t.Errorf("asked %v", asked)
	}
}

// Without the fleet's item nothing is known of the account; the service itself keeps its quota.
func TestWithoutTheFleetsItemTheAccountIsUnknown(t *testing.T) {
	b := newBench(t)
	b.enroll("orders", 4, 0.9)
	b.want(b.handle(b.alarm("orders", scaling.Up)), report.Operation, 8)

	b = newBench(t)
	b.enroll("orders", 4, 0.9)
	b.fail["Fleet"] = []error{errors.New("the table does not answer")}
	b.want(b.handle(b.alarm("orders", scaling.Up)), report.Operation, 8)
}

func TestAThrottledAlarmUpdateIsAFaultNotAnError(t *testing.T) {
	b := newBench(t)
	b.enroll("orders", 4, 0.9, scaling.Layer{"consumer": "reader"})
	b.fail["UpdateAlarms"] = []error{scaling.ErrThrottled}
	r := b.handle(b.alarm("orders", scaling.Up))
	b.want(r, report.Operation, 8)
	if len(r.Faults) != 1 || !errors.Is(r.Faults[0], scaling.ErrThrottled) || !strings.Contains(r.Faults[0].Error(), "orders") {
		t.Errorf("faults %v", r.Faults)
	}
	if calls := b.called("UpdateAlarms"); len(calls) != 1 {
		t.Errorf("calls %v: the reconciler repairs, nothing is tried again here", calls)
	}
	if b.held["reader"] != 8 {
		t.Errorf("the consumer has %d, want 8", b.held["reader"])
	}
	if s := b.item(); s.Alarms.Shards != 4 || !s.DueAt.Equal(noon().Add(nextLook)) {
		t.Errorf("item %+v: it must not say that the alarms hold 8", s)
	}
}

// The invocation ends without an error, since the call was made; but somebody must know.
func TestAnOutcomeThatIsNotRecordedIsAFault(t *testing.T) {
	for _, failures := range [][]error{
		{errors.New("the table does not answer")},
		{ledger.ErrConflict, ledger.ErrConflict, ledger.ErrConflict, ledger.ErrConflict},
	} {
		b := newBench(t)
		b.enroll("orders", 4, 0.9)
		b.fail["Save"] = failures
		r := b.handle(b.alarm("orders", scaling.Up))
		b.want(r, report.Operation, 8)
		if len(r.Faults) != 1 || !errors.Is(r.Faults[0], failures[0]) {
			t.Errorf("faults %v, want %v", r.Faults, failures[0])
		}
		if s := b.item(); s.InFlight == nil || !s.DueAt.Equal(s.LeaseUntil) {
			t.Errorf("item %+v: the reconciler must look when the lease ends", s)
		}
	}
}
