package profile_test

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
)

func TestNamed(t *testing.T) {
	if _, err := profile.Named(profile.Default); err != nil {
		t.Error(err)
	}
	if _, err := profile.Named("usual"); err == nil || !strings.Contains(err.Error(), "typical, drift") {
		t.Errorf("an unknown name: %v", err)
	}
}

func TestValidate(t *testing.T) {
	for name, test := range map[string]struct {
		profile profile.Profile
		fault   string // empty: none
	}{
		"the zero value":      {profile.Profile{}, ""},
		"the most":            {profile.Profile{Keys: profile.MostKeys, Zipf: 5, Burst: 2, HotKey: 1, KeySeed: -1}, ""},
		"fewer than no keys":  {profile.Profile{Keys: -1}, "keys"},
		"too many keys":       {profile.Profile{Keys: profile.MostKeys + 1}, "keys"},
		"zipf below 0":        {profile.Profile{Zipf: -0.1}, "zipf"},
		"no number":           {profile.Profile{Zipf: math.NaN()}, "zipf"},
		"burst without end":   {profile.Profile{Burst: math.Inf(1)}, "burst"},
		"a key with too much": {profile.Profile{HotKey: 1.01}, "hot key"},
	} {
		err := test.profile.Validate()
		if (err == nil) != (test.fault == "") || err != nil && !strings.Contains(err.Error(), test.fault) {
			t.Errorf("%s: %v, want %q", name, err, test.fault)
		}
	}
}

// Figures that can be worked out by hand.
func TestRefusedByHand(t *testing.T) {
	split, err := profile.Even(2).Split(1) // a half and two quarters
	if err != nil {
		t.Fatal(err)
	}
	merged, err := split.Merge(0) // three quarters and a quarter
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		profile profile.Profile
		ranges  profile.Ranges
		demand  float64
		want    float64
	}{
		"even, all taken":                  {profile.Profile{}, profile.Even(4), 4, 0},
		"even, a third is too much":        {profile.Profile{}, profile.Even(2), 3, 1},
		"even, the larger half is full":    {profile.Profile{}, split, 2.2, 0.1},
		"even, all three are full":         {profile.Profile{}, split, 6, 3},
		"even, three quarters in a shard":  {profile.Profile{}, merged, 2, 0.5},
		"one key":                          {profile.Profile{Keys: 1}, profile.Even(8), 3, 2},
		"all in the hot key":               {profile.Profile{HotKey: 1}, profile.Even(8), 3, 2},
		"half in the hot key":              {profile.Profile{HotKey: 0.5}, profile.Even(4), 4, 1.5},
		"half in the hot key, a cut shard": {profile.Profile{HotKey: 0.5}, split, 2, 0.25}, // it is in the first half of the hash keys
		"seconds that differ, and no room": {profile.Profile{Burst: 0.1}, profile.Even(3), 6, 3},
	} {
		if got := test.profile.Spread().Shards(0, test.ranges).Refused(test.demand); math.Abs(got-test.want) > 1e-9 {
			t.Errorf("%s: %v of %v refused, want %v", name, got, test.demand, test.want)
		}
	}
}

// A shard that is cut takes as much as before and not less, two that are joined not more: whatever the
// keys are, and however often it is done.
func TestSplitAndMergeKeepTheDemandWhole(t *testing.T) {
	spreads := map[string]*profile.Spread{}
	for _, name := range profile.Names() {
		spreads[name] = spread(t, name)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := spreads[rapid.SampledFrom(profile.Names()).Draw(t, "profile")]
		day := rapid.IntRange(0, s.Days()-1).Draw(t, "day")
		r := profile.Even(rapid.IntRange(1, 40).Draw(t, "shards"))
		demand := rapid.Float64Range(0, 80).Draw(t, "demand")
		for range rapid.IntRange(1, 20).Draw(t, "changes") {
			before, shard := r, rapid.IntRange(0, r.Count()-1).Draw(t, "shard")
			change, grown := r.Split, true
			if shard+1 < r.Count() && rapid.Bool().Draw(t, "merge") {
				change, grown = r.Merge, false
			}
			var err error
			if r, err = change(shard); err != nil {
				t.Fatal(err)
			}
			less, more := s.Shards(day, before), s.Shards(day, r)
			if !grown {
				less, more = more, less
			}
			if more.Count() != less.Count()+1 || more.Refused(demand) > less.Refused(demand)+1e-9 || more.Hottest() > less.Hottest()+1e-9 {
				t.Fatalf("%d shards refuse %v, %d refuse %v", less.Count(), less.Refused(demand), more.Count(), more.Refused(demand))
			}
		}
		shards := s.Shards(day, r)
		if got, most := shards.Refused(1e9), 1e9-float64(r.Count()); got > 1e9 || got < most-1 {
			t.Fatalf("of far too much %d shards refuse %v, want at least %v", r.Count(), got, most)
		}
		if a, b := shards.Refused(demand), shards.Refused(1.01*demand); a < 0 || a > demand || b < a {
			t.Fatalf("%v of %v refused, %v of 1.01 times it", a, demand, b)
		}
	})
}

