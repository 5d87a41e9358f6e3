package reconciler_test

import (
	"errors"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// An operation sets the consumers back for seven minutes. Its entry says so, once it is known, and nothing reads their lag
// any more then. A look that cannot read it leaves that to the next.
func TestAnOperationsCostToConsumersIsKept(t *testing.T) {
	w := newWorld(t)
	w.enrolled(orders, 4, 2)
	w.minutes(15)
	began := w.now
	w.kept.OverrideTimed(orders, []ledger.Timed{{ID: "more", Until: w.now.Add(24 * time.Hour), Settings: scaling.Layer{"min-shards": "8"}}})
	var active time.Time
	w.minuteLag = func(at time.Time) time.Duration {
		if !active.IsZero() && !at.Before(active) && at.Before(active.Add(7*time.Minute)) {
			return 5 * time.Minute
		}
		return time.Second
	}
	for w.now.Before(began.Add(40 * time.Minute)) {
		w.minutes(1)
		if s := w.item(); active.IsZero() && s.Draining != nil {
			active = s.Draining.At.Add(s.Draining.Duration).Truncate(time.Minute)
			w.fail["Lags"] = []fault{{err: errors.New("throttled")}}
		}
	}
	entries := w.history(ledger.KindOperation)
	if len(entries) != 1 || entries[0].Outcome != ledger.OutcomeCompleted || entries[0].Drain != 8*time.Minute {
		t.Fatalf("entries %+v", entries)
	}
	if s := w.item(); s.Draining != nil {
		t.Errorf("it waits for %+v", s.Draining)
	}
	if reads := len(w.called("Lags")); reads < 3 || reads > 10 {
		t.Errorf("the lag was read %d times", reads)
	}
}
