package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
)

// Prices in us-east-1, in USD, and what is billed for a call: as docs/costs.md has them.
const (
	alarmsMonth    = 0.60      // the two alarms of a stream
	unitWrite      = 0.625e-6  // of the table
	unitRead       = 0.125e-6  // of the table
	gigabyteSecond = 0.0000133 // of Lambda, arm64
	invocation     = 0.20e-6   // of Lambda
	memory         = 256.0 / 1024
	saveUnits      = 6  // an item of up to 4 KB, and its place in the index
	claimUnits     = 21 // a transaction counts twice: the item, its history entry, the indexes, and the check of the pause
)

// print writes all figures as one table.
func (b *books) print(out io.Writer, s scene) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	row := func(what, format string, args ...any) {
		_, _ = fmt.Fprintf(table, "%s\t%s\n", what, fmt.Sprintf(format, args...))
	}
	seconds := float64(s.hours * 3600)
	slices.Sort(b.settled)
	row("streams", "%d", s.streams)
	row("hours", "%d", s.hours)
	row("operations settled", "%d, %d open", len(b.settled), len(b.active))
	row("time to settle from ACTIVE, median", "%s", b.settledAt(0.5))
	row("time to settle from ACTIVE, 99 %", "%s", b.settledAt(0.99))
	row("age of the sweep, at most", "%s", b.swept())
	row("longest gap between looks at a stream", "%s", b.oldest().Round(time.Second))
	for _, api := range slices.Sorted(maps.Keys(b.calls)) {
		row(api+" a second", "%.3f", float64(b.calls[api])/seconds)
	}
	row("calls that came too fast", "%d", b.throttled)
	row("table reads a second", "%.2f", float64(b.reads)/seconds)
	row("table writes a second", "%.2f", float64(b.writes+b.claims+b.small)/seconds)
	row("Lambda time an hour", "%s", (b.lambda() / time.Duration(s.hours)).Round(time.Second))
	row("dollars a month", "%.0f, of which alarms %.0f", b.dollars(s), alarmsMonth*float64(s.streams))
	_ = table.Flush()
}

// swept says how old the newest whole sweep was at most.
func (b *books) swept() string {
	if b.unswept {
		return "no sweep came to its end before the hours began"
	}
	return b.sweepAge.Round(time.Minute).String()
}

// settledAt is within what time a share of the operations were settled, 0 to 1; zero without operations.
func (b *books) settledAt(share float64) time.Duration {
	if len(b.settled) == 0 {
		return 0
	}
	return b.settled[int(share*float64(len(b.settled)-1))].Round(time.Second)
}

// dollars is what Shardkeeper itself costs in a month of such hours; the shards are not counted.
func (b *books) dollars(s scene) float64 {
	writes := float64(b.writes*saveUnits+b.claims*claimUnits+b.small) * unitWrite
	lambda := b.lambda().Seconds()*memory*gigabyteSecond + float64(len(b.spent))*invocation
	return alarmsMonth*float64(s.streams) + (writes+float64(b.reads)*unitRead+lambda)*trial.HoursOfMonth/float64(s.hours)
}
