package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/internal/trace"
)

type benchCommand struct {
	variantFlags `embed:""`

	Traces  []string   `help:"A folder of traces. Can be repeated: each has medians of its own. Our own traffic of all kinds when left out." placeholder:"DIR" sep:"none"`
	Actions string     `help:"A folder for the operations of each trace, DIR/TRACE.csv; with several variants DIR/VARIANT/TRACE.csv, with several folders DIR/FOLDER/TRACE.csv." placeholder:"DIR"`
	Peak    float64    `default:"40" help:"Scale each trace so that its highest minute needs so many shards (${default}); 0 leaves them as they are."`
	Days    int        `default:"14" help:"Length of our own traffic (${default})."`
	Seed    uint64     `default:"1" help:"Of what is random. The same seed gives the same actions."`
	Output  string     `default:"table" enum:"table,json,markdown" help:"${enum}; json prints one object a line, markdown one table of all variants."`
	Price   priceFlags `embed:"" prefix:"price-"`
}

// benched is one variant on one trace.
type benched struct {
	played

	variant trial.Variant
	result  trial.Result
	month   trial.Month
	optimum float64 // shard-hours; 0: unknown
}

// Run plays every trace under every variant.
func (c benchCommand) Run(ctx context.Context, at surroundings) error {
	variants, err := c.variants()
	if err != nil {
		return err
	}
	prices, err := c.Price.prices()
	if err != nil {
		return err
	}
	if err := checkPeak(c.Peak); err != nil {
		return err
	}
	for _, v := range variants {
		if c.Actions != "" && len(variants) > 1 && !safeName(v.Name) {
			return fmt.Errorf("%w: %q is no name for a folder of actions", errUsage, v.Name)
		}
	}
	all, err := c.traces(at.stderr)
	if err != nil {
		return err
	}
	results, err := c.play(ctx, at, all, variants)
	if err != nil {
		return err
	}
	for i := range results {
		results[i].month = results[i].result.Month(prices)
	}
	if err := c.writeActions(at, results, len(variants) > 1); err != nil {
		return err
	}
	switch c.Output {
	case "json":
		return benchJSON(at.stdout, results)
	case "markdown":
		return benchMarkdown(at.stdout, results, variants)
	}
	return benchTable(at.stdout, results, variants, prices)
}

// play plays each trace under each variant, all of one trace after each other, and tells what there
// is to know of them.
func (c benchCommand) play(ctx context.Context, at surroundings, all []played, variants []trial.Variant) ([]benched, error) {
	var specs []trial.Spec
	var traces []trace.Trace
	for _, p := range all {
		traces = append(traces, p.trace)
		for _, v := range variants {
			specs = append(specs, trial.Spec{Trace: p.trace, Settings: v.Settings, Seed: c.Seed})
		}
	}
	bar := at.progress("playing traces", "trials")
	done := 0
	results, err := trial.All(ctx, specs, func() {
		done++
		bar.set(done, len(specs))
	})
	bar.done()
	if err != nil {
		return nil, fmt.Errorf("simulate the traces: %w", err)
	}
	optima, err := trial.Optima(ctx, traces, nil)
	if err != nil {
		return nil, err
	}
	var benches []benched
	for i, r := range results {
		n, v := i/len(variants), variants[i%len(variants)]
		if why := trial.OptimumUnknown(traces[n], nil); why != "" && i%len(variants) == 0 {
			_, _ = fmt.Fprintf(at.stderr, "%s: no optimum: %s\n", all[n].name, why)
		}
		at.tellFaults(all[n].name+", "+v.Name, r.FaultCounts())
		benches = append(benches, benched{played: all[n], variant: v, result: r, optimum: optima[n]})
	}
	return benches, nil
}

func (c benchCommand) writeActions(at surroundings, all []benched, several bool) error {
	if c.Actions == "" {
		return nil
	}
	for _, b := range all {
		folder := c.Actions
		if several {
			folder = filepath.Join(folder, b.variant.Name)
		}
		path := filepath.Join(folder, b.name+".csv")
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // as other folders that people make; nothing in it is secret
			return fmt.Errorf("write the actions: %w", err)
		}
		if err := at.writeFile(path, b.result.WriteActions); err != nil {
			return err
		}
	}
	return nil
}
