package ledger_test

import (
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

func TestNoTagIsAboveTheCeiling(t *testing.T) {
	timed := []ledger.Timed{{ID: "sale", From: noon(), Until: noon().Add(time.Hour), Settings: scaling.Layer{"max-shards": "900"}}}
	for _, c := range []struct {
		name        string
		rules       ledger.Rules
		item        ledger.Item
		tags        scaling.Layer
		least, most int
		told        string // part of the fault; empty: none
	}{
		{name: "no ceiling", tags: tagged("max-shards", "900"), least: 1, most: 900},
		{name: "nobody sets a maximum", rules: ledger.Rules{MaxShardsCeiling: 64}, tags: tagged(), least: 1, most: 64},
		{name: "a tag below it", rules: ledger.Rules{MaxShardsCeiling: 64}, tags: tagged("max-shards", "63"), least: 1, most: 63},
		{name: "a tag at it", rules: ledger.Rules{MaxShardsCeiling: 64}, tags: tagged("max-shards", "64"), least: 1, most: 64},
		{name: "a tag above it", rules: ledger.Rules{MaxShardsCeiling: 64}, tags: tagged("max-shards", "65"), least: 1, most: 64, told: "max-shards: 65 is above the stack's ceiling of 64"},
		{name: "a minimum above it", rules: ledger.Rules{MaxShardsCeiling: 64}, tags: tagged("max-shards", "900", "min-shards", "900"), least: 64, most: 64, told: "ceiling of 64"},
		{name: "a schedule above it", rules: ledger.Rules{MaxShardsCeiling: 64}, tags: tagged("schedule", "mon 11:00 UTC 3h min=900"), least: 64, most: 64, told: "min=900 is above max-shards 64"},
		{name: "an override above it", rules: ledger.Rules{MaxShardsCeiling: 64}, item: ledger.Item{Overrides: scaling.Layer{"max-shards": "900"}}, tags: tagged(), least: 1, most: 64, told: "ceiling of 64"},
		{name: "a timed override above it", rules: ledger.Rules{MaxShardsCeiling: 64}, item: ledger.Item{Timed: timed}, tags: tagged("max-shards", "8"), least: 1, most: 64, told: "max-shards: 900 is above the stack's ceiling of 64"},
		{name: "the stack's own default above it", rules: ledger.Rules{MaxShardsCeiling: 64, Defaults: scaling.Layer{"max-shards": "900"}}, tags: tagged(), least: 1, most: 64, told: "ceiling of 64"},
	} {
		c.item.Name = "orders"
		s, entries := c.rules.Refresh(c.item, seen(4), c.tags, noon(), "enroller")
		if s.Settings.MaxShards != c.most || s.Settings.MinShards != c.least || s.Status != ledger.Enrolled {
			t.Errorf("%s: min %d, max %d, %s; want %d, %d, enrolled", c.name, s.Settings.MinShards, s.Settings.MaxShards, s.Status, c.least, c.most)
		}
		if heard := strings.Join(told(entries), "\n"); !strings.Contains(s.SettingsFault, c.told) || !strings.Contains(heard, c.told) || (c.told == "") != (s.SettingsFault == "") {
			t.Errorf("%s: fault %q, told %s; want %q", c.name, s.SettingsFault, heard, c.told)
		}
		if _, again := c.rules.Refresh(s, seen(4), c.tags, noon(), "reconciler"); len(again) > 0 {
			t.Errorf("%s: told again: %v", c.name, told(again))
		}
	}
}

// A ceiling that is lowered counts for streams whose last good settings are above it, at once.
func TestALoweredCeilingCountsAtOnce(t *testing.T) {
	s := fresh(t, tagged("max-shards", "900"))
	rules := ledger.Rules{MaxShardsCeiling: 64}
	if now, entries := rules.InForce(s, noon(), "scaler"); now.Settings.MaxShards != 64 || len(entries) == 0 {
		t.Errorf("between two looks: max %d, told %v", now.Settings.MaxShards, told(entries))
	}
	if now, _ := rules.Refresh(s, seen(4), tagged("max-shards", "many"), noon(), "reconciler"); now.Settings.MaxShards != 64 {
		t.Errorf("with a tag that cannot be read: max %d", now.Settings.MaxShards)
	}
}
