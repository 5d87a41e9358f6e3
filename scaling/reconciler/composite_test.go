package reconciler_test

import (
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// An alarm that cannot be deleted, since a composite alarm rests on it, is the trouble of its own stream alone. Once nothing
// rests on it, it goes as the others did.
func TestAnAlarmUnderACompositeAlarmIsItsOwnStreamsTrouble(t *testing.T) {
	w := newWorld(t)
	w.enrolled("billing", 4, 2)
	w.enrolled(orders, 4, 2)
	w.of(scaling.Up).under = true
	delete(w.streams, orders)
	delete(w.streams, "billing")
	w.now = w.now.Add(8 * time.Minute)
	reports := w.run()
	if r := reports["billing"]; r.Event != report.Unenrolled || len(r.Faults) > 0 {
		t.Errorf("billing: report %+v", r)
	}
	if r := reports[orders]; r.Event != report.Failed || len(r.Faults) != 1 || !strings.Contains(r.Faults[0].Error(), "orders-scale-up") {
		t.Errorf("orders: report %+v", r)
	}
	if failures := w.history(ledger.KindFailure); len(failures) != 1 {
		t.Errorf("failures %v", failures)
	}
	w.of(scaling.Up).under = false
	for range 30 {
		w.now = w.now.Add(time.Minute)
		w.run()
	}
	if due := w.item().DueAt; len(w.alarms) > 0 || !due.IsZero() {
		t.Errorf("alarms %v, due at %v", w.alarms, due)
	}
}
