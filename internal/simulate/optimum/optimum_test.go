package optimum_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/internal/simulate/optimum"
	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
)

// even is a stream whose shards and seconds are all alike.
func even() *profile.Spread { return profile.Profile{}.Spread() }

// steps are demands that last for a step each.
func steps(shards ...float64) []float64 {
	var demand []float64
	for _, s := range shards {
		for range optimum.StepMinutes {
			demand = append(demand, s)
		}
	}
	return demand
}

// hours are shards times steps, in shard-hours.
func hours(shardSteps float64) float64 { return shardSteps * optimum.StepMinutes / 60 }

func TestOptimum(t *testing.T) {
	for name, test := range map[string]struct {
		demand []float64
		want   float64 // shards times steps
	}{
		"no demand":                               {nil, 0},
		"less than a step":                        {[]float64{3, 3}, 0},
		"nothing needs one shard":                 {steps(0, 0, 0), 3},
		"it follows":                              {steps(2, 4, 3, 2), 11},
		"part of a shard is a shard":              {steps(1.2, 1.2), 4},
		"a sum's last bits are no shard":          {steps(2+1e-12, 2), 4},
		"a spike within a step counts":            {[]float64{1, 1, 7, 1, 1}, 7},
		"it cannot more than double":              {steps(1, 8), 4 + 8},
		"nor less than halve":                     {steps(8, 1, 1, 1, 1), 8 + 4 + 2 + 1 + 1},
		"it prepares for a spike":                 {steps(1, 1, 1, 1, 16), 1 + 2 + 4 + 8 + 16},
		"half of an odd count is rounded up":      {steps(5, 1), 5 + 3},
		"the last step lasts as long as it lasts": {append(steps(2), 3, 3), 2 + 3*2.0/5},
		"a spike in its only minute counts":       {append(steps(1), 2), 1 + 2*1.0/5},
		"an eleventh change of a day is not had":  {steps(1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2), 6 + 6*2 + 1},
	} {
		t.Run(name, func(t *testing.T) {
			if got := optimum.ShardHours(test.demand, even()); math.Abs(got-hours(test.want)) > 1e-9 {
				t.Errorf("%v shards times steps, want %v", got*60/optimum.StepMinutes, test.want)
			}
		})
	}
}

// cheapest is the same by trying everything.
func cheapest(need []int, highest, count, changes int) float64 {
	if len(need) == 0 {
		return 0
	}
	least := math.Inf(1)
	for next := max(need[0], (count+1)/2); next <= min(highest, 2*count); next++ {
		left := changes
		if next != count {
			left--
		}
		if left >= 0 {
			least = min(least, float64(next)+cheapest(need[1:], highest, next, left))
		}
	}
	return least
}

func TestNothingIsCheaper(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		need := rapid.SliceOfN(rapid.IntRange(1, 7), 1, 6).Draw(t, "need")
		highest := 0
		var demand []float64
		for _, n := range need {
			highest = max(highest, n)
			demand = append(demand, steps(float64(n))...)
		}
		least := math.Inf(1)
		for start := need[0]; start <= highest; start++ {
			least = min(least, float64(start)+cheapest(need[1:], highest, start, 10))
		}
		if got := optimum.ShardHours(demand, even()); math.Abs(got-hours(least)) > 1e-9 {
			t.Fatalf("%v, by trying everything %v", got, hours(least))
		}
	})
}

// It is never below what the demand itself fills, and never falls when the demand rises.
func TestMoreDemandNeverCostsLess(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		demand := rapid.SliceOfN(rapid.Float64Range(0, 30), 5, 600).Draw(t, "demand")
		at := rapid.IntRange(0, len(demand)-1).Draw(t, "at")
		before := optimum.ShardHours(demand, even())
		sum := 0.0
		for _, d := range demand {
			sum += d
		}
		if before < sum/60-1e-9 {
			t.Fatalf("%v shard-hours for a demand of %v", before, sum/60)
		}
		demand[at] += rapid.Float64Range(0, 30).Draw(t, "more")
		if after := optimum.ShardHours(demand, even()); after < before-1e-9 {
			t.Fatalf("%v before, %v after", before, after)
		}
	})
}

func BenchmarkTwoWeeks(b *testing.B) {
	demand := make([]float64, 14*24*60)
	for i := range demand {
		demand[i] = 20 - 20*math.Cos(2*math.Pi*float64(i)/1440)
	}
	for b.Loop() {
		optimum.ShardHours(demand, even())
	}
}
