package planner_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/planner"
)

// A lead may be longer than a half-hour: the load doubles at two o'clock each day, and it is twenty past twelve.
func TestChooseLeadsByAsLongAsItIsTold(t *testing.T) {
	now := noon().Add(20 * time.Minute)
	past := planner.NewPast(now)
	for minute := now.AddDate(0, 0, -3); minute.Before(now); minute = minute.Add(time.Minute) {
		load := 2.0
		if minute.Hour() >= 14 {
			load = 4
		}
		past.Add(minute, load)
	}
	for _, c := range []struct {
		name string
		lead time.Duration
		open int
		want int
		soon bool
	}{
		{"long before it", 30 * time.Minute, 3, 3, false},
		{"an hour is too short yet", time.Hour, 3, 3, false},
		{"soon", 99 * time.Minute, 3, 3, true},
		{"just in time", 100 * time.Minute, 3, 5, false},
		{"a day", 24 * time.Hour, 3, 5, false},
		{"shards that are needed again within it stay", 100 * time.Minute, 5, 5, false},
	} {
		conf := config()
		conf.Lead, conf.MaxGrowth = c.lead, 1
		got := planner.Choose(conf, past, planner.Stream{Now: now, OpenShards: c.open, Load: 2})
		if got.Shards != c.want || got.Soon != c.soon {
			t.Errorf("%s: got %d, soon %v, want %d, %v", c.name, got.Shards, got.Soon, c.want, c.soon)
		}
	}
}
