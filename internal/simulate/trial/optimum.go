package trial

import (
	"context"
	"fmt"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/optimum"
	"github.com/shardkeeper/shardkeeper/internal/trace"
)

// maxOptimumWork keeps the optimum to some seconds.
const maxOptimumWork = 2_000_000_000

// Optimum returns the shard-hours of the trace's optimum; 0 when it is not known, see OptimumUnknown.
func Optimum(t trace.Trace) float64 {
	demand := demandOf(t)
	if optimum.Work(demand) > maxOptimumWork {
		return 0
	}
	return optimum.ShardHours(demand)
}

// OptimumUnknown says why the optimum of a trace is not known; empty when it is.
func OptimumUnknown(t trace.Trace) string {
	switch {
	case len(t.Minutes) < optimum.StepMinutes:
		return fmt.Sprintf("the trace is shorter than %d minutes", optimum.StepMinutes)
	case optimum.Work(demandOf(t)) > maxOptimumWork:
		return "so many minutes of so many shards would take too long"
	}
	return ""
}

// demandOf returns the shards that each minute fills.
func demandOf(t trace.Trace) []float64 {
	demand := make([]float64, len(t.Minutes))
	for i, m := range t.Minutes {
		demand[i] = simulate.Shards(m)
	}
	return demand
}

// Optima returns the optimum of each trace, in order.
func Optima(ctx context.Context, traces []trace.Trace) ([]float64, error) {
	optima := make([]float64, len(traces))
	err := sideBySide(ctx, len(traces), func(ctx context.Context, i int) error {
		optima[i] = Optimum(traces[i])
		return ctx.Err()
	})
	return optima, err
}
