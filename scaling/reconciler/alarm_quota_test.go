package reconciler_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// fullOfAlarms is an account that has no alarms left: a new one is refused, one that is there can be changed.
func (w *world) fullOfAlarms(names ...string) {
	for _, name := range names {
		for _, dir := range []scaling.Direction{scaling.Up, scaling.Down} {
			delete(w.alarms, scaling.AlarmName(name, dir))
		}
	}
	w.noAlarms = true
}

// While the account has no alarms left, one call a run tries to make one, each stream waits half an hour, and the others
// are attended to as ever.
func TestAlarmsThatCannotBeMadeAreTriedRarely(t *testing.T) {
	w := newWorld(t)
	const streams = 12
	w.fleetOf(streams)
	name := func(i int) string { return fmt.Sprintf("s-%d", i) }
	for i := range streams / 2 {
		w.fullOfAlarms(name(i))
	}
	changed := streams - 1
	w.streams[name(changed)].OpenShards = 5 // its alarms are there, and must change
	reports := w.run()
	if calls := w.called("UpdateAlarms"); len(calls) != 2 {
		t.Errorf("calls %v: one for a new alarm, and one for %s", calls, name(changed))
	}
	if up := w.alarms[scaling.AlarmName(name(changed), scaling.Up)]; up.want.OpenShards != 5 {
		t.Errorf("the alarm of %s is for %d shards", name(changed), up.want.OpenShards)
	}
	for i := range streams / 2 {
		r := reports[name(i)]
		if r.Event != report.Failed || len(r.Faults) != 1 || !errors.Is(r.Faults[0], scaling.ErrLimitExceeded) {
			t.Errorf("%s: reported %+v", name(i), r)
		}
		if wait := w.itemOf(name(i)).DueAt.Sub(w.now); wait < 22*time.Minute || wait > 30*time.Minute {
			t.Errorf("%s: next look in %v", name(i), wait)
		}
	}
	w.calls = nil
	for range 60 {
		w.now = w.now.Add(time.Minute)
		w.run()
	}
	if calls := w.called("UpdateAlarms"); len(calls) > 2*streams/2 {
		t.Errorf("%d calls in an hour", len(calls))
	}
	if looks := w.called("Describe " + name(changed)); len(looks) < 6 {
		t.Errorf("%s was looked at %d times in an hour", name(changed), len(looks))
	}
	w.noAlarms = false // AWS has raised the quota
	for range 31 {
		w.now = w.now.Add(time.Minute)
		w.run()
	}
	for i := range streams {
		if !w.itemOf(name(i)).AlarmsInSync() || w.alarms[scaling.AlarmName(name(i), scaling.Down)] == nil {
			t.Errorf("%s has no alarms, with room for them", name(i))
		}
	}
}

// What begins at a time for a stream without alarms begins at that time all the same.
func TestAStreamWithoutAlarmsKeepsItsTimes(t *testing.T) {
	w := newWorld(t)
	w.enrolled(orders, 4, 2)
	w.fullOfAlarms(orders)
	w.changeItem(orders, func(s *ledger.Item) {
		s.DueAt, s.Up.RetryAt = w.now, w.now.Add(7*time.Minute)
	})
	w.run()
	if due := w.item().DueAt; !due.Equal(w.now.Add(7 * time.Minute)) {
		t.Errorf("due at %v", due)
	}
}
