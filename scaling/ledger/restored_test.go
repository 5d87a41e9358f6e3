package ledger_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

func TestARestoredItem(t *testing.T) {
	settings := scaling.Defaults(scaling.DoubleHalve)
	settings.OperationLimit, settings.ScaleUpReserve = 10, 3
	before := ledger.Item{
		Name: "orders", Status: ledger.Enrolled, OpenShards: 4, Fence: 7, Settings: settings, SettingsRevision: 1,
		LeaseOwner: "scaler/1", LeaseUntil: noon().Add(time.Minute), Alarms: ledger.AlarmsHeld{Shards: 4, SettingsRevision: 1},
		Operations: scaling.Operations{{At: noon().Add(-time.Hour), Direction: scaling.Up, From: 2, To: 4, Fence: 7}},
		InFlight:   &ledger.Entry{Stream: "orders", At: noon().Add(-time.Hour), ID: "op-7", Kind: ledger.KindOperation, Fence: 7, To: 4},
	}
	s, entries := before.Restored(noon(), "arn:ana")
	if s.Fence != noon().Unix() || s.InFlight != nil || !s.LeaseUntil.IsZero() || s.Alarms != (ledger.AlarmsHeld{}) || !s.DueAt.Equal(noon()) {
		t.Errorf("item %+v", s)
	}
	if len(entries) != 2 || entries[0].Outcome != ledger.OutcomeSuperseded || entries[1].Actor != "arn:ana" || before.InFlight == nil {
		t.Errorf("entries %+v", entries)
	}
	// Scale-downs have no slot for a day, scale-ups have those that are kept for them.
	equal(t, "used", s.Operations.Used(noon()), 7)
	equal(t, "a little less than a day later", s.Operations.Used(noon().Add(23*time.Hour+30*time.Minute)), 7)
	equal(t, "a day later", s.Operations.Used(noon().Add(25*time.Hour)), 0)
	_, _, err := s.Claim(ledger.Claim{Decision: wish(scaling.Up, 4, 8).Decision, Asked: scaling.Up, TransitionAt: noon(), Owner: "scaler/2", LeaseUntil: noon().Add(time.Minute)})
	equal(t, "a scale-up", err, nil)

	// The size that the stream has by now is nobody's resharding.
	sum := scaling.Summary{Name: "orders", Status: scaling.StatusActive, Mode: scaling.ModeProvisioned, OpenShards: 32}
	noticed, found := s.Noticed(sum, noon().Add(time.Minute))
	if noticed.OpenShards != 32 || len(found) > 0 {
		t.Errorf("%d shards, %+v", noticed.OpenShards, found)
	}

	again, _ := s.Restored(noon().Add(time.Minute), "arn:ana")
	if again.Fence <= s.Fence || again.Operations.Used(noon().Add(time.Minute)) != 7 {
		t.Errorf("restored twice: fence %d, %d used", again.Fence, again.Operations.Used(noon()))
	}
}

// A stream that is not enrolled may be enrolled again: with a fence above those that were granted since the backup,
// and no slot for scale-downs. It is not looked at because of that.
func TestARestoredItemThatIsNotEnrolled(t *testing.T) {
	for name, settings := range map[string]scaling.Settings{
		"settings as they were":        scaling.Defaults(scaling.DoubleHalve),
		"settings that cannot be used": {Mode: scaling.ModeDisabled},
	} {
		t.Run(name, func(t *testing.T) {
			before := ledger.Item{Name: "orders", Status: ledger.Unenrolled, Fence: 7, Settings: settings}
			s, entries := before.Restored(noon(), "arn:ana")
			equal(t, "fence", s.Fence, noon().Unix())
			equal(t, "used", s.Operations.Used(noon()), scaling.Defaults(scaling.DoubleHalve).Allowed(scaling.Down))
			equal(t, "entries", len(entries), 1)
			if s.Status != ledger.Unenrolled || !s.DueAt.IsZero() || !s.Up.RetryAt.IsZero() || !s.Down.RetryAt.IsZero() {
				t.Errorf("item %+v", s)
			}
		})
	}
}
