package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate/traffic"
	"github.com/shardkeeper/shardkeeper/internal/trace"
)

type trafficCommand struct {
	Kind       string  `arg:"" enum:"${traffic_kinds}" help:"One of ${traffic_kinds}."`
	Days       int     `default:"14" help:"How long (${default})."`
	Peak       float64 `default:"40" help:"Open shards that the highest minute needs (${default})."`
	Seed       uint64  `default:"1" help:"The same seed makes the same traffic."`
	OutputFile string  `help:"Write to a file; to the terminal when left out." placeholder:"FILE.csv"`
}

// Run makes traffic, as a trace for simulate and recommend.
func (c trafficCommand) Run(at surroundings) error {
	if err := checkPeak(c.Peak); err != nil {
		return err
	}
	if c.Days < 1 || c.Days > maxTrafficDays || c.Peak == 0 {
		return fmt.Errorf("%w: --days %d is not between 1 and %d, or --peak is 0", errUsage, c.Days, maxTrafficDays)
	}
	t, err := traffic.Make(traffic.Spec{Kind: traffic.Kind(c.Kind), Start: trafficStart(), Days: c.Days, Peak: c.Peak, Seed: c.Seed})
	if err != nil {
		return err
	}
	if c.OutputFile == "" {
		return trace.Write(at.stdout, t)
	}
	return at.writeFile(c.OutputFile, func(w io.Writer) error { return trace.Write(w, t) })
}

const maxTrafficDays = 3660

// trafficStart is the Monday with which made traffic begins. It repeats, so it is not today.
func trafficStart() time.Time { return time.Date(2026, time.November, 2, 0, 0, 0, 0, time.UTC) }

// trafficKinds names the kinds of traffic, for a flag.
func trafficKinds() string {
	names := make([]string, len(traffic.Kinds()))
	for i, k := range traffic.Kinds() {
		names[i] = string(k)
	}
	return strings.Join(names, ",")
}
