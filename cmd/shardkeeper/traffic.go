package main

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/simulate/traffic"
)

type trafficCommand struct {
	kind       string
	days       int
	peak       float64
	seed       uint64
	outputFile string
	format     output.Format
}

func newTraffic(at environment) *cobra.Command {
	var c trafficCommand
	kinds := values(traffic.Kinds())
	cmd := &cobra.Command{
		Use:       "traffic KIND",
		GroupID:   groupTry,
		Short:     "Make traffic of a kind, as a trace to try things on",
		Long:      "Makes traffic of a kind, as a trace for simulate, recommend and bench. The kinds are " + strings.Join(kinds, ", ") + ".",
		Example:   "  shardkeeper traffic days --days 14 --peak 40 --output-file days.csv",
		ValidArgs: kinds,
		Args:      arguments(1, 1, "one kind of "+strings.Join(kinds, ", ")),
		RunE: func(cmd *cobra.Command, args []string) error {
			c.kind = args[0]
			if !slices.Contains(kinds, c.kind) {
				return usage("%q is none of %s%s", c.kind, strings.Join(kinds, ", "), didYouMean(c.kind, kinds))
			}
			return c.run(cmd.Context(), at)
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&c.days, "days", 14, "how many `days`")
	flags.Float64Var(&c.peak, "peak", 40, "`shards` that the highest minute fills")
	flags.Uint64Var(&c.seed, "seed", 1, "the same seed makes the same traffic")
	traceOutputFlags(cmd, &c.outputFile, &c.format)
	return cmd
}

func (c *trafficCommand) run(ctx context.Context, at environment) error {
	if err := checkPeak(c.peak); err != nil {
		return err
	}
	if c.peak == 0 {
		return usage("--peak 0 makes no traffic; give the shards that the highest minute fills")
	}
	if c.days < 1 || c.days > maxTrafficDays {
		return usage("--days %d is not between 1 and %d", c.days, maxTrafficDays)
	}
	if err := at.checkOutputs(nil, []named{{"--output-file", c.outputFile}}); err != nil {
		return err
	}
	bar := at.progress("making the traffic", "")
	defer bar.Done()
	t, err := traffic.Make(ctx, traffic.Spec{Kind: traffic.Kind(c.kind), Start: trafficStart(), Days: c.days, Peak: c.peak, Seed: c.seed})
	if err != nil {
		return err
	}
	if at.shared && c.outputFile == "" {
		bar.Done()
	}
	return at.writeOut(c.outputFile, func(w io.Writer) error { return writeTrace(ctx, at, w, c.format, t) })
}

const maxTrafficDays = 3660

// trafficStart is the Monday with which made traffic begins. It repeats, so it is not today.
func trafficStart() time.Time { return time.Date(2026, time.November, 2, 0, 0, 0, 0, time.UTC) }
