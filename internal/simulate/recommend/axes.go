package recommend

import (
	"math"
	"strconv"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// axes are what is searched for a policy: what it wants searched, and last a floor that fits the trace.
func axes(policy scaling.Policy, busiest float64) []scaling.Axis {
	var floor scaling.Axis
	for _, size := range floors(busiest) {
		floor = append(floor, scaling.Layer{"min-shards": strconv.FormatFloat(size, 'f', -1, 64)})
	}
	return append(policy.Search(), floor)
}

// busiest returns the open shards that the highest minute needs, or those that it fills where no number
// holds it.
func (s Search) busiest() float64 {
	fills := s.fills()
	if needs, found := s.Spread.ShardsFor(fills); found {
		return float64(needs)
	}
	return fills
}

// fills returns the shards that the highest minute fills.
func (s Search) fills() float64 {
	fills := 0.0
	for _, m := range s.Trace.Minutes {
		fills = max(fills, simulate.Shards(m))
	}
	return fills
}

// floors are sizes from 1 to four fifths of what the busiest minute needs.
func floors(busiest float64) []float64 {
	sizes := []float64{1}
	for _, share := range []float64{0.05, 0.1, 0.2, 0.35, 0.5, 0.67, 0.8} {
		if size := min(math.Ceil(share*busiest), scaling.MaxStreamShards); size > sizes[len(sizes)-1] {
			sizes = append(sizes, size)
		}
	}
	return sizes
}
