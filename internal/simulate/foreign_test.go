package simulate_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// A stack is installed next to one that has the stream already, or somebody has an alarm of that name for
// something else: it is left alone, and the stream with it, until the name is free.
func TestAnAlarmOfSomebodyElseIsLeftAlone(t *testing.T) {
	w := simulate.New(simulate.Options{Start: start})
	t.Cleanup(w.Close)
	want := scaling.AlarmWant{Stream: "orders", OpenShards: 1, Settings: scaling.Defaults(scaling.DoubleHalve)}
	if err := w.PutForeignAlarm(want, scaling.Up); err != nil {
		t.Fatal(err)
	}
	if err := w.CreateStream(simulate.StreamSpec{Name: "orders", Shards: 4, Age: 48 * time.Hour, Tags: enabled(), Load: steady(3.9)}); err != nil {
		t.Fatal(err)
	}
	run(t, w, 90)
	item, err := w.Registry().Load(t.Context(), "orders")
	pair := w.Alarms(want)
	if err != nil || item.StatusReason != ledger.SuspendedAlarm || !pair.Up.Foreign || pair.Down.Exists || len(w.Operations()) > 0 {
		t.Errorf("item %s, %s, %v; alarms %+v, operations %v", item.Status, item.StatusReason, err, pair, w.Operations())
	}
	w.DeleteAlarms("orders")
	run(t, w, 30)
	if sum, err := w.Describe("orders"); err != nil || sum.OpenShards != 8 {
		t.Errorf("the name is free: %d open shards, %v; want 8", sum.OpenShards, err)
	}
}
