package reconciler_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Trouble that lasts is in the history once an hour, not at every look; a quota that is used up for
// the moment is no trouble.
func TestWhatCannotBeDoneIsInTheHistory(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want int
	}{{scaling.ErrStreamNotFound, 2}, {scaling.ErrOutcomeUnknown, 2}, {scaling.ErrThrottled, 0}} {
		w := newWorld(t)
		w.enrolled(orders, 4, 2, "shardkeeper:consumer", "reader")
		w.functions["reader"] = 1
		for range 12 { // an hour and a half
			w.breaks("Reserved", tt.err)
			w.due()
			w.run()
			w.now = w.now.Add(8 * time.Minute)
		}
		told := w.history(ledger.KindFailure)
		if len(told) != tt.want {
			t.Errorf("%v: %d entries, want %d: %+v", tt.err, len(told), tt.want, told)
		}
		for _, entry := range told {
			if entry.From != 4 || entry.To != 4 || entry.Actor == "" || !strings.Contains(entry.Detail, "reader") {
				t.Errorf("%v: entry %+v", tt.err, entry)
			}
		}
	}
}

// One trouble does not take the place of another of the same hour: the history has both, and people are told of both.
func TestEachTroubleIsToldByItself(t *testing.T) {
	w := newWorld(t)
	w.enrolled(orders, 4, 2, "shardkeeper:consumer", "reader")
	w.functions["reader"] = 1
	for _, call := range []string{"Status", "Reserved", "Status"} {
		w.breaks(call, scaling.ErrOutcomeUnknown)
		w.due()
		w.run()
		w.now = w.now.Add(8 * time.Minute)
	}
	var told []string
	for _, entry := range w.history(ledger.KindFailure) {
		told = append(told, entry.Detail)
	}
	if all := strings.Join(told, "\n"); len(told) != 2 || !strings.Contains(all, "read the alarms") || !strings.Contains(all, "reader") {
		t.Errorf("%d entries:\n%s", len(told), all)
	}
	events, err := w.kept.Unsent(t.Context(), "eventbridge", 10)
	if failed := len(slices.DeleteFunc(events, func(e ledger.Event) bool { return e.Kind != ledger.EventFailure })); err != nil || failed != 2 {
		t.Errorf("%d failures to be told, %v", failed, err)
	}
}

// A look that took all the time of a run leaves the alarms to the next: what was not tried is no failure, and alarms of a stream
// that is gone are deleted then.
func TestWhatThereIsNoTimeForIsNoFailure(t *testing.T) {
	for _, gone := range []bool{false, true} {
		w := newWorld(t)
		w.enrolled(orders, 4, 2)
		if gone {
			delete(w.streams, orders)
		}
		w.due()
		w.calls, w.steps["Describe"] = nil, func() { w.left = 2 * time.Second }
		w.run()
		if calls := append(w.called("Status"), w.called("Delete")...); len(calls) > 0 || len(w.history(ledger.KindFailure)) > 0 {
			t.Errorf("gone %v: calls %v, failures %v", gone, calls, w.history(ledger.KindFailure))
		}
		w.left, w.now = time.Minute, w.now.Add(time.Minute)
		w.run()
		if calls := append(w.called("Status"), w.called("Delete")...); len(calls) == 0 || gone != (len(w.alarms) == 0) {
			t.Errorf("gone %v: a minute later: calls %v, %d alarms", gone, calls, len(w.alarms))
		}
	}
}
