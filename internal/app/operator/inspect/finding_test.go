package inspect_test

import (
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/app/operator/inspect"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

func noon() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }

// well is a stack with one stream, of which nothing is wrong.
func well() (inspect.Health, *ledger.Item) {
	settings := scaling.Defaults(scaling.TargetTracking)
	alarm := scaling.AlarmStatus{Exists: true, InSync: true, State: scaling.StateOK, ChangedAt: noon().Add(-time.Hour)}
	h := inspect.Health{
		Items: []ledger.Item{{
			Name: "orders", Status: ledger.Enrolled, Settings: settings, OpenShards: 4, SeenAt: noon().Add(-time.Minute), DueAt: noon().Add(time.Minute),
		}},
		Fleet:  ledger.Fleet{Account: scaling.Account{ShardLimit: 500, OpenShards: 100, At: noon()}, Swept: noon().Add(-time.Hour)},
		Pairs:  map[string]scaling.AlarmPair{"orders": {Up: alarm, Down: alarm}},
		Synced: true, Letters: map[string]int{"scaler": 0},
		Wiring: inspect.Wiring{
			Trail: &inspect.Trail{Logging: true}, Rules: []inspect.Rule{{"a", true}, {"b", true}, {"c", true}},
			Topics: []inspect.Topic{{ARN: "arn:alarms", Function: "scaler", Hears: true}, {ARN: "arn:people", Hears: true}},
		},
	}
	return h, &h.Items[0]
}

