package reconciler_test

import (
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

func TestAlarmsThatDriftedArePutRight(t *testing.T) {
	tests := map[string]func(*world){
		"missing":        func(w *world) { delete(w.alarms, "orders-scale-down") },
		"wrong count":    func(w *world) { w.of(scaling.Up).want.OpenShards = 1 },
		"wrong settings": func(w *world) { w.of(scaling.Down).want.Settings.ScaleDownThreshold = 0.01 },
		"never made": func(w *world) {
			clear(w.alarms)
			w.change(func(s *ledger.Item) { s.Alarms = ledger.AlarmsHeld{} })
		},
	}
	for name, drift := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.enrolled(orders, 4, 2)
			drift(w)
			w.due()
			if r := w.run()[orders]; r.Event != report.Repaired {
				t.Errorf("report %+v", r)
			}
			want := scaling.AlarmWant{Stream: orders, OpenShards: 4, Settings: w.item().Settings, Usable: w.item().UsableAt(4)}
			if up, down := w.of(scaling.Up), w.of(scaling.Down); up == nil || down == nil || up.want != want || down.want != want || !w.item().AlarmsInSync() {
				t.Errorf("alarms %+v, %+v", up, down)
			}
		})
	}
}

// An alarm that somebody deleted is in the history, once an hour; one that never was, or that is only another, is not.
func TestADeletedAlarmIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		drift func(*world)
		told  string
	}{
		"both": {func(w *world) { clear(w.alarms) }, "somebody deleted orders-scale-up and orders-scale-down; the alarms are made anew"},
		"one":  {func(w *world) { delete(w.alarms, "orders-scale-down") }, "somebody deleted orders-scale-down; the alarms are made anew"},
		"never made": {func(w *world) {
			clear(w.alarms)
			w.change(func(s *ledger.Item) { s.Alarms = ledger.AlarmsHeld{} })
		}, ""},
		"wrong count": {func(w *world) { w.of(scaling.Up).want.OpenShards = 1 }, ""},
		"not written": {func(w *world) { clear(w.alarms); w.breaks("UpdateAlarms", scaling.ErrThrottled) }, ""},
	} {
		w := newWorld(t)
		w.enrolled(orders, 4, 2)
		w.due()
		w.run() // it is seen that they are there
		c.drift(w)
		w.now = w.now.Add(time.Minute)
		w.due()
		w.run()
		var told []string
		for _, e := range w.history(ledger.KindFailure) {
			if e.ID == "alarms-deleted" {
				told = append(told, e.Detail)
			}
		}
		if got := strings.Join(told, "; "); got != c.told {
			t.Errorf("%s: told %q, want %q", name, got, c.told)
		}
	}
}

func TestAlarmsThatCannotBePutRightStayDue(t *testing.T) {
	for _, call := range []string{"Status", "UpdateAlarms"} {
		w := newWorld(t)
		w.enrolled(orders, 4, 2)
		w.of(scaling.Up).want.OpenShards = 1
		w.due()
		w.breaks(call, scaling.ErrOutcomeUnknown)
		if r := w.run()[orders]; r.Event != report.Failed || len(r.Faults) != 1 {
			t.Errorf("%s: report %+v", call, r)
		}
		if due := w.item().DueAt; !due.Equal(w.now.Add(nextRun)) {
			t.Errorf("%s: due at %v, want at the next run", call, due)
		}
		w.now = w.now.Add(time.Minute)
		w.run()
		if w.of(scaling.Up).want.OpenShards != 4 || !w.item().AlarmsInSync() {
			t.Errorf("%s: alarm for %d", call, w.of(scaling.Up).want.OpenShards)
		}
	}
}

func TestAnEditOfTheOverridesIsPickedUp(t *testing.T) {
	w := newWorld(t)
	w.enrolled(orders, 4, 2)
	w.kept.Override(orders, scaling.Layer{"max-shards": "9"})
	w.now = w.now.Add(8 * time.Minute)
	if r := w.run()[orders]; r.Event != report.Settings || r.Detail != "max-shards 10000 -> 9" {
		t.Errorf("report %+v", r)
	}
	if s := w.item(); s.Settings.MaxShards != 9 || w.of(scaling.Up).want.Settings.MaxShards != 9 || s.Overrides["max-shards"] != "9" {
		t.Errorf("item %+v", s)
	}
	w.kept.Override(orders, scaling.Layer{"max-shards": "none"})
	w.now = w.now.Add(8 * time.Minute)
	if r := w.run()[orders]; r.Event != report.BadSettings {
		t.Errorf("report %+v", r)
	}
	lines := len(w.history(""))
	for range 30 {
		w.now = w.now.Add(time.Minute)
		w.run()
	}
	if s := w.item(); s.Settings.MaxShards != 9 || s.Status != ledger.Enrolled || len(w.history("")) != lines {
		t.Errorf("item %+v, history %+v", s, w.history(""))
	}
}

func TestAReshardingBySomebodyElseIsNoticed(t *testing.T) {
	w := newWorld(t)
	s := w.enrolled(orders, 4, 2)
	s.OpenShards = 6
	w.due()
	if r := w.run()[orders]; r.Event != report.External {
		t.Errorf("report %+v", r)
	}
	if item := w.item(); len(item.Operations) != 1 || item.Operations[0].Fence != 0 || w.of(scaling.Up).want.OpenShards != 6 {
		t.Errorf("item %+v", item)
	}
}

