package simulate_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// A stream between its two thresholds, with a hot key, rings no alarm: it is asked again all the same, told once each time,
// and does not grow for it without end.
func TestAHotKeyIsAskedAgainEachDay(t *testing.T) {
	hot, _ := profile.Named("hotkey")
	for _, policy := range scaling.Policies() {
		var seen log
		w := world(t, simulate.Options{Hooks: seen.hooks()})
		tags := map[string]string{scaling.ModeTag: "enabled", scaling.TagPrefix + "policy": string(policy), scaling.TagPrefix + "min-shards": "12"}
		create(t, w, simulate.StreamSpec{Shards: 16, Age: 48 * time.Hour, Tags: tags, Load: steady(8), Spread: hot.Spread()})
		const days = 4
		for range days * 24 * 6 {
			run(t, w, 10)
			if item, err := w.Registry().Load(t.Context(), "orders"); err == nil && item.HotKey.Suspected() && w.Now().After(item.HotKey.AskAt.Add(2*time.Minute)) {
				t.Fatalf("%s: it is %s, and was to be asked again at %s", policy, w.Now(), item.HotKey.AskAt)
			}
		}
		told := 0
		for _, r := range seen.reports {
			if r.HotKey != "" {
				told++
			}
		}
		if told < days-1 || told > days+1 {
			t.Errorf("%s: told %d times in %d days", policy, told, days)
		}
		if sum, err := w.Describe("orders"); err != nil || sum.OpenShards > 32 {
			t.Errorf("%s: %d shards, %v", policy, sum.OpenShards, err)
		}
	}
}