func TestEachFindingHasItsCause(t *testing.T) {
	if h, _ := well(); len(h.Findings(noon())) > 0 {
		t.Fatalf("a stack of which nothing is wrong: %+v", h.Findings(noon()))
	}
	for says, test := range map[string]struct {
		grave bool
		cause func(h *inspect.Health, s *ledger.Item)
	}{
		"all resharding is paused": {true, func(h *inspect.Health, _ *ledger.Item) {
			h.Pause = ledger.Pause{InForce: true, At: noon(), Who: "ana", Why: "x"}
		}},
		"1 of 1 streams are due": {true, func(_ *inspect.Health, s *ledger.Item) { s.DueAt = noon().Add(-11 * time.Minute) }},
		"concurrency of the account was last read: 16m0s ago": {false, func(h *inspect.Health, _ *ledger.Item) {
			h.Fleet.Account.ShardsAt, h.Fleet.Account.At = noon(), noon().Add(-16*time.Minute)
		}},
		"shards of the account were last read: 16m0s ago": {false, func(h *inspect.Health, _ *ledger.Item) {
			h.Fleet.Account.ShardsAt = noon().Add(-16 * time.Minute)
		}},
		"450 of 500 shards":           {true, func(h *inspect.Health, _ *ledger.Item) { h.Fleet.Account.OpenShards = 450 }},
		"last swept by their tags":    {false, func(h *inspect.Health, _ *ledger.Item) { h.Fleet.Swept = time.Time{} }},
		"2 messages":                  {true, func(h *inspect.Health, _ *ledger.Item) { h.Letters["scaler"] = 2 }},
		"its settings cannot be used": {false, func(_ *inspect.Health, s *ledger.Item) { s.SettingsFault = "min-shards" }},
		"it is suspended: on-demand": {true, func(_ *inspect.Health, s *ledger.Item) {
			s.Status, s.StatusReason = ledger.Suspended, ledger.SuspendedOnDemand
		}},
		"keeps setting its size back": {true, func(_ *inspect.Health, s *ledger.Item) {
			s.Opposed = ledger.Opposed{By: "Terraform", HeldUntil: noon().Add(1)}
		}},
		"it is paused: the setting pause is both":       {true, func(_ *inspect.Health, s *ledger.Item) { s.Overrides = scaling.Layer{"pause": "both"} }},
		"it is paused: the setting pause is scale-down": {false, func(_ *inspect.Health, s *ledger.Item) { s.Overrides = scaling.Layer{"pause": "scale-down"} }},
		"it is full, and the last 2 claims led to no operation": {true, func(h *inspect.Health, s *ledger.Item) {
			s.FailedClaims = 2
			up := h.Pairs["orders"].Up
			up.State, s.Up.Handled = scaling.StateAlarm, up.ChangedAt
			h.Pairs["orders"] = scaling.AlarmPair{Up: up, Down: h.Pairs["orders"].Down}
		}},
		"a hot key is suspected": {true, func(_ *inspect.Health, s *ledger.Item) { s.HotKey.After.Shards = 4 }},
		"nobody has written to it for 24h0m0s; it has 4 shards": {false, func(h *inspect.Health, s *ledger.Item) {
			h.Silent, s.EnrolledAt = []string{"orders"}, noon().Add(-25*time.Hour)
		}},
		"its consumer":             {false, func(_ *inspect.Health, s *ledger.Item) { s.Trouble = ledger.ConsumerStopped }},
		"last seen ACTIVE: 1h1m0s": {false, func(_ *inspect.Health, s *ledger.Item) { s.SeenAt = noon().Add(-61 * time.Minute) }},
		"full at its maximum": {true, func(_ *inspect.Health, s *ledger.Item) {
			s.Settings.MaxShards, s.Measured.Utilization = 4, 0.99
		}},
		"operations of 24 hours are used": {false, func(_ *inspect.Health, s *ledger.Item) {
			s.Settings.OperationLimit, s.Operations = 1, scaling.Operations{{At: noon().Add(-time.Hour), From: 2, To: 4}}
		}},
		"orders-scale-up is not there": {true, func(h *inspect.Health, _ *ledger.Item) {
			h.Pairs["orders"] = scaling.AlarmPair{Down: h.Pairs["orders"].Down}
		}},
		"orders-scale-down is somebody else's": {true, func(h *inspect.Health, _ *ledger.Item) {
			h.Pairs["orders"] = scaling.AlarmPair{Up: h.Pairs["orders"].Up, Down: scaling.AlarmStatus{Exists: true, Foreign: true}}
		}},
		"is not as it should be": {false, func(h *inspect.Health, _ *ledger.Item) {
			h.Pairs["orders"] = scaling.AlarmPair{Up: scaling.AlarmStatus{Exists: true, ChangedAt: noon()}, Down: h.Pairs["orders"].Down}
		}},
		"the actions of its alarm orders-scale-down are disabled": {true, func(h *inspect.Health, _ *ledger.Item) {
			h.Pairs["orders"] = scaling.AlarmPair{Up: h.Pairs["orders"].Up, Down: scaling.AlarmStatus{Exists: true, InSync: true}}
		}},
		"orders-scale-up went off 16m0s ago, and nothing was decided": {true, func(h *inspect.Health, _ *ledger.Item) {
			h.Pairs["orders"] = scaling.AlarmPair{
				Up: scaling.AlarmStatus{Exists: true, InSync: true, State: scaling.StateAlarm, ChangedAt: noon().Add(-16 * time.Minute)}, Down: h.Pairs["orders"].Down,
			}
		}},
		"no trail of CloudTrail logs management events here: new streams and tags are found by the hourly sweep only, and what others reshard is not counted at once (main does not log)": {
			false, func(h *inspect.Health, _ *ledger.Item) { h.Wiring.Trail = &inspect.Trail{Others: "main does not log"} },
		},
		"2 of 3 rules": {false, func(h *inspect.Health, _ *ledger.Item) { h.Wiring.Rules = h.Wiring.Rules[1:] }},
		"the rule b is disabled": {false, func(h *inspect.Health, _ *ledger.Item) {
			h.Wiring.Rules = []inspect.Rule{{"a", true}, {"b", false}, {"c", true}}
		}},
		"arn:alarms: no alarm reaches it":    {true, func(h *inspect.Health, _ *ledger.Item) { h.Wiring.Topics[0].Hears = false }},
		"nobody is subscribed to arn:people": {false, func(h *inspect.Health, _ *ledger.Item) { h.Wiring.Topics[1].Hears = false }},
		"ana@example.org has not confirmed":  {false, func(h *inspect.Health, _ *ledger.Item) { h.Wiring.Topics[1].Pending = []string{"ana@example.org"} }},
		"its role may not: kinesis:UpdateShardCount (no policy allows it), kinesis:ListStreams (a policy denies it)": {true, func(h *inspect.Health, _ *ledger.Item) {
			h.Wiring.Denied = []inspect.Denied{{"scaler", "kinesis:UpdateShardCount", "no policy allows it"}, {"scaler", "kinesis:ListStreams", "a policy denies it"}}
		}},
		"you may not: dynamodb:UpdateItem": {false, func(h *inspect.Health, _ *ledger.Item) {
			h.Wiring.Denied = []inspect.Denied{{inspect.You, "dynamodb:UpdateItem", "no policy allows it"}}
		}},
	} {
		h, s := well()
		test.cause(&h, s)
		found := h.Findings(noon())
		if len(found) != 1 || !strings.Contains(found[0].Detail, says) || found[0].Grave != test.grave || found[0].Mend == "" {
			t.Errorf("%s: %+v", says, found)
		}
	}
}

