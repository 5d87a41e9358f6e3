package ledger_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// A fault that is over because time has passed was mended by nobody, and the history does not say so. Who takes away or
// changes what was set has mended it.
func TestOnlyPeopleMendAMistake(t *testing.T) {
	most := tagged("max-shards", "10")
	tooMany := ledger.Timed{ID: "sale", From: noon(), Until: noon().Add(time.Hour), Settings: scaling.Layer{"min-shards": "12"}}
	daily := ledger.Timed{ID: "daily", From: noon(), Schedule: "mon-sun 12:00 UTC 1h", Settings: scaling.Layer{"scale-up-reserve": "99"}}
	mended := []string{"settings: the mistake was mended"}
	for name, c := range map[string]struct {
		rules   ledger.Rules
		timed   ledger.Timed
		tags    scaling.Layer // later
		minutes int           // when
		change  func(*ledger.Item)
		want    []string
	}{
		"it ends":                       {timed: tooMany, tags: most, minutes: 60},
		"its hour of the day ends":      {timed: daily, tags: most, minutes: 60},
		"it ends, above the ceiling":    {rules: ledger.Rules{MaxShardsCeiling: 20}, timed: ledger.Timed{ID: "x", From: noon(), Until: noon().Add(time.Hour), Settings: scaling.Layer{"max-shards": "30"}}, tags: tagged("max-shards", "20"), minutes: 60},
		"somebody takes it away":        {timed: tooMany, tags: most, minutes: 30, change: func(s *ledger.Item) { s.Timed = nil }, want: mended},
		"somebody takes it away, late":  {timed: tooMany, tags: most, minutes: 61, change: func(s *ledger.Item) { s.Timed = nil }, want: mended},
		"somebody sets what fits":       {timed: tooMany, tags: most, minutes: 30, change: func(s *ledger.Item) { s.Timed[0].Settings = scaling.Layer{"min-shards": "1"} }, want: mended},
		"somebody gives it room by tag": {timed: tooMany, tags: tagged("max-shards", "12"), minutes: 30, want: []string{"settings: max-shards 10 -> 12; min-shards 1 -> 12"}},
	} {
		first := most
		if c.rules.MaxShardsCeiling > 0 {
			first = c.tags
		}
		s, _ := c.rules.Refresh(ledger.Item{Name: "orders"}, seen(4), first, noon().Add(-time.Minute), "enroller")
		s.Timed = []ledger.Timed{c.timed}
		s, entries := c.rules.Refresh(s, seen(4), first, noon(), "reconciler")
		if s.UpdatedAt = noon(); s.SettingsFault == "" || len(entries) != 1 {
			t.Fatalf("%s: no fault at first: %v", name, told(entries))
		}
		if c.change != nil {
			c.change(&s)
		}
		s, entries = c.rules.Refresh(s, seen(4), c.tags, noon().Add(time.Duration(c.minutes)*time.Minute), "reconciler")
		equal(t, name, told(entries), c.want)
		if s.SettingsFault != "" {
			t.Errorf("%s: fault %q", name, s.SettingsFault)
		}
	}
}
