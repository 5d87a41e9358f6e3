package inspect_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/app/operator/inspect"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Each setting is told with the highest source that it comes from, now.
func TestSources(t *testing.T) {
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	item := ledger.Item{
		Name: "orders", Status: ledger.Enrolled, SettingsRevision: 1, Tags: scaling.Layer{"mode": "enabled", "min-shards": "2", "max-shards": "20"},
		Overrides: scaling.Layer{"min-shards": "3"},
		Timed: []ledger.Timed{
			{ID: "sale", Until: now.Add(time.Hour), Settings: scaling.Layer{"min-shards": "12"}},
			{ID: "broken", Until: now.Add(time.Hour), Settings: scaling.Layer{"max-shards": "1"}},
		},
	}
	rules := ledger.Rules{Defaults: scaling.Layer{"scale-up-reserve": "3"}}
	for _, c := range []struct {
		at   time.Time
		want map[string]inspect.Source
	}{
		{now, map[string]inspect.Source{"min-shards": inspect.FromTimed, "max-shards": inspect.FromTag, "mode": inspect.FromTag, "scale-up-reserve": inspect.FromStack, "policy": inspect.FromDefault}},
		{now.Add(time.Hour), map[string]inspect.Source{"min-shards": inspect.FromOverride, "max-shards": inspect.FromTag}},
	} {
		item, _ = rules.InForce(item, c.at, "reconciler")
		for _, s := range inspect.Sources(item, c.at) {
			if want, asked := c.want[s.Name]; asked && s.From != want {
				t.Errorf("at %s: %s=%s comes from %s, want %s", c.at, s.Name, s.Value, s.From, want)
			}
		}
	}
}

// A minimum that a schedule makes is told as the schedule's, on the way to a period too.
func TestSourcesOfASchedule(t *testing.T) {
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC) // a Thursday
	item := ledger.Item{
		Name: "orders", Status: ledger.Enrolled, SettingsRevision: 1, Tags: scaling.Layer{"mode": "enabled", "min-shards": "2", "schedule": "thu 13:00 UTC 1h min=12"},
		Timed: []ledger.Timed{{ID: "set-1", Schedule: "thu 14:00 UTC 1h", Settings: scaling.Layer{"min-shards": "20", "max-shards": "30"}}},
	}
	for _, c := range []struct {
		minutes                      int
		least, leastFrom, most, from string
	}{
		{0, "2", "tag", "default", "timed"},
		{45, "6", "schedule", "default", "timed"},
		{60, "12", "schedule", "default", "timed"},
		{125, "20", "timed", "timed", "timed"},
	} {
		at := now.Add(time.Duration(c.minutes) * time.Minute)
		item, _ = ledger.Rules{}.InForce(item, at, "reconciler")
		got := map[string]inspect.Sourced{}
		for _, s := range inspect.Sources(item, at) {
			got[s.Name] = s
		}
		least, most, from := got["min-shards"], got["max-shards"].From, got["schedule"].From
		if least.Value != c.least || string(least.From) != c.leastFrom || string(most) != c.most || string(from) != c.from {
			t.Errorf("after %d minutes: min-shards=%s from %s, max-shards from %s, schedule from %s; want %+v", c.minutes, least.Value, least.From, most, from, c)
		}
	}
}
