package simulate_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// minutesWith is the first minute in which a stream has so many shards, and the last.
func minutesWith(seen []simulate.Minute, shards int) (first, last int) {
	first, last = -1, -1
	for i, m := range seen {
		if m.OpenShards < shards {
			continue
		}
		if first < 0 {
			first = i
		}
		last = i
	}
	return first, last
}

// A stream of 8 shards with a schedule for 64 has them when the period begins and not an hour earlier, all through it, and
// comes down after, each day anew; whatever its policy. Nothing but the schedule asks for so many.
func TestACampaignIsThereInTime(t *testing.T) {
	const at, length, day = 9*60 + 30, 3 * 60, 24 * 60
	for _, policy := range scaling.Policies() {
		t.Run(string(policy), func(t *testing.T) {
			var seen log
			w := world(t, simulate.Options{Hooks: seen.hooks()})
			tags := enabled()
			if policy != scaling.DoubleHalve {
				tags = map[string]string{scaling.ModeTag: string(scaling.ModeEnabled), "shardkeeper:policy": string(policy)}
			}
			tags["shardkeeper:min-shards"] = "4"
			tags["shardkeeper:schedule"] = "mon-fri 10.30 Europe/Berlin 3h min=64" // 09:30 in UTC
			create(t, w, simulate.StreamSpec{Shards: 8, Age: 30 * 24 * time.Hour, Tags: tags, Load: steady(5)})
			pass(t, w, 2*day)
			for d := range 2 {
				today := seen.minutes[d*day : (d+1)*day]
				first, last := minutesWith(today, 64)
				if first < 0 || first > at || first < at-60 {
					t.Errorf("day %d: 64 shards from minute %d on, want them by %d and not an hour earlier", d, first, at)
				}
				for i, m := range today[at : at+length] {
					if m.OpenShards < 64 {
						t.Fatalf("day %d: %d shards in minute %d of the period", d, m.OpenShards, i)
					}
				}
				if last > at+length+4*60 {
					t.Errorf("day %d: 64 shards until minute %d, the period ended at %d", d, last, at+length)
				}
			}
		})
	}
}
