package trial_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// takenBack counts the scale-downs that a scale-up takes back within a time.
func takenBack(ops []simulate.Operation, within time.Duration) int {
	n := 0
	for i := 1; i < len(ops); i++ {
		if down, up := ops[i-1], ops[i]; down.To < down.From && up.To > up.From && up.At.Sub(down.At) <= within {
			n++
		}
	}
	return n
}

// noisy is a load whose minutes differ by chance, by the sigma of their logarithms.
func noisy(sigma float64, load func(minute int) float64) func(minute int) float64 {
	random := rand.New(rand.NewPCG(1, 1))
	return func(minute int) float64 { return load(minute) * math.Exp(sigma*random.NormFloat64()) }
}

// A level load whose minutes differ by a fifth was calm by nearly all of them, and one minute of the next hour doubled the
// stream again: the day's operations went on that, and none was left for a climb.
func TestALevelLoadIsNotHalvedAndDoubledInTurns(t *testing.T) {
	for _, c := range []struct {
		load, sigma float64
		start       int
		set         scaling.Layer
	}{
		{7, 0.2, 16, scaling.Layer{}},
		{5.2, 0.2, 11, scaling.Layer{}},
		{5.6, 0.15, 10, scaling.Layer{"scale-down-threshold": "0.4"}},
		{8, 0.2, 17, scaling.Layer{"scale-down-threshold": "0.4"}},
		{5.2, 0.2, 11, scaling.Layer{"scale-up-threshold": "0.75", "scale-down-threshold": "0.35"}},
	} {
		t.Run(fmt.Sprint(c.load, c.set), func(t *testing.T) {
			got := loaded(t, 4*24, c.start, 0, c.set, noisy(c.sigma, func(int) float64 { return c.load }))
			if undone := takenBack(got.Operations, 2*time.Hour); undone > 4 {
				t.Errorf("%d operations in four days, %d halvings taken back within two hours", len(got.Operations), undone)
			}
		})
	}
}

// A climb to a new level used up its operations on halvings that its own minutes took back, and then kept the shards of
// its height for most of a day when the load was long gone.
func TestAClimbLeavesOperationsForTheWayDown(t *testing.T) {
	load := noisy(0.15, func(minute int) float64 {
		switch began := 65 * 60; {
		case minute < began || minute >= began+8*60:
			return 5.6
		default:
			return 5.6 * min(10, math.Pow(10, float64(minute-began)/120))
		}
	})
	got := loaded(t, 4*24, 0, 0, scaling.Layer{"scale-down-threshold": "0.4"}, load)
	if hours := got.Usage.ShardHours(); hours > 4500 {
		t.Errorf("%.0f shard-hours, %d halvings taken back within two hours; holds %v", hours, takenBack(got.Operations, 2*time.Hour), got.Holds())
	}
}

// The scale-up alarm may look further back than a scale-down does. A size at which the minutes that it still has would set it off is
// taken back as soon as it is there, by a load that is gone.
func TestAScaleUpAlarmThatLooksFarBackTakesNothingBack(t *testing.T) {
	for _, policy := range scaling.Policies() {
		set := scaling.Layer{
			"policy": string(policy), "scale-up-threshold": "0.7", "scale-down-threshold": "0.3",
			"scale-up-period-minutes": "5", "scale-up-evaluation-periods": "6", "scale-up-datapoints-to-alarm": "2",
		}
		got := loaded(t, 40, 0, 0, set, func(minute int) float64 {
			if minute < 30*60 {
				return 6
			}
			return 0.8
		})
		if undone := takenBack(got.Operations, 15*time.Minute); undone > 0 || got.Downs() == 0 {
			t.Errorf("%s: %d scale-downs, %d of them taken back within a quarter of an hour, by a load that ended: %v", policy, got.Downs(), undone, got.Operations)
		}
	}
}