func TestSplitAndMergeOfWhatIsNotThere(t *testing.T) {
	even := profile.Even(2)
	for name, change := range map[string]func() (profile.Ranges, error){
		"split a third":    func() (profile.Ranges, error) { return even.Split(2) },
		"split one before": func() (profile.Ranges, error) { return even.Split(-1) },
		"merge the last":   func() (profile.Ranges, error) { return even.Merge(1) },
		"merge none":       func() (profile.Ranges, error) { return profile.Even(1).Merge(0) },
	} {
		if r, err := change(); err == nil || r.Count() > 2 {
			t.Errorf("%s: %d shards, %v", name, r.Count(), err)
		}
	}
	r, err := even, error(nil)
	for err == nil { // the first range becomes shorter and shorter
		r, err = r.Split(0)
	}
	if r.Count() != 65 {
		t.Errorf("%d shards when nothing is left to cut, want 65", r.Count())
	}
}

// Each day of a drifting week has its own keys and seconds; the minutes before the traffic belong to
// the days before.
func TestDrift(t *testing.T) {
	s := spread(t, "drift")
	for minute, want := range map[int]int{0: 0, 1439: 0, 1440: 1, 7 * 1440: 0, -1: 6, -1440: 6, -1441: 5} {
		if got := s.Day(minute); got != want {
			t.Errorf("minute %d is of day %d, want %d", minute, got, want)
		}
	}
	seen := map[float64]bool{}
	for day := range s.Days() {
		shards := s.Shards(day, profile.Even(40))
		seen[shards.Hottest()] = true
		if got := shards.Refused(s.Capacity(40)); got > 1.001e-4*s.Capacity(40) {
			t.Errorf("day %d refuses %v of what 40 shards hold on every day", day, got)
		}
	}
	if len(seen) != 7 {
		t.Errorf("%d different days", len(seen))
	}
}

func TestShardsFor(t *testing.T) {
	for name, test := range map[string]struct {
		demand float64
		want   int // 0: none
	}{
		"even": {40, 40}, "typical": {40, 57}, "drift": {40, 59}, "skewed": {58, 844}, "spiky": {60, 114}, "fewkeys": {20, 27}, "hotkey": {20, 27}, "warmkey": {0, 1},
	} {
		s := spread(t, name)
		got, found := s.ShardsFor(test.demand)
		if found != (test.want > 0) || got != test.want {
			t.Errorf("%s: %v needs %d shards, want %d", name, test.demand, got, test.want)
		}
		if found && (s.Capacity(got) < test.demand || got > 1 && s.Capacity(got-1) >= test.demand) {
			t.Errorf("%s: %d shards are not the fewest that hold %v", name, got, test.demand)
		}
	}
	if got, found := spread(t, "skewed").ShardsFor(80); found {
		t.Errorf("skewed: 80 needs %d shards, though one key alone is too much for a shard", got)
	}
}

// A share is written as it was given.
func TestWordsForAProfile(t *testing.T) {
	for share, want := range map[float64]string{0.07: "7 %", 0.1: "10 %", 0.125: "12.5 %", 0.29: "29 %"} {
		got := profile.Profile{Keys: 3, HotKey: share, Burst: share}.String()
		if want := "3 keys of equal weight, one more key with " + want + " of the traffic, and seconds of a minute that differ by about " + want; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
