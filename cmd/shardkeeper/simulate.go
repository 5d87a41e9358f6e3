package main

import (
	"context"
	"fmt"
	"io"

	"github.com/shardkeeper/shardkeeper/internal/simulate/report"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
)

type simulateCommand struct {
	traceFlags   `embed:""`
	variantFlags `embed:""`

	Actions string     `help:"Write the operations of the one variant: minute,from,to; the first row is the start." placeholder:"FILE.csv"`
	Report  string     `help:"Write one self-contained page with charts and decisions." placeholder:"FILE.html"`
	Output  string     `default:"table" enum:"table,json" help:"${enum}; json prints one object a line."`
	Price   priceFlags `embed:"" prefix:"price-"`
}

// Run plays a trace under each variant, side by side.
func (c simulateCommand) Run(ctx context.Context, at surroundings) error {
	variants, err := c.variants()
	if err != nil {
		return err
	}
	prices, err := c.Price.prices()
	if err != nil {
		return err
	}
	if c.Actions != "" && len(variants) != 1 {
		return fmt.Errorf("%w: --actions is for one variant, there are %d", errUsage, len(variants))
	}
	t, err := c.read(at.stderr)
	if err != nil {
		return err
	}
	specs := make([]trial.Spec, len(variants))
	for i, v := range variants {
		specs[i] = trial.Spec{Trace: t, Settings: v.Settings, StartShards: c.StartShards, Seed: c.Seed}
		if c.Report != "" {
			specs[i].Buckets = report.Buckets
		}
	}
	results, err := trial.All(ctx, specs, nil)
	if err != nil {
		return fmt.Errorf("simulate %s: %w", c.Trace, err)
	}
	r := report.Report{Name: traceName(c.Trace), Trace: t, Prices: prices}
	for i, v := range variants {
		r.Tried = append(r.Tried, report.Tried{Variant: v, Result: results[i]})
	}
	r.Compared = results[0].Compare(prices, trial.Optimum(t, nil))
	return c.tell(r, at)
}

// tellFaults tells what the use cases could not do in a trial, each once.
func (at surroundings) tellFaults(trialName string, faults []trial.Count) {
	for _, text := range trial.FaultTexts(faults) {
		_, _ = fmt.Fprintf(at.stderr, "%s: %s\n", trialName, text)
	}
}

// tell writes what was asked for.
func (c simulateCommand) tell(r report.Report, at surroundings) error {
	for _, tried := range r.Tried {
		at.tellFaults(tried.Variant.Name, tried.Result.FaultCounts())
	}
	if c.Actions != "" {
		if err := at.writeFile(c.Actions, r.Tried[0].Result.WriteActions); err != nil {
			return err
		}
	}
	if c.Report != "" {
		if err := at.writeFile(c.Report, func(w io.Writer) error { return report.Write(w, r) }); err != nil {
			return err
		}
	}
	if c.Output == "json" {
		return simulatedJSON(at.stdout, r)
	}
	return simulatedTable(at.stdout, r)
}
