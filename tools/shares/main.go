// Command shares measures what the policies take of the shard-hours of a fixed size that holds the highest minute, which nobody
// knows beforehand, and what they refuse. It prints a table in Markdown, the most level trace first.
//
//	go run ./tools/shares FOLDER ...
//
// Each trace is scaled so that its highest minute fills 40 shards, and played with usual keys.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

const peak = 40 // shards of load in the highest minute

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "shares:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, folders []string) error {
	if len(folders) == 0 {
		return errors.New("which folders of traces?")
	}
	traces, err := trace.Folders(folders...)
	if err != nil {
		return err
	}
	var rows []row
	for _, one := range traces {
		r, err := measure(ctx, one)
		if err != nil {
			return fmt.Errorf("%s: %w", one.Name, err)
		}
		rows = append(rows, r)
	}
	slices.SortFunc(rows, func(a, b row) int { return cmp.Compare(a.overMean, b.overMean) })
	head, line := "| trace | highest minute over the mean |", "|---|---|"
	for _, policy := range scaling.Policies() {
		head += fmt.Sprintf(" %s | refused |", policy)
		line += "---|---|"
	}
	fmt.Printf("%s\n%s\n", head, line)
	for _, r := range rows {
		fmt.Println(r)
	}
	return nil
}

// row is what the policies make of a trace.
type row struct {
	trace    string
	overMean float64 // the highest minute over the mean
	played   []trial.Result
}

func measure(ctx context.Context, one trace.Named) (row, error) {
	usual, err := profile.Named(profile.Default)
	if err != nil {
		return row{}, err
	}
	r := row{trace: one.Name}
	for _, policy := range scaling.Policies() {
		got, err := trial.Run(ctx, trial.Spec{
			Trace: trial.Scaled(one.Trace, peak), Seed: 1, Spread: usual.Spread(), Settings: scaling.Layer{"policy": string(policy)},
		})
		if err != nil {
			return row{}, err
		}
		r.played = append(r.played, got)
	}
	r.overMean = overMean(r.played[0].Usage)
	return r, nil
}

// overMean is the highest minute of the traffic over its mean; 0 where there was none.
func overMean(u simulate.Usage) float64 {
	if u.SentShards == 0 {
		return 0
	}
	return u.PeakShards * float64(u.Minutes) / u.SentShards
}

// ofFixed is the part of the shard-hours of the fixed size that holds the highest minute. Such a size must be there.
func ofFixed(u simulate.Usage) float64 {
	return float64(u.ShardMinutes) / float64(u.PeakNeeds*u.Minutes)
}

// String returns the row of the table.
func (r row) String() string {
	text := fmt.Sprintf("| %s | %.2g |", r.trace, r.overMean)
	if r.overMean >= 100 {
		text = fmt.Sprintf("| %s | %.0f |", r.trace, r.overMean)
	}
	for _, p := range r.played {
		fixed := "none holds"
		if p.Usage.PeakNeeds > 0 {
			fixed = fmt.Sprintf("%.2f", ofFixed(p.Usage))
		}
		text += fmt.Sprintf(" %s | %s |", fixed, trial.Share(p.Usage.ThrottledShare()))
	}
	return text
}
