package main

import (
	"context"
	"fmt"
	"io"
	"sync/atomic"

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
operations and holds of each, and what a fixed size, on-demand and the optimum would cost. Several traces are one table.`,
		Example: `  shardkeeper simulate --trace orders.csv
  shardkeeper simulate --trace orders.csv --policy double-halve --policy target-tracking --report orders.html
  shardkeeper simulate --trace monday.csv --trace friday.csv.gz --policy target-tracking
  shardkeeper simulate --trace orders.csv --set min-shards=4 --variant "small: max-shards=8" --output csv`,
		Args: arguments(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error { return c.run(cmd.Context(), at) },
	}
	c.traceFlags.add(cmd, "; repeat it for several traces in one table")
	c.variantFlags.add(cmd)
	c.profileFlags.add(cmd)
	fileFlag(cmd.Flags(), &c.actions, "actions", "write the operations of the one variant to a `file` of CSV: minute,from,to; the first row is the start")
	fileFlag(cmd.Flags(), &c.report, "report", "write one self-contained page with charts and decisions to a `file` of HTML")
	c.price.add(cmd)
	formatFlag(cmd, &c.format, "object")
	return cmd
}

// run plays each trace under each variant.
func (c *simulateCommand) run(ctx context.Context, at environment) error {
	sweepLess()
	variants, err := c.variants()
	if err != nil {
		return err
	}
	if err := c.check(); err != nil {
		return err
	}
	if c.actions != "" && len(variants) != 1 {
		return usage("--actions is for one variant, there are %d", len(variants))
	}
	if (c.actions != "" || c.report != "") && len(c.traces) > 1 {
		return usage("--actions and --report are for one trace, there are %d", len(c.traces))
	}
	prices, err := c.price.prices()
	if err != nil {
		return err
	}
	spread, err := c.spread()
	if err != nil {
		return err
	}
	if err := c.checkFiles(at); err != nil {
		return err
	}
	var reports []report.Report
	names := traceNames(c.traces)
	for i, path := range c.traces {
		r := report.Report{Name: names[i], Prices: prices, Spread: spread, ResendMinutes: c.resend}
		if r.Trace, err = readTrace(ctx, path, c.peak, at); err != nil {
			return err
		}
		if err := c.play(ctx, at, &r, variants); err != nil {
			return fmt.Errorf("simulate %s: %w", path, err)
		}
		reports = append(reports, r)
	}
	if len(reports) == 1 {
		return c.tell(reports[0], at)
	}
	return c.tellAll(reports, at)
}

// checkFiles refuses files to be written that would be lost, or cannot be written.
func (c *simulateCommand) checkFiles(at environment) error {
	var reads []named
	for _, path := range c.traces {
		reads = append(reads, named{"--trace", path})
	}
	return at.checkOutputs(reads, []named{{"--actions", c.actions}, {"--report", c.report}})
}

// play plays a report's trace under each variant, side by side.
func (c *simulateCommand) play(ctx context.Context, at environment, r *report.Report, variants []trial.Variant) error {
	bar, days := at.progress("playing "+r.Name, "days"), atomic.Int64{}
	all := len(variants) * (len(r.Trace.Minutes) / trial.MinutesOfDay)
	specs := make([]trial.Spec, len(variants))
	for i, v := range variants {
		specs[i] = trial.Spec{
			Trace: r.Trace, Settings: v.Settings, StartShards: c.startShards, Seed: c.seed, Spread: r.Spread, ResendMinutes: c.resend,
			Day: func() { bar.Set(int(days.Add(1)), all) },
		}
		if c.report != "" {
			specs[i].Buckets = report.Buckets
		}
	}
	results, err := trial.All(ctx, specs, nil)
	bar.Done()
	if err != nil {
		return err
	}
	bar = at.progress("computing the optimum of "+r.Name, "")
	optimum := trial.Optimum(r.Trace, r.Spread)
	bar.Done()
	for i, v := range variants {
		r.Tried = append(r.Tried, report.Tried{Variant: v, Result: results[i]})
	}
	r.Compared = results[0].Compare(r.Prices, optimum).Refusing(r.Trace, r.Spread)
	return nil
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
		at.tell("%s", r.Verdict().Sentence)
		return simulatedCSV(at.stdout, r)
	case output.Table:
	}
	return simulatedTable(at.screen, r)
}

// tellAll writes several traces, each with its variants.
func (c *simulateCommand) tellAll(reports []report.Report, at environment) error {
	for _, r := range reports {
		for _, tried := range r.Tried {
			at.tellFaults(r.Name+", "+tried.Variant.Name, tried.Result.FaultCounts())
		}
	}
	switch c.format {
	case output.JSON:
		for _, r := range reports {
			if err := simulatedJSON(at.stdout, r); err != nil {
				return err
			}
		}
		return nil
	case output.CSV:
		at.tell("%s", tracesVerdict(reports))
		return tracesCSV(at.stdout, reports)
	case output.Table:
	}
	return tracesTable(at.screen, reports)
}
