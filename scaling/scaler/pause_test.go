package scaler_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// While all resharding is paused a decision to act is held, with who paused, when and why.
func TestAPauseHoldsTheDecision(t *testing.T) {
	b := newBench(t)
	b.enroll(orders, 4, 0.9)
	pause := ledger.Pause{InForce: true, At: noon().Add(-time.Hour), Who: "ana", Why: "an incident"}
	if err := b.kept.Pause(t.Context(), pause); err != nil {
		t.Fatal(err)
	}
	b.want(b.handle(b.alarm(orders, scaling.Up)), report.Hold, 4)
	s, h := b.item(), b.history()
	if len(b.called("UpdateShardCount")) > 0 || s.InFlight != nil || s.Fence != 0 || len(s.Operations) > 0 {
		t.Errorf("calls %v, item %+v", b.calls, s)
	}
	if diff := cmp.Diff(ledger.Watch{Handled: noon(), RetryAt: noon().Add(time.Minute)}, s.Up); diff != "" {
		t.Error(diff)
	}
	last := scaling.Reason{Code: scaling.HoldPaused, Detail: "would scale from 4 to 8; " + pause.String()}
	if len(h) != 1 || h[0].Kind != ledger.KindHold || h[0].Reasons[len(h[0].Reasons)-1] != last {
		t.Errorf("history %+v", h)
	}
	b.want(b.handle(b.alarm(orders, scaling.Up)), report.Duplicate, 0)
}

// A pause that begins between the look at the stream and the claim holds it too.
func TestAPauseThatComesBetweenHoldsTheDecision(t *testing.T) {
	b := newBench(t)
	b.enroll(orders, 4, 0.9)
	b.steps["Claim"] = func() {
		if err := b.kept.Pause(t.Context(), ledger.Pause{At: noon(), Who: "ana", Why: "an incident"}); err != nil {
			t.Error(err)
		}
	}
	b.want(b.handle(b.alarm(orders, scaling.Up)), report.Hold, 4)
	if len(b.called("UpdateShardCount")) > 0 {
		t.Errorf("calls %v", b.calls)
	}
}
