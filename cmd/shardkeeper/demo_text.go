package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/simulate/demo"
	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// textDemo prints the demo for people.
type textDemo struct {
	screen   output.Screen
	timeline *output.Grid
}

func newTextDemo(to output.Screen, seed uint64, spread *profile.Spread) (*textDemo, error) {
	_, err := fmt.Fprintf(to.W, `Shardkeeper demo, seed %d: two days of the stream %q in a model of AWS.
The enroller, scaler and reconciler are the real ones. The policy is %s, the budget
%d operations in any 24 hours, of which some are kept for scale-ups. The traffic is
%s, see docs/simulate.md.

`, seed, demo.Stream, scaling.DoubleHalve, scaling.DefaultOperationLimit, spread.Profile().Name)
	return &textDemo{to, output.NewGrid(to,
		output.Column{Title: "time (UTC)"},
		output.Column{Title: "records/s", Right: true},
		output.Column{Title: "util", Right: true},
		output.Column{Title: "open", Right: true},
		output.Column{Title: "refused", Right: true},
		output.Column{Title: "what happened, and why", Min: 20, Below: true},
	)}, err
}

func (t *textDemo) row(r demo.Row) error {
	return t.timeline.Row(r.At.Format("Mon 15:04"), fmt.Sprintf("%.0f", r.Traffic.Records), fmt.Sprintf("%.2f", r.Utilization),
		fmt.Sprint(r.OpenShards), share(r.Throttled), r.Text)
}

// share is a share as a percentage; empty for none.
func share(v float64) string {
	switch {
	case v <= 0:
		return ""
	case v < 0.0001:
		return "<0.01 %"
	}
	return fmt.Sprintf("%.3g %%", 100*v)
}

func (t *textDemo) result(r demo.Result) error {
	if err := t.timeline.Close(); err != nil {
		return err
	}
	if _, err := fmt.Fprint(t.screen.W, "\nThe history, as queried from the registry:\n\n"); err != nil {
		return err
	}
	entries := output.NewGrid(t.screen, entryColumns(false)...)
	for _, e := range r.History {
		if err := entries.Row(entryCells(e, false)...); err != nil {
			return err
		}
	}
	if err := entries.Close(); err != nil {
		return err
	}
	_, err := io.WriteString(t.screen.W, output.Wrapped(t.summary(r), t.screen.Width))
	return err
}

func (t *textDemo) summary(r demo.Result) string {
	var b strings.Builder
	b.WriteString("\nSummary\n\n")
	writeSummary(&b, r, t.screen.Width)
	b.WriteString("\nChecks\n\n")
	for _, c := range r.Checks {
		b.WriteString("  " + checkText(c, t.screen.Colour) + "\n")
	}
	return b.String()
}

// writeSummary writes what the demo came to, a line for each figure, for a screen of so many columns; 0 is wide enough.
func writeSummary(b *strings.Builder, r demo.Result, width int) {
	const margin = 14
	lines := func(name, text string) {
		for part := range strings.SplitSeq(text, "\n") {
			fmt.Fprintf(b, "  %-*s%s\n", margin-2, name, part)
			name = ""
		}
	}
	line := func(name, format string, args ...any) { lines(name, fmt.Sprintf(format, args...)) }
	ups := 0
	for _, o := range r.Operations {
		if o.To > o.From {
			ups++
		}
	}
	line("operations", "%d: %d up, %d down", len(r.Operations), ups, len(r.Operations)-ups)
	var holds []string
	for _, h := range r.Holds() {
		holds = append(holds, fmt.Sprintf("%s %d", h.What, h.Times))
	}
	lines("holds", output.Listed(holds, max(width-margin, 0)))
	refused := share(r.Usage.ThrottledShare())
	if refused == "" {
		refused = "none"
	}
	line("throttled", "%s of the records, in %d minutes", refused, r.Usage.ThrottledMinutes)
	if peak := r.Usage.PeakNeeds; peak > 0 {
		line("shard-hours", "%.0f; provisioned for the peak, %d shards, %.0f", r.Usage.ShardHours(), peak, float64(peak*r.Usage.Minutes)/60)
		line("cost", "$%.2f; provisioned for the peak $%.2f; on-demand $%.2f", r.Cost.Scaled, r.Cost.AtPeak, r.Cost.OnDemand)
	} else {
		line("shard-hours", "%.0f; no fixed size holds the peak", r.Usage.ShardHours())
		line("cost", "$%.2f; on-demand $%.2f", r.Cost.Scaled, r.Cost.OnDemand)
	}
	line("", "writes only, prices of %s", r.Prices.As)
}

// checkText is a check as people read it.
func checkText(c demo.Check, colour bool) string {
	mark, paint := "ok     ", output.Good
	if !c.OK {
		mark, paint = "FAILED ", output.Bad
	}
	if colour {
		mark = paint.On(mark)
	}
	return fmt.Sprintf("%s%s (%s)", mark, c.Name, c.Detail)
}
