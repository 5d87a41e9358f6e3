package reconciler_test

import (
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
