package recommend

import (
	"math"
	"strconv"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// axes are what is searched for a policy: what it wants searched, and last a floor that fits the trace.
func axes(policy scaling.Policy, t trace.Trace) []scaling.Axis {
	var floor scaling.Axis
	for _, size := range floors(t) {
		floor = append(floor, scaling.Layer{"min-shards": strconv.FormatFloat(size, 'f', -1, 64)})
	}
	return append(policy.Search(), floor)
}

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
