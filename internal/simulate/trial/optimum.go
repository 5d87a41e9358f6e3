package trial

import (
	"context"
	"fmt"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/optimum"
	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/internal/trace"
)

// maxOptimumWork keeps the optimum to some seconds.
const maxOptimumWork = 2_000_000_000

// Optimum returns the shard-hours of the trace's optimum under a spread; 0 when it is not known, see
// OptimumUnknown.
func Optimum(t trace.Trace, spread *profile.Spread) float64 {
	spread = orEven(spread)
	if OptimumUnknown(t, spread) != "" {
		return 0
	}
	return optimum.ShardHours(demandOf(t), spread)
}

// OptimumUnknown says why the optimum of a trace is not known under a spread; empty when it is.
func OptimumUnknown(t trace.Trace, spread *profile.Spread) string {
	shards, found := orEven(spread).ShardsFor(peakOf(t))
	switch {
	case len(t.Minutes) < optimum.StepMinutes:
		return fmt.Sprintf("the trace is shorter than %d minutes", optimum.StepMinutes)
	case !found:
		return "no number of shards holds the highest minute"
	case optimum.Work(len(t.Minutes), shards) > maxOptimumWork:
		return "so many minutes of so many shards would take too long"
	}
	return ""
}

// orEven returns a spread, or an even one for nil.
func orEven(s *profile.Spread) *profile.Spread {
	if s == nil {
		return profile.EvenSpread()
	}
	return s
}

// peakOf returns the highest demand of a minute, in shards.
func peakOf(t trace.Trace) float64 {
	highest := 0.0
	for _, m := range t.Minutes {
		highest = max(highest, simulate.Shards(m))
	}
	return highest
}

// demandOf returns the shards that each minute fills.
func demandOf(t trace.Trace) []float64 {
	demand := make([]float64, len(t.Minutes))
	for i, m := range t.Minutes {
		demand[i] = simulate.Shards(m)
	}
	return demand
}

// Optima returns the optimum of each trace under a spread, in order. Each is told to done, which may be nil,
// when it is computed; done is called by one at a time.
func Optima(ctx context.Context, traces []trace.Trace, spread *profile.Spread, done func()) ([]float64, error) {
	optima := make([]float64, len(traces))
	err := sideBySide(ctx, len(traces), done, func(ctx context.Context, i int) error {
		optima[i] = Optimum(traces[i], spread)
		return ctx.Err()
	})
	return optima, err
}
