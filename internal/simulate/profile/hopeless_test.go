package profile_test

import (
	"math"
	"testing"

	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
)

// What is refused however many shards there are is what so many refuse that each key has one of its own.
func TestWhatEverySizeRefuses(t *testing.T) {
	const alone = 1_000_000 // shards
	for name, test := range map[string]struct {
		profile profile.Profile
		demand  float64
		want    float64 // -1: as it is with so many shards
	}{
		"no key fills a shard":             {profile.Profile{Keys: 50}, 50, 0},
		"fifty keys of two shards each":    {profile.Profile{Keys: 50}, 100, 50},
		"a thousand keys of three":         {profile.Profile{Keys: 1000}, 3000, 2000},
		"the hot key only":                 {profile.Profile{HotKey: 0.5}, 4, 1},
		"keys and seconds that are unlike": {profile.Profile{Keys: 60, Zipf: 0.5, Burst: 0.2, KeySeed: 1}, 90, -1},
	} {
		s := test.profile.Spread()
		if test.want < 0 {
			test.want = s.Shards(0, profile.Even(alone)).Refused(test.demand)
		}
		if got := s.Hopeless(0, test.demand); math.Abs(got-test.want) > 1e-6 {
			t.Errorf("%s: %v of %v refused at every size, want %v", name, got, test.demand, test.want)
		}
	}
}
