package report_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

func TestStateOf(t *testing.T) {
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	settings := scaling.Defaults(scaling.DoubleHalve)
	settings.MaxShards, settings.OperationLimit, settings.UsableShare = 8, 2, 0.5
	used := scaling.Operations{{At: now.Add(-time.Hour)}, {At: now.Add(-2 * time.Hour)}, {At: now.Add(-3 * time.Hour)}}
	item := ledger.Item{Status: ledger.Enrolled, OpenShards: 8, Settings: settings, Operations: used[:1], Measured: ledger.Measured{At: now.Add(-time.Minute), Utilization: 0.4}}
	change := func(f func(*ledger.Item)) ledger.Item { s := item; f(&s); return s }
	for name, test := range map[string]struct {
		item        ledger.Item
		left        int
		full, spent bool
	}{
		"at its maximum":             {item, 1, true, false},
		"the smallest that there is": {change(func(s *ledger.Item) { s.OpenShards, s.Settings.MaxShards = 1, 1 }), 1, true, false},
		"with room":                  {change(func(s *ledger.Item) { s.OpenShards = 4 }), 1, false, false},
		"out of operations":          {change(func(s *ledger.Item) { s.Operations, s.OpenShards = used[:2], 4 }), 0, false, true},
		"with more than the limit":   {change(func(s *ledger.Item) { s.Operations, s.OpenShards = used, 4 }), 0, false, true},
		"suspended":                  {change(func(s *ledger.Item) { s.Status = ledger.Suspended }), 0, false, false},
		"enrolled, not seen as yet":  {change(func(s *ledger.Item) { s.OpenShards = 0 }), 0, false, false},
		"operations of the day past": {change(func(s *ledger.Item) { s.Operations = scaling.Operations{{At: now.Add(-30 * time.Hour)}} }), 2, true, false},
	} {
		state := report.StateOf(test.item, now)
		if state.OperationsLeft != test.left || state.AtMaximum() != test.full || state.OutOfBudget() != test.spent {
			t.Errorf("%s: %+v, at maximum %v, out of budget %v", name, state, state.AtMaximum(), state.OutOfBudget())
		}
	}
	if got, want := report.StateOf(item, now).Utilization, 0.4/item.UsableAt(8); got != want || got < 0.4 {
		t.Errorf("utilization %v, want %v", got, want)
	}
	if got := report.StateOf(item, now.Add(2*time.Hour)).Utilization; got != 0 {
		t.Errorf("an old utilization is told: %v", got)
	}
}
