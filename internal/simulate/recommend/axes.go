package recommend

import (
	"fmt"
	"math"
	"strconv"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// axis is the values of one setting, or of several that go together. All have the same keys.
type axis []scaling.Layer

// axes are what is searched for a policy, in this order: when the alarms speak, what size is
// chosen, what is kept for later, and a floor. Settings that hardly matter are left out.
func axes(policy scaling.Policy, t trace.Trace) []axis {
	up := windows("scale-up", [][3]int{{1, 1, 1}, {1, 2, 2}, {1, 3, 2}, {1, 5, 3}, {1, 5, 5}, {1, 10, 8}})
	floor := one("min-shards", floors(t)...)
	if policy == scaling.TargetTracking {
		return []axis{
			pairs("scale-up-threshold", "scale-down-threshold", [][2]float64{{0.98, 0.88}, {0.95, 0.85}, {0.9, 0.8}, {0.85, 0.75}, {0.8, 0.7}, {0.7, 0.6}}),
			up,
			one("target-utilization", 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95),
			one("forecast-utilization", 0.7, 0.8, 0.9, 0.95, 1),
			one("max-growth", 1, 2, 4, 8, 16, 32, 64),
			one("forecast-confidence", 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1),
			one("operation-price", 0.005, 0.01, 0.02, 0.03, 0.05),
			one("min-saving", 0.05, 0.12, 0.2, 0.3),
			one("scale-up-reserve", 0, 1, 2, 3),
			floor,
		}
	}
	return []axis{
		one("scale-up-threshold", 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95),
		up,
		one("scale-down-threshold", 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45),
		windows("scale-down", [][3]int{{1, 15, 14}, {1, 15, 15}, {5, 3, 3}, {5, 6, 6}, {5, 12, 8}, {5, 12, 11}, {5, 24, 23}, {5, 60, 57}}),
		one("calm-minutes", 0, 60, 120, 240, 480, 720, 1440),
		one("scale-down-cooldown-minutes", 0, 10, 30, 60, 120, 240),
		one("scale-up-reserve", 0, 1, 2, 3, 4, 5),
		floor,
	}
}

func one(key string, values ...float64) axis {
	var a axis
	for _, v := range values {
		a = append(a, scaling.Layer{key: number(v)})
	}
	return a
}

func pairs(first, second string, values [][2]float64) axis {
	var a axis
	for _, v := range values {
		a = append(a, scaling.Layer{first: number(v[0]), second: number(v[1])})
	}
	return a
}

// windows are the periods, evaluation periods and datapoints of an alarm.
func windows(direction string, values [][3]int) axis {
	var a axis
	for _, v := range values {
		a = append(a, scaling.Layer{
			direction + "-period-minutes": fmt.Sprint(v[0]), direction + "-evaluation-periods": fmt.Sprint(v[1]), direction + "-datapoints-to-alarm": fmt.Sprint(v[2]),
		})
	}
	return a
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// floors are sizes from 1 to two thirds of what the highest minute needs.
func floors(t trace.Trace) []float64 {
	highest := 1.0
	for _, m := range t.Minutes {
		highest = max(highest, simulate.Shards(m))
	}
	sizes := []float64{1}
	for _, share := range []float64{0.05, 0.1, 0.2, 0.35, 0.5, 0.67} {
		if size := min(math.Ceil(share*highest), scaling.MaxStreamShards); size > sizes[len(sizes)-1] {
			sizes = append(sizes, size)
		}
	}
	return sizes
}
