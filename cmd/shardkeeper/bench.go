package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/file"
	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/internal/trace"
)

type benchCommand struct {
	variantFlags
	profileFlags

	traces  []string
	actions string
	peak    float64
	days    int
	seed    uint64
	price   priceFlags
	format  output.Format
}

// Formats of bench alone.
const (
	markdown output.Format = "markdown"
	summary  output.Format = "summary"
)

func newBench(at environment) *cobra.Command {
	var c benchCommand
	cmd := &cobra.Command{
		Use:     "bench",
		GroupID: groupTry,
		Short:   "Play a folder of traces, or our own traffic, and compare variants of the settings",
		Long: `Plays each trace of one or more folders under each variant of the settings, and compares them by their medians.
Without a folder it plays traffic of its own, of all kinds.`,
		Example: `  shardkeeper bench --policy double-halve --policy target-tracking
  shardkeeper bench --traces recorded --traces made --actions out --output markdown`,
		Args: arguments(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error { return c.run(cmd.Context(), at) },
	}
	c.variantFlags.add(cmd)
	c.profileFlags.add(cmd)
	flags := cmd.Flags()
	flags.StringArrayVar(&c.traces, "traces", nil, "a `folder` of traces; can be repeated, each has medians of its own; our own traffic of all kinds when left out")
	fileFlag(flags, &c.actions, "actions", "a `folder` for the operations of each trace, TRACE.csv in it; with several variants VARIANT/TRACE.csv, with several folders FOLDER/TRACE.csv")
	flags.Float64Var(&c.peak, "peak", 40, "scale each trace so that its highest minute fills so many `shards`; 0 leaves them as they are")
	flags.IntVar(&c.days, "days", 14, "length of our own traffic in `days`")
	flags.Uint64Var(&c.seed, "seed", 1, "of what is random; the same seed gives the same actions")
	c.price.add(cmd)
	c.format = output.Table
	choose(cmd, choice{word: (*string)(&c.format), words: append(values(output.Formats()), string(markdown), string(summary))}, "output", "o",
		"how it is written; json prints one object a line, markdown one table of all variants, summary the medians and the highest")
	return cmd
}

// benched is one variant on one trace.
type benched struct {
	played

	variant trial.Variant
	result  trial.Result
	month   trial.Month
	optimum float64 // shard-hours; 0: unknown
}

// run plays every trace under every variant.
func (c *benchCommand) run(ctx context.Context, at environment) error {
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
	if err := checkPeak(c.peak); err != nil {
		return err
	}
	for _, v := range variants {
		if c.actions != "" && len(variants) > 1 && !safeName(v.Name) {
			return usage("%q is no name for a folder of actions", v.Name)
		}
	}
	all, err := c.read(ctx, at)
	if err != nil {
		return err
	}
	if err := c.checkActions(at, all, variants); err != nil {
		return err
	}
	results, err := c.play(ctx, at, all, variants, spread)
	if err != nil {
		return err
	}
	for i := range results {
		results[i].month = results[i].result.Month(prices)
	}
	if err := c.writeActions(at, results, len(variants) > 1); err != nil {
		return err
	}
	switch c.format {
	case output.JSON:
		return benchJSON(at.stdout, results)
	case output.CSV:
		return benchCSV(at.stdout, results)
	case markdown:
		return benchMarkdown(at.stdout, results, variants)
	case summary:
		return benchSummary(at.stdout, results, variants, spread.Profile().Name, c.resend)
	case output.Table:
	}
	return benchTable(at.screen, results, variants, prices)
}

// play plays each trace under each variant, all of one trace after each other, and tells what there
// is to know of them.
func (c *benchCommand) play(ctx context.Context, at environment, all []played, variants []trial.Variant, spread *profile.Spread) ([]benched, error) {
	var specs []trial.Spec
	var traces []trace.Trace
	for _, p := range all {
		traces = append(traces, p.trace)
		for _, v := range variants {
			specs = append(specs, trial.Spec{Trace: p.trace, Settings: v.Settings, Seed: c.seed, Spread: spread, ResendMinutes: c.resend})
		}
	}
	bar := at.progress("playing traces", "trials")
	done := 0
	sweepLess()
	results, err := trial.All(ctx, specs, func() {
		done++
		bar.Set(done, len(specs))
	})
	bar.Done()
	if err != nil {
		return nil, fmt.Errorf("simulate the traces: %w", err)
	}
	bar, done = at.progress("computing the optima", "traces"), 0
	optima, err := trial.Optima(ctx, traces, spread, func() {
		done++
		bar.Set(done, len(traces))
	})
	bar.Done()
	if err != nil {
		return nil, err
	}
	var benches []benched
	for i, r := range results {
		n, v := i/len(variants), variants[i%len(variants)]
		if why := trial.OptimumUnknown(traces[n], spread); why != "" && i%len(variants) == 0 {
			at.tell("%s: no optimum: %s", all[n].name, why)
		}
		at.tellFaults(all[n].name+", "+v.Name, r.FaultCounts())
		benches = append(benches, benched{played: all[n], variant: v, result: r, optimum: optima[n]})
	}
	return benches, nil
}

// checkActions refuses a folder of actions in which a trace would be written over, or that cannot be made.
func (c *benchCommand) checkActions(at environment, all []played, variants []trial.Variant) error {
	if c.actions == "" {
		return nil
	}
	var reads, writes []named
	for _, p := range all {
		if p.path != "" {
			reads = append(reads, named{"--traces", p.path})
		}
		for _, v := range variants {
			writes = append(writes, named{"--actions", c.actionsOf(p, v, len(variants) > 1)})
		}
	}
	if err := cmp.Or(file.CheckFolder(c.actions), at.checkLost(reads, writes)); err != nil {
		return err
	}
	there := slices.DeleteFunc(writes, func(w named) bool { _, err := os.Stat(w.path); return err != nil })
	return at.checkOutputs(nil, there)
}

// actionsOf is the file for the actions of a variant on a trace.
func (c *benchCommand) actionsOf(p played, v trial.Variant, several bool) string {
	folder := c.actions
	if several {
		folder = filepath.Join(folder, v.Name)
	}
	return filepath.Join(folder, p.name+".csv")
}

func (c *benchCommand) writeActions(at environment, all []benched, several bool) error {
	if c.actions == "" {
		return nil
	}
	for _, b := range all {
		path := c.actionsOf(b.played, b.variant, several)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // as other folders that people make; nothing in it is secret
			return fmt.Errorf("write the actions: %w", err)
		}
		if err := at.writeFile(path, b.result.WriteActions); err != nil {
			return err
		}
	}
	return nil
}
