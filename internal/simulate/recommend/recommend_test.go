package recommend_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/internal/race"
	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/recommend"
	"github.com/shardkeeper/shardkeeper/internal/simulate/traffic"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// search is one of half a day that rises from a quiet night to a busy noon.
func search(t *testing.T) recommend.Search {
	t.Helper()
	made, err := traffic.Make(t.Context(), traffic.Spec{Kind: traffic.Days, Start: time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC), Days: 1, Peak: 20, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	made.Minutes = made.Minutes[3*60 : 15*60]
	return recommend.Search{Trace: made, Seed: 1, Prices: simulate.DefaultPrices(), Policies: []scaling.Policy{scaling.DoubleHalve}, MaxThrottled: 0.0001}
}

func run(t *testing.T, s recommend.Search) recommend.Found {
	t.Helper()
	found, err := recommend.Run(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func cost(c recommend.Judged) float64 { return c.Month.Shards + c.Month.Alarms }

func TestWhatIsRecommended(t *testing.T) {
	race.SkipLong(t)
	s := search(t)
	found := run(t, s)
	if len(found.Best) == 0 || len(found.Defaults) != 1 || found.FirstMinutes != 6*60 || found.Tried < 30 {
		t.Fatalf("%d recommended, %d defaults, %d tried", len(found.Best), len(found.Defaults), found.Tried)
	}
	best := found.Best[0]
	for _, c := range found.Best { // one more setting has to save a twentieth
		if cost(best) > cost(c)*(1+0.05*float64(len(c.Settings)))+0.01 {
			t.Errorf("recommended for $%v: %v; $%v is cheaper: %v", cost(best), best.Settings, cost(c), c.Settings)
		}
	}
	if cost(best) > cost(found.Defaults[0])*1.01 {
		t.Errorf("recommended for $%v, the default is $%v", cost(best), cost(found.Defaults[0]))
	}
	for _, c := range found.Best {
		if c.Throttled() > s.MaxThrottled || c.First > s.MaxThrottled/2 || c.Rest > s.MaxThrottled {
			t.Errorf("%v throttles %v: %v where it was chosen, %v where it was judged", c.Settings, c.Throttled(), c.First, c.Rest)
		}
		// What is said of the settings is what they come to.
		r, err := trial.Run(t.Context(), trial.Spec{Trace: s.Trace, Settings: c.Settings, Seed: s.Seed})
		if err != nil {
			t.Fatal(err)
		}
		if r.Month(s.Prices) != c.Month || r.Usage != c.Result.Usage || r.Ups() != c.Ups || r.Downs() != c.Downs {
			t.Errorf("%v: said to cost %v, costs %v", c.Settings, c.Month, r.Month(s.Prices))
		}
	}
}

func TestTheSameTrafficGivesTheSameSettings(t *testing.T) {
	race.SkipLong(t)
	first, second := run(t, search(t)), run(t, search(t))
	if diff := cmp.Diff(first, second); diff != "" {
		t.Error(diff)
	}
}

func TestFixedSettingsStay(t *testing.T) {
	s := search(t)
	s.Fixed = scaling.Layer{"scale-up-threshold": "0.8", "min-shards": "3"}
	found := run(t, s)
	for _, c := range append(found.Best, found.Defaults[0]) {
		if c.Settings["scale-up-threshold"] != "0.8" || c.Settings["min-shards"] != "3" || c.Result.LowestShards < 3 {
			t.Errorf("%v, lowest %d", c.Settings, c.Result.LowestShards)
		}
	}
	s.Fixed = scaling.Layer{"max-shards": "none"}
	if _, err := recommend.Run(t.Context(), s); err == nil {
		t.Error("settings that cannot be used were searched")
	}
}

func TestNothingQualifies(t *testing.T) {
	s := search(t)
	s.Fixed = scaling.Layer{"max-shards": "4"} // for a traffic of twenty
	found := run(t, s)
	if len(found.Best) != 0 {
		t.Fatalf("%v is recommended", found.Best[0].Settings)
	}
	if c := found.Closest; c.First == 0 || c.First > found.Defaults[0].First {
		t.Errorf("the closest throttles %v, the default %v", c.First, found.Defaults[0].First)
	}
}

func TestProgressNeverPassesItsEnd(t *testing.T) {
	s, last := search(t), 0
	s.Progress = func(done, most int) {
		if done != last+1 || done > most {
			t.Errorf("%d of %d after %d", done, most, last)
		}
		last = done
	}
	if found := run(t, s); last <= found.Tried { // and those that were played on the whole trace
		t.Errorf("%d tried, told %d", found.Tried, last)
	}
}

func TestTheSearchEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := search(t)
	s.Progress = func(done, _ int) {
		if done == 5 {
			cancel()
		}
	}
	if found, err := recommend.Run(ctx, s); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, found %v", err, found)
	}
}

// Every policy that there is can be recommended, and no other.
func TestPolicies(t *testing.T) {
	for _, p := range scaling.Policies() {
		if s, err := scaling.Effective(scaling.Layer{"policy": string(p)}); err != nil || s.Policy != p {
			t.Errorf("%s: %v", p, err)
		}
	}
	if n := len(scaling.Policies()); n < 2 {
		t.Errorf("%d policies", n)
	}
	if _, err := scaling.Effective(scaling.Layer{"policy": "guess"}); err == nil {
		t.Error("a policy that is none can be chosen")
	}
}
