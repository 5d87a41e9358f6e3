// Command figures draws docs/figures: each kind of our own traffic, under each policy with its
// defaults. It is what `make figures` runs; the same code draws the same files.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate/chart"
	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/internal/simulate/traffic"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/scaling"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "figures:", err)
		os.Exit(1) //nolint:gocritic // nothing is left to be undone
	}
}

// What is drawn.
const (
	days    = 7
	peak    = 40 // shards
	seed    = 1
	buckets = 900
)

func start() time.Time { return time.Date(2026, time.November, 2, 0, 0, 0, 0, time.UTC) }

func run(ctx context.Context, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("want one argument, the folder to write to, not %d", len(args))
	}
	if err := os.MkdirAll(args[0], 0o755); err != nil { //nolint:gosec // the documents are for all to read
		return err
	}
	for _, kind := range traffic.Kinds() {
		figure, err := draw(ctx, kind)
		if err != nil {
			return fmt.Errorf("traffic %s: %w", kind, err)
		}
		path := filepath.Join(args[0], string(kind)+".svg")
		if err := os.WriteFile(path, []byte(figure), 0o644); err != nil { //nolint:gosec // the documents are for all to read
			return err
		}
	}
	return nil
}

// draw plays a kind of traffic under each policy, and draws them under each other.
func draw(ctx context.Context, kind traffic.Kind) (string, error) {
	t, err := traffic.Make(ctx, traffic.Spec{Kind: kind, Start: start(), Days: days, Peak: peak, Seed: seed})
	if err != nil {
		return "", err
	}
	usual, err := profile.Named(profile.Default)
	if err != nil {
		return "", err
	}
	spread := usual.Spread()
	var specs []trial.Spec
	for _, policy := range scaling.Policies() {
		specs = append(specs, trial.Spec{Trace: t, Settings: scaling.Layer{"policy": string(policy)}, Seed: seed, Spread: spread, Buckets: buckets})
	}
	results, err := trial.All(ctx, specs, nil)
	if err != nil {
		return "", err
	}
	optimum, highest, throttled := trial.Optimum(t, spread), float64(peak), 0.0
	for _, r := range results {
		highest, throttled = max(highest, float64(r.HighestShards)), max(throttled, r.Timeline.HighThrottled())
	}
	var panels []chart.Panel
	for _, r := range results {
		panels = append(panels, chart.Panel{
			Title: fmt.Sprintf("%s: %.2f times the optimum's shard-hours, %s throttled, %d operations",
				r.Settings.Policy, r.Usage.ShardHours()/optimum, trial.Share(r.Usage.ThrottledShare()), len(r.Operations)),
			Summary:  fmt.Sprintf("between %d and %d open shards.", r.LowestShards, r.HighestShards),
			Timeline: r.Timeline, Top: highest, TopThrottled: throttled,
		})
	}
	return chart.Figure(fmt.Sprintf("A week of traffic of the kind %s under each policy", kind), panels), nil
}
