package reconciler_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/reconciler"
)

// After an upgrade the shares of a whole fleet may have moved at once. One run writes the alarms of twenty streams anew for
// that alone, so that alarms that are wrong or lost do not wait; the others' turn comes with their next looks.
func TestAlarmsAreRewrittenForMovedSharesAFewAtATime(t *testing.T) {
	w := newWorld(t)
	w.pace = reconciler.Pace{Batch: 7}
	const streams = 50
	w.fleetOf(streams)
	name := func(i int) string { return fmt.Sprintf("s-%d", i) }
	for i := range streams {
		w.changeItem(name(i), func(s *ledger.Item) {
			s.Alarms.Usable, s.Alarms.At = s.UsableAt(s.OpenShards)-0.1, w.now.Add(-48*time.Hour)
			for _, dir := range []scaling.Direction{scaling.Up, scaling.Down} {
				w.alarms[scaling.AlarmName(s.Name, dir)].want.Usable = s.Alarms.Usable
			}
		})
	}
	drifted := name(streams - 1)
	w.alarms[scaling.AlarmName(drifted, scaling.Up)].want.OpenShards = 3
	w.calls = nil
	w.run()
	if calls := w.called("UpdateAlarms"); len(calls) != 21 || len(w.called("UpdateAlarms "+drifted)) != 1 {
		t.Errorf("%d updates, want those of 20 streams and of the one that drifted: %v", len(calls), calls)
	}
	for range 20 {
		w.now = w.now.Add(time.Minute)
		w.run()
	}
	for i := range streams {
		s := w.itemOf(name(i))
		if up := w.alarms[scaling.AlarmName(s.Name, scaling.Up)].want.Usable; s.Alarms.Usable != s.UsableAt(s.OpenShards) || up != s.Alarms.Usable {
			t.Errorf("%s: the alarm holds %.2f, the item says %.2f, and the share is %.2f", s.Name, up, s.Alarms.Usable, s.UsableAt(s.OpenShards))
		}
	}
}