// What cannot be known is no finding.
func TestWhatIsNotKnownIsNoFinding(t *testing.T) {
	h, s := well()
	h.Pairs, h.Letters, h.Wiring = nil, nil, inspect.Wiring{}
	s.InFlight = &ledger.Entry{}
	if found := h.Findings(noon()); len(found) > 0 {
		t.Errorf("%+v", found)
	}
	h, _ = well()
	h.Synced = false
	h.Pairs["orders"] = scaling.AlarmPair{Up: scaling.AlarmStatus{Exists: true, ChangedAt: noon()}, Down: scaling.AlarmStatus{Exists: true, ChangedAt: noon()}}
	if found := h.Findings(noon()); len(found) > 0 {
		t.Errorf("alarms of which the topic is not known: %+v", found)
	}
	if found := (inspect.Health{}).Findings(noon()); len(found) > 0 {
		t.Errorf("an empty stack: %+v", found)
	}
}

// An alarm that was answered, or is to be answered later, is no finding.
func TestAnAlarmThatWasAnswered(t *testing.T) {
	for name, change := range map[string]func(h *inspect.Health, s *ledger.Item){
		"decided":     func(_ *inspect.Health, s *ledger.Item) { s.Up.Handled = noon().Add(-16 * time.Minute) },
		"asked again": func(_ *inspect.Health, s *ledger.Item) { s.Up.RetryAt = noon().Add(time.Minute) },
		"in flight":   func(_ *inspect.Health, s *ledger.Item) { s.InFlight = &ledger.Entry{} },
		"a minute ago": func(h *inspect.Health, _ *ledger.Item) {
			pair := h.Pairs["orders"]
			pair.Up.ChangedAt = noon().Add(-time.Minute)
			h.Pairs["orders"] = pair
		},
	} {
		h, s := well()
		pair := h.Pairs["orders"]
		pair.Up.State, pair.Up.ChangedAt = scaling.StateAlarm, noon().Add(-16*time.Minute)
		h.Pairs["orders"] = pair
		if change(&h, s); len(h.Findings(noon())) > 0 {
			t.Errorf("%s: %+v", name, h.Findings(noon()))
		}
	}
}

func TestGraveFindingsComeFirst(t *testing.T) {
	h, s := well()
	h.Fleet.Swept = time.Time{}
	s.Status, s.StatusReason = ledger.Suspended, ledger.SuspendedOnDemand
	if found := h.Findings(noon()); len(found) != 2 || !found[0].Grave || found[1].Grave {
		t.Errorf("%+v", found)
	}
}

// What mends a suspended stream depends on why it is, and names the stream.
func TestASuspendedStreamIsMendedByItsReason(t *testing.T) {
	for reason, want := range map[string]string{
		ledger.SuspendedOnDemand: "switch orders to provisioned, or take its tag shardkeeper away",
		ledger.SuspendedSettings: "mend the tag or the override of orders that is named above",
		ledger.SuspendedAlarm:    "delete or rename the alarm, orders-scale-up or orders-scale-down: docs/runbook.md",
		"something new":          "shardkeeper show orders says which, and docs/runbook.md what to do",
	} {
		h, s := well()
		s.Status, s.StatusReason = ledger.Suspended, reason
		found := h.Findings(noon())
		if len(found) != 1 || found[0].Mend != want {
			t.Errorf("%s: %+v, want %q", reason, found, want)
		}
	}
}

// Advice that is a command names the stream, so that it can be pasted.
func TestAdviceNamesTheStream(t *testing.T) {
	h, s := well()
	s.Opposed = ledger.Opposed{By: "Terraform", HeldUntil: noon().Add(1)}
	if found := h.Findings(noon()); len(found) != 1 || !strings.Contains(found[0].Mend, "shardkeeper resume orders") {
		t.Errorf("%+v", found)
	}
}
