package ledger_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// A minimum at times of its own that the maximum does not allow is told, as that of the setting schedule is.
func TestATimedMinimumAboveTheMaximumIsTold(t *testing.T) {
	market := ledger.Timed{ID: "market", Schedule: "mon 13:00 UTC 1h", Settings: scaling.Layer{"min-shards": "12"}}
	small := ledger.Timed{ID: "scale-1", Until: noon().Add(2 * time.Hour), Settings: scaling.Layer{"min-shards": "4", "max-shards": "4"}}
	const told = "timed override market: min=12 is above max-shards 8, so it is 8"
	for _, c := range []struct {
		name  string
		most  string
		rules ledger.Rules
		timed []ledger.Timed
		want  string
	}{
		{"a tag's maximum", "8", ledger.Rules{}, []ledger.Timed{market}, told},
		{"the stack's ceiling", "", ledger.Rules{MaxShardsCeiling: 8}, []ledger.Timed{market}, told},
		{"room for it", "12", ledger.Rules{}, []ledger.Timed{market}, ""},
		{"what a person sets above it for a while is meant so", "", ledger.Rules{}, []ledger.Timed{market, small}, ""},
	} {
		tags := tagged("max-shards", c.most)
		s := fresh(t, tags)
		s.Timed = c.timed
		for _, minutes := range []int{0, 60, 90} {
			s, _ = c.rules.Refresh(s, seen(4), tags, noon().Add(time.Duration(minutes)*time.Minute), "reconciler")
			if s.SettingsFault != c.want {
				t.Errorf("%s, after %d minutes: min %d, fault %q, want %q", c.name, minutes, s.Settings.MinShards, s.SettingsFault, c.want)
			}
		}
	}
}