// The service sizes an on-demand stream as it likes. That takes nobody's slot.
func TestASuspendedStreamIsLookedAtNowAndThen(t *testing.T) {
	w := newWorld(t)
	s := w.enrolled(orders, 4, 2)
	s.Mode = scaling.ModeOnDemand
	w.due()
	if r := w.run()[orders]; r.Event != report.Suspended || len(w.alarms) > 0 {
		t.Errorf("report %+v, alarms %v", r, w.alarms)
	}
	w.calls = nil
	for i := range 32 {
		s.OpenShards = 4 + i
		w.now = w.now.Add(time.Minute)
		w.run()
	}
	if looks := len(w.called("Describe")); looks < 4 || looks > 6 {
		t.Errorf("%d looks in 32 minutes, want one in about 7", looks)
	}
	if item := w.item(); len(item.Operations) > 0 {
		t.Errorf("operations %v", item.Operations)
	}
	s.Mode = scaling.ModeProvisioned
	w.now = w.now.Add(8 * time.Minute)
	if r := w.run()[orders]; r.Event != report.Enrolled || w.of(scaling.Up) == nil {
		t.Errorf("report %+v", r)
	}
}

func TestAStreamThatIsGoneLosesItsAlarms(t *testing.T) {
	w := newWorld(t)
	w.enrolled(orders, 4, 2)
	delete(w.streams, orders)
	w.now = w.now.Add(8 * time.Minute)
	if r := w.run()[orders]; r.Event != report.Unenrolled || len(w.alarms) > 0 {
		t.Errorf("report %+v, alarms %v", r, w.alarms)
	}
}

// An enroller that was frozen between its write and its call makes the alarms of a stream that
// is unenrolled by now. They are found by the second look.
func TestAlarmsThatComeBackAfterTheUnenrollmentAreDeleted(t *testing.T) {
	w := newWorld(t)
	s := w.enrolled(orders, 4, 2)
	s.tags = nil
	w.event("RemoveTagsFromStream")
	w.run()
	if err := (cloudwatch{w}).Update(t.Context(), scaling.AlarmWant{Stream: orders, OpenShards: 4, Settings: w.item().Settings}); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		w.now = w.now.Add(time.Minute)
		w.run()
	}
	if len(w.alarms) > 0 {
		t.Errorf("alarms %v", w.alarms)
	}
	if due := w.item().DueAt; !due.IsZero() {
		t.Errorf("due at %v: there is nothing left to do", due)
	}
}

// Whenever such an alarm fires, the scaler asks for it to be deleted.
func TestAnOrphanAlarmThatFiresIsDeleted(t *testing.T) {
	w := newWorld(t)
	s := w.enrolled(orders, 4, 2)
	s.tags = nil
	w.event("RemoveTagsFromStream")
	w.minutes(12)
	if err := (cloudwatch{w}).Update(t.Context(), scaling.AlarmWant{Stream: orders, OpenShards: 1, Settings: w.item().Settings}); err != nil {
		t.Fatal(err)
	}
	w.minutes(3)
	if len(w.alarms) > 0 {
		t.Errorf("alarms %v", w.alarms)
	}
}

func TestAlarmsThatCannotBeDeletedStayDue(t *testing.T) {
	w := newWorld(t)
	s := w.enrolled(orders, 4, 2)
	s.tags = nil
	w.breaks("DeleteAlarms", scaling.ErrThrottled, scaling.ErrThrottled)
	w.event("RemoveTagsFromStream")
	if r := w.run()[orders]; r.Event != report.Failed || !w.item().DueAt.Equal(w.now.Add(nextRun)) {
		t.Errorf("report %+v, due at %v", r, w.item().DueAt)
	}
	w.now = w.now.Add(time.Minute)
	w.run()
	if len(w.alarms) > 0 {
		t.Errorf("alarms %v", w.alarms)
	}
}

// The stack's EnrollMode went from all to tagged.
func TestWithoutEnrollAllAnUntaggedStreamIsUnenrolled(t *testing.T) {
	w := newWorld(t)
	w.rules.EnrollAll = true
	s := w.stream(orders, 4, 2)
	s.tags = nil
	w.event("CreateStream")
	w.run()
	w.rules.EnrollAll = false
	w.now = w.now.Add(8 * time.Minute)
	w.run()
	if item := w.item(); item.Status != ledger.Unenrolled || len(w.alarms) > 0 {
		t.Errorf("item %+v, alarms %v", item, w.alarms)
	}
}

// A stream comes back from on-demand while its overrides cannot be used: the look tells of both, and
// its report of the mistake, which somebody must mend.
func TestAMistakeInTheSettingsIsReportedBesideAnEnrollment(t *testing.T) {
	w := newWorld(t)
	w.enrolled(orders, 4, 2)
	w.change(func(s *ledger.Item) {
		s.Status, s.StatusReason = ledger.Suspended, ledger.SuspendedOnDemand
	})
	w.kept.Override(orders, scaling.Layer{"min-shards": "many"})
	w.due()
	if r := w.run()[orders]; r.Event != report.BadSettings {
		t.Errorf("report %+v", r)
	}
	if s := w.item(); s.Status != ledger.Enrolled || s.SettingsFault == "" {
		t.Errorf("item %+v", s)
	}
}
