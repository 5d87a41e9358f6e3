// Command verdicts measures whether what recommend says holds: on the first half of each trace it
// lets recommend choose, on the second half it plays what was chosen. It prints a table in Markdown, and on
// stderr how long recommend took.
//
//	go run ./tools/verdicts [FOLDER ...]
//
// Without a folder it takes traces that it makes.
package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
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
	traces, err := read(folders)
	if err != nil {
		return err
	}
	var all []row
	fmt.Println("| trace | chosen on the first half | refused in the second | USD a month | a fixed size | one of the first half | on-demand |")
	fmt.Println("|---|---|---|---|---|---|---|")
	for _, played := range traces {
		r, err := judge(ctx, played.Trace)
		if err != nil {
			return fmt.Errorf("%s: %w", played.Name, err)
		}
		r.trace = played.Name
		fmt.Println(r)
		fmt.Fprintf(os.Stderr, "%s: %.0f seconds\n", r.trace, r.took.Seconds())
		all = append(all, r)
	}
	count := func(is func(row) bool) int {
		return len(slices.DeleteFunc(slices.Clone(all), func(r row) bool { return !is(r) }))
	}
	fmt.Printf("\nOf %d traces, %d keep %s within a factor of %v. %d cost at most %.0f %% more than the cheapest of on-demand and the fixed size that knows the second half; %d, than the cheapest of on-demand and the fixed size of the first half, if that holds.\n",
		len(all), count(row.kept), trial.Share(verdict.WantedRefused), tolerance, count(row.cheap), 100*(dearer-1), count(row.cheapForeseen))
	return nil
}

// row is what became of a choice in the second half of a trace.
type row struct {
	trace, chosen string
	refused, cost float64
	fixed         float64 // of the second half's highest minute, known beforehand; 0: none holds it
	foreseen      float64 // of the fixed size that the first half asks for; 0: it asks for none
	foreseenHolds bool    // that size keeps the limit in the second half as well as what is chosen has to
	onDemand      float64
	took          time.Duration // to choose
}

func (r row) kept() bool { return holds(r.refused) }

func holds(refused float64) bool { return refused <= tolerance*verdict.WantedRefused }

// cheap compares with the fixed size that nobody can know.
func (r row) cheap() bool {
	least := r.onDemand
	if r.fixed > 0 {
		least = min(least, r.fixed)
	}
	return r.cost <= dearer*least
}

// cheapForeseen compares with the fixed size that somebody would have chosen who knew as much as recommend.
func (r row) cheapForeseen() bool {
	least := r.onDemand
	if r.foreseen > 0 && r.foreseenHolds {
		least = min(least, r.foreseen)
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
	foreseen := "none"
	switch {
	case r.foreseen > 0 && r.foreseenHolds:
		foreseen = trial.Dollars(r.foreseen)
	case r.foreseen > 0:
		foreseen = trial.Dollars(r.foreseen) + ", does not hold"
	}
	return "| " + strings.Join([]string{r.trace, r.chosen, refused, cost, trial.Dollars(r.fixed), foreseen, trial.Dollars(r.onDemand)}, " | ") + " |"
}

// read returns the traces of the folders; those that are made without a folder.
func read(folders []string) ([]trace.Named, error) {
	if len(folders) > 0 {
		return trace.Folders(folders...)
	}
	var all []trace.Named
	made := made()
	for _, name := range slices.Sorted(maps.Keys(made)) {
		all = append(all, trace.Named{Name: name, Trace: made[name]})
	}
	return all, nil
}

// judge lets recommend choose on the first half of the trace, and plays the choice on the second.
func judge(ctx context.Context, all trace.Trace) (row, error) {
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
	r := row{took: time.Since(begun)}
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
	if n := found.Fixed.Whole; n > 0 {
		spec.StartShards, spec.Settings = n, scaling.Layer{"mode": string(scaling.ModeDisabled)}
		fixed, err := trial.Run(ctx, spec)
		if err != nil {
			return row{}, err
		}
		r.foreseen, r.foreseenHolds = fixed.Month(s.Prices).Total(), holds(fixed.Usage.ThrottledShare())
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
