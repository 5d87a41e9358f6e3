package simulate_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// A stream is switched to on-demand and back between two looks of the reconciler, and its events come when it is back. What its
// alarm asked for meanwhile is asked for again.
func TestAnAlarmOfAnOnDemandMomentIsAskedAgain(t *testing.T) {
	late := func(m simulate.Message) []time.Duration {
		if m.Name == "UpdateStreamMode" {
			return []time.Duration{20 * time.Minute}
		}
		return []time.Duration{0}
	}
	w := world(t, simulate.Options{Faults: simulate.Faults{Route: late}})
	create(t, w, simulate.StreamSpec{Shards: 4, Age: 24 * time.Hour, Tags: enabled(), Load: rise})
	asked := func() bool {
		item, err := w.Registry().Load(t.Context(), "orders")
		return err == nil && !item.Up.Handled.IsZero()
	}
	pass(t, w, 11)
	if err := w.SwitchMode("orders", true); err != nil {
		t.Fatal(err)
	}
	for !asked() {
		pass(t, w, 1)
	}
	if err := w.SwitchMode("orders", false); err != nil {
		t.Fatal(err)
	}
	pass(t, w, 30)
	page, err := w.Registry().History(t.Context(), ledger.Query{Stream: "orders", To: w.Now()})
	if summary, _ := w.Describe("orders"); err != nil || summary.OpenShards != 8 {
		t.Errorf("%d open shards half an hour after the stream was provisioned again: %v, %v", summary.OpenShards, page.Entries, err)
	}
}
