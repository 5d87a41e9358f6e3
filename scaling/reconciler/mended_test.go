package reconciler_test

import (
	"testing"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// mendedBeside is a look that mends what somebody undid while another writer changes the item. It returns how often the
// history tells of it, by the entry's id.
func mendedBeside(t *testing.T, step, id string, undo func(w *world)) (told int) {
	t.Helper()
	w := newWorld(t)
	w.enrolled(orders, 4, 2, "shardkeeper:consumer", "reader")
	w.due()
	w.run()
	undo(w)
	w.due()
	if step != "" {
		w.steps[step] = func() { w.change(func(s *ledger.Item) { s.LagTold = w.now }) }
	}
	w.run()
	if step != "" && w.item().LagTold.IsZero() {
		t.Errorf("%s: what the other writer wrote is lost", id)
	}
	w.due()
	w.run()
	for _, entry := range w.history(ledger.KindFailure) {
		if entry.ID == id {
			told++
		}
	}
	return told
}

// What was mended is right by the next look, which therefore finds nothing to tell.
func TestWhatWasMendedIsToldThoughAnotherWriterWasFirst(t *testing.T) {
	for _, step := range []string{"", "UpdateAlarms"} {
		if told := mendedBeside(t, step, "alarms-deleted", func(w *world) { delete(w.alarms, scaling.AlarmName(orders, scaling.Up)) }); told != 1 {
			t.Errorf("another writer at %q: the history tells of the deleted alarm %d times", step, told)
		}
	}
	for _, step := range []string{"", "Reserve"} {
		if told := mendedBeside(t, step, "consumer-set-back", func(w *world) { w.functions["reader"] = 9 }); told != 1 {
			t.Errorf("another writer at %q: the history tells of the consumer %d times", step, told)
		}
	}
}
