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
