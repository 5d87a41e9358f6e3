package ledger_test

import (
	"strings"
	"testing"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// A text that somebody wrote into an attribute of ours, as long as an item can be, is cut at the next look: else no later write of
// the item would find room, and the stream would be scaled no more.
func TestLongTextsAreCut(t *testing.T) {
	long := strings.Repeat("x", 390_000)
	for name, edit := range map[string]func(s *ledger.Item){
		"status_reason":  func(s *ledger.Item) { s.StatusReason = long },
		"settings_fault": func(s *ledger.Item) { s.SettingsFault = long },
		"lease_owner":    func(s *ledger.Item) { s.LeaseOwner = long },
		"set_back_by":    func(s *ledger.Item) { s.Opposed.By = long },
		"consumer":       func(s *ledger.Item) { s.Consumer.Function = long },
		"operations":     func(s *ledger.Item) { s.Operations[0].Actor = long },
		"recuts":         func(s *ledger.Item) { s.Recuts[0].ID = long },
		"in_flight":      func(s *ledger.Item) { s.InFlight.Detail = long },
		"draining":       func(s *ledger.Item) { s.Draining.Reasons[0].Detail = long },
	} {
		s := ledger.Item{Name: "orders", Status: ledger.Enrolled, Operations: operations(0), Recuts: []ledger.Recut{{At: noon(), ID: "call"}}}
		s.InFlight = &ledger.Entry{ID: "operation-1", At: noon(), Outcome: ledger.OutcomeAccepted}
		s.Draining = &ledger.Entry{ID: "operation-0", At: noon(), Reasons: scaling.Trail{{Code: scaling.Doubled}}}
		edit(&s)
		mended, told := s.Mended(noon(), "reconciler")
		if len(told) != 1 || !strings.Contains(told[0].Detail, name+" had a text of 390000 bytes") {
			t.Errorf("%s: told %v", name, told)
		}
		texts := mended.StatusReason + mended.SettingsFault + mended.LeaseOwner + mended.Opposed.By + mended.Consumer.Function +
			mended.Operations[0].Actor + mended.Recuts[0].ID + mended.InFlight.Detail + mended.Draining.Reasons[0].Detail
		if len(texts) > 3000 {
			t.Errorf("%s: %d bytes stay", name, len(texts))
		}
		if _, again := mended.Mended(noon(), "reconciler"); len(again) > 0 {
			t.Errorf("%s is told twice", name)
		}
	}
}
