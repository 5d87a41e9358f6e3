package inspect_test

import (
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/app/operator/inspect"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

func TestWhatAStreamWaitsFor(t *testing.T) {
	for says, change := range map[string]func(s *ledger.Item){
		"": func(*ledger.Item) {},
		"full at its maximum of 4 shards": func(s *ledger.Item) {
			s.Settings.MaxShards, s.Measured.Utilization = 4, 0.99
		},
		"the setting pause is both": func(s *ledger.Item) { s.Overrides = scaling.Layer{"pause": "both"} },
		"the setting pause is scale-down": func(s *ledger.Item) {
			s.Timed = []ledger.Timed{{ID: "x", From: noon(), Until: noon().Add(time.Hour), Settings: scaling.Layer{"pause": "scale-down"}}}
		},
		"suspended: on-demand": func(s *ledger.Item) { // its alarms are deleted, so none is asked again
			s.Status, s.StatusReason, s.Down.RetryAt = ledger.Suspended, ledger.SuspendedOnDemand, noon().Add(time.Minute)
		},
		"a scale up is held, and shardkeeper explain orders says why": func(s *ledger.Item) { s.Up.RetryAt = noon().Add(time.Minute) }, // as by the account's quota
	} {
		_, s := well()
		change(s)
		waits := inspect.Waits(*s, ledger.Pause{}, noon())
		if says == "" && len(waits) > 0 || says != "" && (len(waits) != 1 || !strings.Contains(waits[0].String(), says)) {
			t.Errorf("%q: %+v", says, waits)
		}
	}
	_, s := well()
	s.HotKey = scaling.HotKey{After: scaling.Refusals{At: noon(), Shards: 4, Share: 0.1}, AskAt: noon().Add(time.Hour)}
	if waits := inspect.Waits(*s, ledger.Pause{}, noon()); len(waits) != 1 || !waits[0].Until.Equal(s.HotKey.AskAt) {
		t.Errorf("a hot key is suspected: %+v", waits)
	}
	if waits := inspect.Waits(*s, ledger.Pause{}, s.HotKey.AskAt); len(waits) > 0 {
		t.Errorf("its time is over, and the next look asks again: %+v", waits)
	}
	_, s = well()
	s.FailedClaims, s.Up.RetryAt = 3, noon().Add(time.Minute)
	if waits := inspect.Waits(*s, ledger.Pause{}, noon()); len(waits) != 2 || waits[0].Code != scaling.HoldServiceRefused || waits[0].Detail != "the last 3 claims led to no operation" {
		t.Errorf("refused three times, and to be asked again: %+v", waits)
	}
	if waits := inspect.Waits(*s, ledger.Pause{}, noon().Add(time.Hour)); len(waits) > 0 {
		t.Errorf("nothing asks any more: %+v", waits)
	}
	_, s = well()
	s.Settings.MaxShards, s.Measured.Utilization = 4, 0.5
	if waits := inspect.Waits(*s, ledger.Pause{}, noon()); len(waits) > 0 {
		t.Errorf("at its maximum, and not full: %+v", waits)
	}
}
