package trial_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/race"
	"github.com/shardkeeper/shardkeeper/internal/simulate/traffic"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// A stream of days and nights that somebody sized for its highest minute refuses no more on its first day with a policy than
// it would without, but for chance, whenever the day begins; nothing is known of it. target-tracking is cheaper by then.
// double-halve may double it once, which costs until the night.
func TestAWellSizedStreamIsNoWorseOnItsFirstDay(t *testing.T) {
	race.SkipLong(t)
	const chance = 0.0002 // of the records
	mostHours := map[scaling.Policy]float64{scaling.TargetTracking: 1, scaling.DoubleHalve: 1.45}
	for _, policy := range scaling.Policies() {
		for _, name := range []string{"typical", "spiky"} {
			for _, hour := range []int{0, 6, 12, 18} {
				t.Run(fmt.Sprintf("%s/%s/from %d", policy, name, hour), func(t *testing.T) {
					t.Parallel()
					p := keys(t, name)
					days, err := traffic.Make(t.Context(), traffic.Spec{Kind: traffic.Days, Days: 3, Seed: 1, Peak: 40, Start: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)})
					if err != nil {
						t.Fatal(err)
					}
					size := 40
					for trial.RefusedAt(days, p.Spread(), size) > chance/2 {
						size++
					}
					day := days
					day.Start, day.Minutes = day.Start.Add(time.Duration(hour)*time.Hour), day.Minutes[hour*60:hour*60+trial.MinutesOfDay]
					got, err := trial.Run(t.Context(), trial.Spec{Trace: day, StartShards: size, Settings: scaling.Layer{"policy": string(policy)}, Spread: p.Spread()})
					if err != nil {
						t.Fatal(err)
					}
					if refused, without := got.Usage.ThrottledShare(), trial.RefusedAt(day, p.Spread(), size); refused > without+chance {
						t.Errorf("from %d shards it refuses %.6f, and without a policy %.6f", size, refused, without)
					}
					if hours, without := got.Usage.ShardHours(), 24*float64(size); hours > mostHours[policy]*without {
						t.Errorf("from %d shards it takes %.0f shard-hours, and without a policy %.0f", size, hours, without)
					}
				})
			}
		}
	}
}
