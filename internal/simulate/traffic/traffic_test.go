package traffic_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/traffic"
	"github.com/shardkeeper/shardkeeper/internal/trace"
)

var monday = time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)

func TestTrafficIsWhatWasAskedFor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := traffic.Spec{
			Kind: rapid.SampledFrom(traffic.Kinds()).Draw(t, "kind"), Start: monday.Add(time.Duration(rapid.IntRange(0, 10000).Draw(t, "start")) * time.Minute),
			Days: rapid.IntRange(1, 20).Draw(t, "days"), Peak: rapid.Float64Range(0.1, 1000).Draw(t, "peak"), Seed: rapid.Uint64().Draw(t, "seed"),
		}
		got, err := traffic.Make(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Minutes) != s.Days*1440 || !got.Start.Equal(s.Start) || len(got.Repairs) > 0 {
			t.Fatalf("%d minutes from %v", len(got.Minutes), got.Start)
		}
		highest := 0.0
		for _, m := range got.Minutes {
			if !(m.Records >= 0) || !(m.Bytes >= 0) {
				t.Fatalf("a rate of %v", m)
			}
			highest = max(highest, simulate.Shards(m))
		}
		if math.Abs(highest-s.Peak) > 0.001 { // records are whole
			t.Fatalf("the highest minute fills %v shards", highest)
		}
		again, _ := traffic.Make(t.Context(), s)
		if !slices.Equal(got.Minutes, again.Minutes) {
			t.Fatal("the same spec made something else")
		}
		s.Seed++
		if other, _ := traffic.Make(t.Context(), s); slices.Equal(got.Minutes, other.Minutes) {
			t.Fatal("another seed made the same")
		}
	})
}

// What a kind is for shows in how its minutes are spread: shares of the peak.
func TestKindsDiffer(t *testing.T) {
	for kind, want := range map[traffic.Kind]struct{ median, busy float64 }{ // median of the minutes; share of them above half of the peak; at most
		traffic.Days:    {0.6, 0.6},
		traffic.Batches: {0.25, 0.15},
		traffic.News:    {0.2, 0.05},
		traffic.Hourly:  {0.1, 0.05},
		traffic.Squares: {0.9, 0.7},
		traffic.Flashes: {0.05, 0.05},
	} {
		made, err := traffic.Make(t.Context(), traffic.Spec{Kind: kind, Start: monday, Days: 28, Peak: 1000, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		var shares []float64
		busy := 0.0
		for _, m := range made.Minutes {
			share := simulate.Shards(m) / 1000
			shares = append(shares, share)
			if share > 0.5 {
				busy += 1 / float64(len(made.Minutes))
			}
		}
		slices.Sort(shares)
		median := shares[len(shares)/2]
		if median > want.median || busy > want.busy || busy == 0 {
			t.Errorf("%s: median %.3f of the peak, %.3f of the minutes above half of it", kind, median, busy)
		}
	}
}

func TestWeekendsAreQuieter(t *testing.T) {
	made, err := traffic.Make(t.Context(), traffic.Spec{Kind: traffic.Days, Start: monday, Days: 7, Peak: 40, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	day := func(n int) (sum float64) {
		for _, m := range made.Minutes[n*1440 : (n+1)*1440] {
			sum += m.Records
		}
		return sum
	}
	if sunday, wednesday := day(6), day(2); sunday > 0.8*wednesday {
		t.Errorf("Sunday has %.2f of Wednesday's records", sunday/wednesday)
	}
}

func TestUnknownKind(t *testing.T) {
	got, err := traffic.Make(t.Context(), traffic.Spec{Kind: "gossip", Start: monday, Days: 1, Peak: 1})
	if err == nil {
		t.Error("no error")
	}
	if diff := cmp.Diff(trace.Trace{}, got); diff != "" {
		t.Error(diff)
	}
}

// Ten years of minutes take seconds to make; who ends the command does not wait for them.
func TestMakingEndsWithTheContext(t *testing.T) {
	ended, end := context.WithCancel(t.Context())
	end()
	for _, kind := range traffic.Kinds() {
		if got, err := traffic.Make(ended, traffic.Spec{Kind: kind, Start: monday, Days: 3660, Peak: 1, Seed: 1}); !errors.Is(err, context.Canceled) || len(got.Minutes) > 0 {
			t.Errorf("%s: %d minutes, %v", kind, len(got.Minutes), err)
		}
	}
}
