package planner_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/planner"
)

// What is needed soon whatever the load is kept, and not bought; what is needed late is worth two operations.
func TestChooseKeepsForAMinimum(t *testing.T) {
	for _, c := range []struct {
		name              string
		open, least, want int
		in                time.Duration
	}{
		{"in half an hour", 8, 8, 8, 30 * time.Minute},
		{"a part of it", 10, 7, 7, 30 * time.Minute},
		{"more than there is", 8, 64, 8, 30 * time.Minute},
		{"in eleven hours", 8, 8, 5, 11 * time.Hour},
		{"in two days", 8, 8, 5, 48 * time.Hour},
	} {
		config := config()
		config.Minimum = func(_, to time.Time) int {
			if to.After(noon().Add(c.in)) {
				return c.least
			}
			return 0
		}
		got := planner.Choose(config, seen(noon(), 3, 4), planner.Stream{Now: noon(), OpenShards: c.open, Load: 4})
		if got.Shards != c.want {
			t.Errorf("%s: %d shards, want %d", c.name, got.Shards, c.want)
		}
	}
}
