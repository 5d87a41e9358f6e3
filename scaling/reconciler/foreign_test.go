package reconciler_test

import (
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// An alarm of somebody else with a name of ours: it stays as it is, the stream is suspended, the other alarm
// of the two, which is ours, goes, and the history says so once, with what to do.
func TestAnAlarmOfSomebodyElseSuspendsItsStream(t *testing.T) {
	w := newWorld(t)
	w.enrolled(orders, 4, 2)
	w.of(scaling.Up).foreign = true
	theirs := *w.of(scaling.Up)
	w.due()
	if r := w.run()[orders]; r.Event != report.Suspended || len(r.Faults) > 0 {
		t.Errorf("report %+v", r)
	}
	for range 60 {
		w.now = w.now.Add(time.Minute)
		w.run()
	}
	if item := w.item(); item.Status != ledger.Suspended || item.StatusReason != ledger.SuspendedAlarm {
		t.Errorf("status %s, %s", item.Status, item.StatusReason)
	}
	if a := w.of(scaling.Up); a == nil || *a != theirs || w.of(scaling.Down) != nil {
		t.Errorf("theirs %+v, the other %+v; want theirs as it was and none", a, w.of(scaling.Down))
	}
	lines := w.history(ledger.KindEnrollment)
	if last := lines[len(lines)-1]; len(lines) != 2 || !strings.Contains(last.Detail, "orders-scale-up") || !strings.Contains(last.Detail, "Delete or rename") {
		t.Errorf("history %+v; want enrolled, and suspended with what to do, once", lines)
	}
	if calls := append(w.called("UpdateAlarms"), w.called("Rearm")...); len(calls) > 0 {
		t.Errorf("calls %v", calls)
	}

	delete(w.alarms, scaling.AlarmName(orders, scaling.Up))
	for range 10 {
		w.now = w.now.Add(time.Minute)
		w.run()
	}
	if item := w.item(); item.Status != ledger.Enrolled || !item.AlarmsInSync() || w.of(scaling.Up) == nil || w.of(scaling.Down) == nil {
		t.Errorf("the name is free, and the item is %+v", item)
	}
	if lines = w.history(ledger.KindEnrollment); len(lines) != 3 {
		t.Errorf("history %+v", lines)
	}
}

// It is there before the stream is enrolled, and when the stream leaves.
func TestAnAlarmOfSomebodyElseOutlivesTheStream(t *testing.T) {
	for _, gone := range []func(*world){
		func(w *world) { delete(w.streams, orders) },
		func(w *world) { delete(w.streams[orders].tags, "shardkeeper") },
	} {
		w := newWorld(t)
		w.stream(orders, 4, 2)
		w.alarms["orders-scale-down"] = &alarm{dir: scaling.Down, state: scaling.StateOK, foreign: true}
		w.minutes(10)
		if item := w.item(); item.Status != ledger.Suspended || item.StatusReason != ledger.SuspendedAlarm || w.of(scaling.Up) != nil {
			t.Errorf("status %s, %s; scale-up %v", item.Status, item.StatusReason, w.of(scaling.Up))
		}
		gone(w)
		w.minutes(90)
		if a := w.of(scaling.Down); a == nil || !a.foreign || w.item().Status != ledger.Unenrolled {
			t.Errorf("their alarm is %+v, the stream %s", a, w.item().Status)
		}
	}
}
