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

// What is set is not in force before the reconciler or the scaler has taken it up: until then each value is told with the
// source that it has now, and what comes is told beside it.
func TestSourcesOfWhatIsNotInForceYet(t *testing.T) {
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	rules := ledger.Rules{Defaults: scaling.Layer{"scale-up-reserve": "3"}, MaxShardsCeiling: 50}
	asked := ledger.Asked{At: now, Who: "ana"}
	set := func(pairs ...string) func(ledger.Item) ledger.Item {
		return func(s ledger.Item) ledger.Item {
			layer := scaling.Layer{}
			for i := 0; i < len(pairs); i += 2 {
				layer[pairs[i]] = pairs[i+1]
			}
			s, _ = s.Overridden(layer, nil, asked)
			return s
		}
	}
	for name, c := range map[string]struct {
		earlier, change func(ledger.Item) ledger.Item
		setting         string
		now, next       inspect.Sourced // of what follows, the value and the source
	}{
		"over a tag": {
			change: set("min-shards", "8"), setting: "min-shards",
			now: inspect.Sourced{Value: "2", From: inspect.FromTag}, next: inspect.Sourced{Value: "8", From: inspect.FromOverride},
		},
		"over a default": {
			change: set("calm-minutes", "30"), setting: "calm-minutes",
			now: inspect.Sourced{Value: "480", From: inspect.FromDefault}, next: inspect.Sourced{Value: "30", From: inspect.FromOverride},
		},
		"over an override": {
			earlier: set("min-shards", "5"), change: set("min-shards", "8"), setting: "min-shards",
			now: inspect.Sourced{Value: "5", From: inspect.FromBefore}, next: inspect.Sourced{Value: "8", From: inspect.FromOverride},
		},
		"taken away, down to a tag": {
			earlier: set("min-shards", "5"), setting: "min-shards",
			change: func(s ledger.Item) ledger.Item { s, _ = s.Overridden(nil, []string{"min-shards"}, asked); return s },
			now:    inspect.Sourced{Value: "5", From: inspect.FromBefore}, next: inspect.Sourced{Value: "2", From: inspect.FromTag},
		},
		"for a while": {
			change: func(s ledger.Item) ledger.Item {
				s, _, _ = s.WithTimed(ledger.Timed{ID: "sale", Until: now.Add(time.Hour), Settings: scaling.Layer{"min-shards": "12"}}, asked)
				return s
			},
			setting: "min-shards", now: inspect.Sourced{Value: "2", From: inspect.FromTag}, next: inspect.Sourced{Value: "12", From: inspect.FromTimed},
		},
		"another setting than the one that is set": {
			change: set("max-shards", "30"), setting: "scale-up-reserve", now: inspect.Sourced{Value: "3", From: inspect.FromStack},
		},
		"in other digits": {
			earlier: set("throttled-share", "0.250"), change: set("min-shards", "8"), setting: "throttled-share",
			now: inspect.Sourced{Value: "0.25", From: inspect.FromOverride},
		},
		"above the stack's ceiling": {
			earlier: set("max-shards", "200"), change: set("min-shards", "8"), setting: "max-shards", now: inspect.Sourced{Value: "50", From: inspect.FromStack},
		},
	} {
		item := ledger.Item{Name: "orders", Status: ledger.Enrolled}
		tags := scaling.Layer{"mode": "enabled", "min-shards": "2", "max-shards": "20"}
		if c.earlier != nil {
			item = c.earlier(item)
		}
		summary := scaling.Summary{Name: "orders", OpenShards: 4, Status: scaling.StatusActive}
		item, _ = rules.Refresh(item, summary, tags, now.Add(-time.Hour), "reconciler")
		item = c.change(item)
		check := func(what string, all []inspect.Sourced, want inspect.Sourced) {
			t.Helper()
			got := inspect.Sourced{}
			for _, s := range all {
				if s.Name == c.setting {
					got = inspect.Sourced{Value: s.Value, From: s.From}
				}
			}
			if got != want {
				t.Errorf("%s, %s: %s is %+v, want %+v", name, what, c.setting, got, want)
			}
		}
		check("before it is taken up", inspect.Sources(item, now), c.now)
		check("what comes", inspect.Next(item, now), c.next)
		item, _ = rules.Refresh(item, summary, tags, now, "reconciler")
		if next := inspect.Next(item, now); len(next) > 0 {
			t.Errorf("%s: %+v is to come after all was taken up", name, next)
		}
		if c.next != (inspect.Sourced{}) {
			check("when it is taken up", inspect.Sources(item, now), c.next)
		}
	}
}
