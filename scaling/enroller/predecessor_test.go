package enroller_test

// What the predecessor did wrong with its settings. docs/predecessor.md has the whole list.

import (
	"strings"
	"testing"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// A period of 0, or none, was a division by zero, and so a panic for every stream.
func TestPredecessor07_APeriodOfZeroPanics(t *testing.T) {
	for _, value := range []string{"0", "-5", "", "five", "1e9"} {
		b := enrolled(t, "shardkeeper:scale-up-period-minutes", "2")
		b.tag(orders, "shardkeeper", "enabled", "shardkeeper:scale-up-period-minutes", value)
		want, period := report.BadSettings, 2 // the last good one
		if value == "" {
			want, period = report.Settings, 1 // the default
		}
		r := b.tell("AddTagsToStream", orders, want)
		if got := b.item().Settings.ScaleUpAlarm.PeriodMinutes; got != period {
			t.Errorf("%q: period %d, want %d", value, got, period)
		}
		if value != "" && !strings.Contains(r.Detail, "scale-up-period-minutes") {
			t.Errorf("%q: %q does not name the setting", value, r.Detail)
		}
	}
}

// A slip of the pen in DRY_RUN silently stopped all scaling.
func TestPredecessor11_ATypoInTheModeStopsScaling(t *testing.T) {
	b := enrolled(t)
	b.tag(orders, "shardkeeper", "dryrun")
	r := b.tell("AddTagsToStream", orders, report.BadSettings)
	if !strings.Contains(r.Detail, `"dryrun"`) {
		t.Errorf("detail %q", r.Detail)
	}
	s := b.item()
	if s.Status != ledger.Enrolled || s.Settings.Mode != scaling.ModeEnabled || !s.AlarmsInSync() {
		t.Errorf("item %+v: the stream is to be scaled as before", s)
	}
	if h := b.history(); len(h) != 3 || !strings.Contains(h[2], "dryrun") {
		t.Errorf("history %v", h)
	}
}
