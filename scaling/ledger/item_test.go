package ledger_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

func TestStreamWatch(t *testing.T) {
	var s ledger.Item
	s.Watch(scaling.Up).Handled, s.Watch(scaling.Down).Handled = noon(), noon().Add(1)
	equal(t, "up", s.Up.Handled, noon())
	equal(t, "down", s.Down.Handled, noon().Add(1))
}

func TestDueBy(t *testing.T) {
	var s ledger.Item
	for _, step := range []struct{ at, want time.Duration }{{10, 10}, {20, 10}, {5, 5}, {5, 5}} {
		s.DueBy(noon().Add(step.at))
		equal(t, "due", s.DueAt, noon().Add(step.want))
	}
}

func TestDefer(t *testing.T) {
	var s ledger.Item
	s.Defer(scaling.Down, noon())
	equal(t, "deferred", s, ledger.Item{Down: ledger.Watch{RetryAt: noon()}, DueAt: noon()})
	s.Defer(scaling.Down, time.Time{})
	equal(t, "not deferred any more", s, ledger.Item{DueAt: noon()})
}

func TestAlarmsInSync(t *testing.T) {
	s := enrolled(4)
	s.Alarms = ledger.AlarmsHeld{Shards: 4, SettingsRevision: 1}
	equal(t, "in sync", s.AlarmsInSync(), true)
	s.OpenShards = 8
	equal(t, "other shards", s.AlarmsInSync(), false)
	s.OpenShards, s.SettingsRevision = 4, 2
	equal(t, "other settings", s.AlarmsInSync(), false)
}

// A clone shares nothing: whatever is done to it, the original stays.
func TestClone(t *testing.T) {
	s := inFlight(t, ledger.OutcomeAccepted)
	unchanged := untouched(t, s)
	c := s.Clone()
	equalStream(t, c, s)
	c.Tags["mode"], c.Overrides["min-shards"] = "disabled", "9"
	c.Operations[0].To, c.InFlight.To, c.InFlight.Reasons[0].Code = 99, 99, "other"
	unchanged()
	equalStream(t, ledger.Item{}.Clone(), ledger.Item{})
}
