package simulate_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// A stream whose metrics are seen two minutes after their minute is given what it needs, nearly as one whose metrics are seen at once.
func TestLateMetricsCostLittle(t *testing.T) {
	typical, err := profile.Named(profile.Default)
	if err != nil {
		t.Fatal(err)
	}
	for _, policy := range scaling.Policies() {
		numbers := simulate.DefaultNumbers()
		numbers.MetricDelay = 3
		w := world(t, simulate.Options{Numbers: &numbers})
		tags := map[string]string{scaling.ModeTag: "enabled", scaling.TagPrefix + "policy": string(policy)}
		create(t, w, simulate.StreamSpec{Shards: 8, Age: time.Hour, Tags: tags, Load: dayCurve(3, 30), Spread: typical.Spread()})
		pass(t, w, 2*1440)
		usage, err := w.Usage("orders")
		if err != nil || usage.ThrottledShare() > 0.0005 {
			t.Errorf("%s: refused %.3f %%, %v", policy, 100*usage.ThrottledShare(), err)
		}
	}
}
