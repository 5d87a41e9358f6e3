package ledger_test

import (
	"slices"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

func TestKinds(t *testing.T) {
	kinds := ledger.Kinds()
	for _, kind := range []ledger.Kind{
		ledger.KindOperation, ledger.KindHold, ledger.KindFailure, ledger.KindExternal, ledger.KindEnrollment, ledger.KindSettings, ledger.KindPause,
	} {
		if !slices.Contains(kinds, kind) {
			t.Errorf("%s is missing", kind)
		}
	}
	equal(t, "kinds", len(kinds), 7)
}

// A hold's entry carries the whole decision, under an id that the same transition gives again
// and another transition or alarm does not.
func TestHoldEntry(t *testing.T) {
	transition := noon().Add(-time.Minute)
	d := wish(scaling.Up, 4, 8).Decision.Held(noon().Add(time.Minute), scaling.HoldUtilizationLow, "0.10 of bytes")
	e := ledger.HoldEntry("orders", d, "orders-scale-up", transition, "scaler/1")
	equal(t, "entry", e, ledger.Entry{
		Stream: "orders", At: noon(), ID: e.ID, Kind: ledger.KindHold, Direction: scaling.Hold, From: 4, To: 4, Reasons: d.Reasons,
		Utilization: d.Utilization, Limit: d.Limit, Alarm: "orders-scale-up", TransitionAt: transition, Actor: "scaler/1",
	})
	d.At = d.At.Add(time.Hour)
	equal(t, "the same transition", ledger.HoldEntry("orders", d, "orders-scale-up", transition, "scaler/2").ID, e.ID)
	for _, other := range []ledger.Entry{
		ledger.HoldEntry("orders", d, "orders-scale-up", transition.Add(time.Millisecond), "scaler/1"),
		ledger.HoldEntry("orders", d, "orders-scale-down", transition, "scaler/1"),
	} {
		if other.ID == e.ID {
			t.Errorf("id %q is given twice", other.ID)
		}
	}
}
