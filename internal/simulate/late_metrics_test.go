package simulate_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// A stream whose metrics are seen four minutes after their minute, or sooner, is given what it needs, nearly as one whose metrics are
// seen at once.
func TestLateMetricsCostLittle(t *testing.T) {
	typical, err := profile.Named(profile.Default)
	if err != nil {
		t.Fatal(err)
	}
	for _, policy := range scaling.Policies() {
		for late := range 5 {
			numbers := simulate.DefaultNumbers()
			numbers.MetricDelay = 1 + late
			w := world(t, simulate.Options{Numbers: &numbers})
			tags := map[string]string{scaling.ModeTag: "enabled", scaling.TagPrefix + "policy": string(policy)}
			create(t, w, simulate.StreamSpec{Shards: 8, Age: time.Hour, Tags: tags, Load: dayCurve(3, 30), Spread: typical.Spread()})
			pass(t, w, 2*1440)
			usage, err := w.Usage("orders")
			if err != nil || usage.ThrottledShare() > 0.0005 {
				t.Errorf("%s, %d minutes late: refused %.3f %%, %v", policy, late, 100*usage.ThrottledShare(), err)
			}
		}
	}
}

// The scale-up alarm looks back for minutes that come late, so one that refused records holds it in ALARM for some minutes. It is
// answered with one growth all the same.
func TestAMinuteIsAnsweredOnce(t *testing.T) {
	for _, policy := range scaling.Policies() {
		w := world(t, simulate.Options{})
		tags := map[string]string{scaling.ModeTag: "enabled", scaling.TagPrefix + "policy": string(policy)}
		load := scaled(func(minute int) float64 {
			if minute == 30 {
				return 4
			}
			return 1
		})
		create(t, w, simulate.StreamSpec{Shards: 2, Age: time.Hour, Tags: tags, Load: load})
		pass(t, w, 60)
		if s, err := w.Describe("orders"); err != nil || s.OpenShards != 4 {
			t.Errorf("%s: %d shards after one minute above 2, want 4; %v", policy, s.OpenShards, err)
		}
	}
}
