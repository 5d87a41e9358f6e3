package trial_test

// Keys that no number of shards helps must not make a stream grow and grow: they cost hardly more than usual keys. Where
// a burst comes out of nothing, growing is tried once, and the three days of this traffic hold hardly more than that.

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/internal/simulate/traffic"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/scaling"
)

func TestKeysThatNoShardsHelpAreNoRunaway(t *testing.T) {
	for _, kind := range traffic.Kinds() {
		for _, policy := range scaling.Policies() {
			t.Run(string(kind)+"/"+string(policy), func(t *testing.T) {
				t.Parallel()
				minutes, err := traffic.Make(traffic.Spec{Kind: kind, Start: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), Days: 3, Peak: 40, Seed: 1})
				if err != nil {
					t.Fatal(err)
				}
				usage := map[string]trial.Result{}
				for _, name := range []string{"typical", "hotkey", "fewkeys"} {
					p, err := profile.Named(name)
					if err != nil {
						t.Fatal(err)
					}
					usage[name], err = trial.Run(t.Context(), trial.Spec{
						Trace: minutes, Settings: scaling.Layer{"policy": string(policy)}, Spread: p.Spread(),
					})
					if err != nil {
						t.Fatal(err)
					}
				}
				usual := usage["typical"]
				hours, shards := 1.1, 1.15 // times those of usual keys
				if kind == traffic.News {
					hours, shards = 1.9, 1.9
				}
				for _, name := range []string{"hotkey", "fewkeys"} {
					got := usage[name]
					if took, usually := got.Usage.ShardHours(), usual.Usage.ShardHours(); took > hours*usually {
						t.Errorf("%s takes %.0f shard-hours, typical %.0f", name, took, usually)
					}
					if float64(got.HighestShards) > shards*float64(usual.HighestShards) {
						t.Errorf("%s has up to %d shards, typical %d", name, got.HighestShards, usual.HighestShards)
					}
				}
			})
		}
	}
}
