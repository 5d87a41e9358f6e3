package trial_test

// Keys that no number of shards helps must not make a stream grow and grow: they cost hardly more than usual keys. Where
// a burst comes out of nothing, growing is tried once, and the three days of this traffic hold hardly more than that. How far
// one such trial leads is chance, so several streams are counted together.

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/race"
	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/internal/simulate/traffic"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/scaling"
)

func TestKeysThatNoShardsHelpAreNoRunaway(t *testing.T) {
	race.SkipLong(t)
	for _, kind := range traffic.Kinds() {
		for _, policy := range scaling.Policies() {
			t.Run(string(kind)+"/"+string(policy), func(t *testing.T) {
				t.Parallel()
				seeds := []uint64{1}
				hours, shards := 1.1, 1.15 // times those of usual keys
				if kind == traffic.News {
					seeds, hours, shards = []uint64{1, 3, 4}, 1.6, 1.6
				}
				if kind == traffic.Flashes {
					seeds = []uint64{1, 2, 3, 4, 5, 6}
				}
				usually := usage(t, kind, policy, "typical", seeds)
				for _, name := range []string{"hotkey", "fewkeys"} {
					got := usage(t, kind, policy, name, seeds)
					if got.hours > hours*usually.hours {
						t.Errorf("%s takes %.0f shard-hours, typical %.0f", name, got.hours, usually.hours)
					}
					if got.shards > shards*usually.shards {
						t.Errorf("%s has up to %.0f shards, typical %.0f", name, got.shards, usually.shards)
					}
				}
			})
		}
	}
}

// Uneven seconds refuse records of a shard that is half full on average. Its only shard looks as one with a hot key, so growing is
// tried, and helps.
func TestHalfAShardOfUnevenSecondsIsNoHotKey(t *testing.T) {
	p := keys(t, "typical")
	p.Burst = 0.5
	for _, policy := range scaling.Policies() {
		got, err := trial.Run(t.Context(), trial.Spec{Trace: flat(2*trial.MinutesOfDay, 0.5), Settings: scaling.Layer{"policy": string(policy)}, Spread: p.Spread()})
		if err != nil {
			t.Fatal(err)
		}
		if refused := got.Usage.ThrottledShare(); refused > 0.001 || got.HighestShards != 2 {
			t.Errorf("%s: %.4f is refused, with %d shards at most", policy, refused, got.HighestShards)
		}
	}
}

// used is what streams took together.
type used struct {
	hours  float64 // shard-hours
	shards float64 // the most that each had
}

func usage(t *testing.T, kind traffic.Kind, policy scaling.Policy, keys string, seeds []uint64) used {
	t.Helper()
	var all used
	for _, seed := range seeds {
		got := played(t, traffic.Spec{Kind: kind, Days: 3, Seed: seed}, policy, keys, 0)
		all.hours += got.Usage.ShardHours()
		all.shards += float64(got.HighestShards)
	}
	return all
}

// played is a stream of made traffic with a peak of 40 shards, under a policy, with the keys of a profile and producers that
// send again for some minutes.
func played(t *testing.T, spec traffic.Spec, policy scaling.Policy, of string, resend int) *trial.Result {
	t.Helper()
	p := keys(t, of)
	spec.Start, spec.Peak = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), 40
	minutes, err := traffic.Make(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	got, err := trial.Run(t.Context(), trial.Spec{Trace: minutes, Settings: scaling.Layer{"policy": string(policy)}, Spread: p.Spread(), ResendMinutes: resend})
	if err != nil {
		t.Fatal(err)
	}
	return &got
}

// keys is the profile of a name.
func keys(t *testing.T, of string) profile.Profile {
	t.Helper()
	p, err := profile.Named(of)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
