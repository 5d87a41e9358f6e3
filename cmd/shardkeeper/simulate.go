package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/simulate/report"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
)

type simulateCommand struct {
	traceFlags
	variantFlags
	profileFlags

	actions string
	report  string
	price   priceFlags
	format  output.Format
}

func newSimulate(at environment) *cobra.Command {
	var c simulateCommand
	cmd := &cobra.Command{
		Use:     "simulate --trace FILE.csv",
		GroupID: groupTry,
		Short:   "Play a trace under one or more variants of the settings",
		Long: `Plays a trace in a model of AWS under one or more variants of the settings, side by side: cost, throttling,
operations and holds of each, and what a fixed size, on-demand and the optimum would cost.`,
		Example: `  shardkeeper simulate --trace orders.csv
  shardkeeper simulate --trace orders.csv --policy double-halve --policy target-tracking --report orders.html
  shardkeeper simulate --trace orders.csv --set min-shards=4 --variant "small: max-shards=8" --output csv`,
		Args: arguments(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error { return c.run(cmd.Context(), at) },
	}
	c.traceFlags.add(cmd)
	c.variantFlags.add(cmd)
	c.profileFlags.add(cmd)
	cmd.Flags().StringVar(&c.actions, "actions", "", "write the operations of the one variant to a `file` of CSV: minute,from,to; the first row is the start")
	cmd.Flags().StringVar(&c.report, "report", "", "write one self-contained page with charts and decisions to a `file` of HTML")
	c.price.add(cmd)
	formatFlag(cmd, &c.format, "object")
	return cmd
}

// run plays a trace under each variant, side by side.
func (c *simulateCommand) run(ctx context.Context, at environment) error {
	variants, err := c.variants()
	if err != nil {
		return err
	}
	prices, err := c.price.prices()
	if err != nil {
		return err
	}
	spread, err := c.spread()
	if err != nil {
		return err
	}
	if c.actions != "" && len(variants) != 1 {
		return usage("--actions is for one variant, there are %d", len(variants))
	}
	t, err := c.read(at)
	if err != nil {
		return err
	}
	specs := make([]trial.Spec, len(variants))
	for i, v := range variants {
		specs[i] = trial.Spec{Trace: t, Settings: v.Settings, StartShards: c.startShards, Seed: c.seed, Spread: spread, ResendMinutes: c.resend}
		if c.report != "" {
			specs[i].Buckets = report.Buckets
		}
	}
	bar, done := at.progress("playing variants", "variants"), 0
	results, err := trial.All(ctx, specs, func() {
		done++
		bar.Set(done, len(specs))
	})
	bar.Done()
	if err != nil {
		return fmt.Errorf("simulate %s: %w", c.trace, err)
	}
	bar = at.progress("computing the optimum", "")
	optimum := trial.Optimum(t, spread)
	bar.Done()
	r := report.Report{Name: traceName(c.trace), Trace: t, Prices: prices, Spread: spread, ResendMinutes: c.resend}
	for i, v := range variants {
		r.Tried = append(r.Tried, report.Tried{Variant: v, Result: results[i]})
	}
	r.Compared = results[0].Compare(prices, optimum)
	return c.tell(r, at)
}

// tell writes what was asked for.
func (c *simulateCommand) tell(r report.Report, at environment) error {
	for _, tried := range r.Tried {
		at.tellFaults(tried.Variant.Name, tried.Result.FaultCounts())
	}
	if c.actions != "" {
		if err := at.writeFile(c.actions, r.Tried[0].Result.WriteActions); err != nil {
			return err
		}
	}
	if c.report != "" {
		if err := at.writeFile(c.report, func(w io.Writer) error { return report.Write(w, r) }); err != nil {
			return err
		}
	}
	switch c.format {
	case output.JSON:
		return simulatedJSON(at.stdout, r)
	case output.CSV:
		return simulatedCSV(at.stdout, r)
	case output.Table:
	}
	return simulatedTable(at.screen, r)
}
