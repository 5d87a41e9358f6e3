// Command verdicts measures whether what recommend says holds: on the first half of each trace it
// lets recommend choose, on the second half it plays what was chosen. It prints a table in Markdown, and on
// stderr how long recommend took.
//
//	go run ./tools/verdicts FOLDER ...
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/internal/simulate/recommend"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/internal/simulate/verdict"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

const (
	tolerance = 1.5  // times the limit that may be refused in the second half
	dearer    = 1.05 // times the cheapest of a fixed size and on-demand that it may cost there
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "verdicts:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, folders []string) error {
	if len(folders) == 0 {
		return errors.New("name a folder of traces, *.csv")
	}
	var all []row
	fmt.Println("| trace | chosen on the first half | refused in the second | USD a month | a fixed size | on-demand |")
	fmt.Println("|---|---|---|---|---|---|")
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(folder, "*.csv"))
		if err != nil {
			return err
		}
		for _, path := range files {
			r, err := judge(ctx, path)
			if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			fmt.Println(r)
			fmt.Fprintf(os.Stderr, "%s: %.0f seconds\n", r.trace, r.took.Seconds())
			all = append(all, r)
		}
	}
	kept, cheap := 0, 0
	for _, r := range all {
		if r.kept() {
			kept++
		}
		if r.cheap() {
			cheap++
		}
	}
	fmt.Printf("\nOf %d traces, %d keep %s within a factor of %v, and %d cost at most %.0f %% more than the cheapest of a fixed size and on-demand.\n",
		len(all), kept, trial.Share(verdict.WantedRefused), tolerance, cheap, 100*(dearer-1))
	return nil
}

// row is what became of a choice in the second half of a trace.
type row struct {
	trace, chosen string
	refused, cost float64
	fixed         float64 // of the second half's highest minute, known beforehand; 0: none holds it
	onDemand      float64
	took          time.Duration // to choose
}

func (r row) kept() bool { return r.refused <= tolerance*verdict.WantedRefused }

func (r row) cheap() bool {
	least := r.onDemand
	if r.fixed > 0 {
		least = min(least, r.fixed)
	}
	return r.cost <= dearer*least
}

// String returns the row of the table; what is broken is bold.
func (r row) String() string {
	refused, cost := trial.Share(r.refused), trial.Dollars(r.cost)
	if !r.kept() {
		refused = "**" + refused + "**"
	}
	if !r.cheap() {
		cost = "**" + cost + "**"
	}
	return "| " + strings.Join([]string{r.trace, r.chosen, refused, cost, trial.Dollars(r.fixed), trial.Dollars(r.onDemand)}, " | ") + " |"
}

func judge(ctx context.Context, path string) (row, error) {
	file, err := os.Open(path) //nolint:gosec // whoever runs this names the file
	if err != nil {
		return row{}, err
	}
	defer file.Close()
	all, err := trace.Read(file)
	if err != nil {
		return row{}, err
	}
	half := len(all.Minutes) / 2
	first, second := all, all
	first.Minutes, second.Minutes = all.Minutes[:half], all.Minutes[half:]
	second.Start = all.Start.Add(time.Duration(half) * time.Minute)

	typical, err := profile.Named("typical")
	if err != nil {
		return row{}, err
	}
	spread, begun := typical.Spread(), time.Now()
	s := recommend.Search{Trace: first, Seed: 1, Spread: spread, Prices: simulate.DefaultPrices(), Policies: scaling.Policies(), MaxThrottled: verdict.WantedRefused, Wanted: 1}
	found, err := recommend.Run(ctx, s)
	if err != nil {
		return row{}, err
	}
	r := row{trace: strings.TrimSuffix(filepath.Base(path), ".csv"), took: time.Since(begun)}
	_, choice := found.Verdict(s)
	spec := trial.Spec{Trace: second, Seed: 1, Spread: spread, Settings: scaling.Layer{"mode": string(scaling.ModeDisabled)}}
	switch choice {
	case recommend.Autoscale:
		spec.Settings = found.Best[0].Settings
		r.chosen = strings.TrimPrefix(strings.ReplaceAll(trial.TagsText(spec.Settings), scaling.TagPrefix, ""), "shardkeeper=enabled,")
	case recommend.FixedSize:
		spec.StartShards = found.Fixed.Whole
		r.chosen = "fixed, " + trial.Counted(spec.StartShards, "shard")
	case recommend.OnDemand, recommend.Advantage:
		r.chosen = string(choice)
	}
	played, err := trial.Run(ctx, spec)
	if err != nil {
		return row{}, err
	}
	compared := played.Compare(s.Prices, 0)
	r.onDemand = compared.OnDemand.Total()
	if compared.PeakShards > 0 {
		r.fixed = compared.AtPeak.Total()
	}
	r.refused, r.cost = played.Usage.ThrottledShare(), played.Month(s.Prices).Total()
	switch choice {
	case recommend.OnDemand:
		r.refused, r.cost = 0, r.onDemand
	case recommend.Advantage:
		r.refused, r.cost = 0, compared.Advantage.Total()
	case recommend.Autoscale, recommend.FixedSize: // as it was played
	}
	return r, nil
}
