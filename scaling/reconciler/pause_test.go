package reconciler_test

import (
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// While all resharding is paused no alarm is asked to speak up. What waits is looked at every two minutes, so
// that it is asked for soon after the pause has ended; all else is repaired as ever.
func TestNoAlarmIsArmedWhileReshardingIsPaused(t *testing.T) {
	w := newWorld(t)
	w.enrolled(orders, 4, 3.5)
	w.enrolled("calm", 4, 1.5)
	pause := ledger.Pause{InForce: true, At: w.now, Who: "ana", Why: "an incident"}
	if err := w.kept.Pause(t.Context(), pause); err != nil {
		t.Fatal(err)
	}
	w.rings(scaling.Up, 10*time.Minute)
	w.change(func(s *ledger.Item) {
		s.Up = ledger.Watch{Handled: w.now.Add(-9 * time.Minute), RetryAt: w.now.Add(-time.Minute)}
		s.DueAt = w.now
	})
	due := w.item().Up
	w.changeItem("calm", func(s *ledger.Item) { s.DueAt = w.now })
	delete(w.alarms, scaling.AlarmName("calm", scaling.Down))
	reports := w.run()
	if r := reports[""]; r.Event != report.Paused || !strings.Contains(r.Detail, pause.String()) {
		t.Errorf("the run says %+v", r)
	}
	if reports["calm"].Event != report.Repaired {
		t.Errorf("the other stream was not repaired: %+v", reports["calm"])
	}
	if armed := w.called("Rearm"); len(armed) > 0 || w.item().Up != due {
		t.Errorf("armed %v, watch %+v", armed, w.item().Up)
	}
	if want := w.now.Add(2 * time.Minute); !w.item().DueAt.Equal(want) {
		t.Errorf("due at %s, want %s", w.item().DueAt, want)
	}

	w.now = w.now.Add(2 * time.Minute)
	if _, err := w.kept.Resume(t.Context(), w.now, "bo"); err != nil {
		t.Fatal(err)
	}
	if _, told := w.run()[""]; told {
		t.Error("a pause that has ended is told")
	}
	if armed := w.called("Rearm"); len(armed) != 1 {
		t.Errorf("armed after the pause: %v", armed)
	}
}
