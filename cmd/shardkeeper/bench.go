package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"

	"github.com/shardkeeper/shardkeeper/internal/simulate/traffic"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/internal/trace"
)

type benchCommand struct {
	variantFlags `embed:""`

	Traces  string     `help:"A folder of traces; our own traffic of all kinds when left out." placeholder:"DIR"`
	Actions string     `help:"A folder for the operations of each trace, DIR/TRACE.csv; with several variants DIR/VARIANT/TRACE.csv." placeholder:"DIR"`
	Peak    float64    `default:"40" help:"Scale each trace so that its highest minute needs so many shards (${default}); 0 leaves them as they are."`
	Days    int        `default:"14" help:"Length of our own traffic (${default})."`
	Seed    uint64     `default:"1" help:"Of what is random. The same seed gives the same actions."`
	Output  string     `default:"table" enum:"table,json,markdown" help:"${enum}; json prints one object a line, markdown one table of all variants."`
	Price   priceFlags `embed:"" prefix:"price-"`
}

// benched is one variant on one trace.
type benched struct {
	trace   string
	variant trial.Variant
	result  trial.Result
	month   trial.Month
	optimum float64 // shard-hours; 0: unknown
}

// cost is the shard-hours over the optimum's; 0 when that is unknown.
func (b benched) cost() float64 {
	if b.optimum == 0 {
		return 0
	}
	return b.result.Usage.ShardHours() / b.optimum
}

// costAtPeak is the same for a stream that always has the shards of its highest minute.
func (b benched) costAtPeak() float64 {
	if b.optimum == 0 {
		return 0
	}
	return math.Ceil(max(b.result.Usage.PeakShards, 1)) * float64(b.result.Usage.Minutes) / 60 / b.optimum
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
	names, traces, err := c.traces(at.stderr)
	if err != nil {
		return err
	}
	var specs []trial.Spec
	for _, t := range traces {
		for _, v := range variants {
			specs = append(specs, trial.Spec{Trace: t, Settings: v.Settings, Seed: c.Seed})
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
		return fmt.Errorf("simulate the traces: %w", err)
	}
	optima, err := trial.Optima(ctx, traces)
	if err != nil {
		return err
	}
	var all []benched
	for i, r := range results {
		v := variants[i%len(variants)]
		n := i / len(variants)
		at.tellFaults(names[n]+", "+v.Name, r.FaultCounts())
		all = append(all, benched{trace: names[n], variant: v, result: r, month: r.Month(prices), optimum: optima[n]})
	}
	if err := c.writeActions(at, all, len(variants) > 1); err != nil {
		return err
	}
	switch c.Output {
	case "json":
		return benchJSON(at.stdout, all)
	case "markdown":
		return benchMarkdown(at.stdout, all, variants)
	}
	return benchTable(at.stdout, all, variants, prices)
}

// traces returns what is played, with names.
func (c benchCommand) traces(stderr io.Writer) (names []string, traces []trace.Trace, err error) {
	if c.Traces == "" {
		if c.Days < 1 || c.Days > maxTrafficDays {
			return nil, nil, fmt.Errorf("%w: --days %d is not between 1 and %d", errUsage, c.Days, maxTrafficDays)
		}
		for _, kind := range traffic.Kinds() {
			t, err := traffic.Make(traffic.Spec{Kind: kind, Start: trafficStart(), Days: c.Days, Peak: max(c.Peak, 1), Seed: c.Seed})
			if err != nil {
				return nil, nil, err
			}
			names, traces = append(names, string(kind)), append(traces, t)
		}
		return names, traces, nil
	}
	files, err := filepath.Glob(filepath.Join(c.Traces, "*.csv"))
	if err != nil {
		return nil, nil, err
	}
	if len(files) == 0 {
		return nil, nil, fmt.Errorf("no *.csv in %s", c.Traces)
	}
	var faults []error
	for _, file := range files {
		t, err := readTrace(file, c.Peak, stderr)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		names, traces = append(names, traceName(file)), append(traces, t)
	}
	return names, traces, errors.Join(faults...)
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
		if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // as other folders that people make; nothing in it is secret
			return fmt.Errorf("write the actions: %w", err)
		}
		if err := at.writeFile(filepath.Join(folder, b.trace+".csv"), b.result.WriteActions); err != nil {
			return err
		}
	}
	return nil
}
