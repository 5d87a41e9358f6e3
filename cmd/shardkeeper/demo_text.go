package main

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/shardkeeper/shardkeeper/internal/simulate/demo"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// width is how many columns a terminal is taken to have.
const width = 100

// textDemo prints the demo for people.
type textDemo struct {
	out      io.Writer
	timeline *table
}

func newTextDemo(out io.Writer, seed uint64) (*textDemo, error) {
	t := &textDemo{out: out, timeline: &table{columns: []column{
		{title: "time (UTC)", width: 10},
		{title: "records/s", width: 9, right: true},
		{title: "util", width: 4, right: true},
		{title: "open", width: 4, right: true},
		{title: "refused", width: 7, right: true},
		{title: "what happened, and why", width: width - 44},
	}}}
	_, err := fmt.Fprintf(out, `Shardkeeper demo, seed %d: two days of the stream %q in a model of AWS.
The enroller, scaler and reconciler are the real ones. The policy is %s, the budget
%d operations in any 24 hours, of which some are kept for scale-ups.

`, seed, demo.Stream, scaling.DoubleHalve, scaling.DefaultOperationLimit)
	if err != nil {
		return nil, err
	}
	return t, t.timeline.header(out)
}

func (t *textDemo) row(r demo.Row) error {
	return t.timeline.row(t.out, r.At.Format("Mon 15:04"), fmt.Sprintf("%.0f", r.Traffic.Records), fmt.Sprintf("%.2f", r.Utilization),
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
	if _, err := fmt.Fprint(t.out, "\nThe history, as queried from the registry:\n\n"); err != nil {
		return err
	}
	entries := historyTable(width, false)
	if err := entries.header(t.out); err != nil {
		return err
	}
	for _, e := range r.History {
		if err := entries.row(t.out, entryCells(e, false)...); err != nil {
			return err
		}
	}
	return t.summary(r)
}

func (t *textDemo) summary(r demo.Result) error {
	var b strings.Builder
	line := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "  %-12s%s\n", name, fmt.Sprintf(format, args...))
	}
	b.WriteString("\nSummary\n\n")
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
	line("holds", "%s", strings.Join(holds, ", "))
	refused := share(r.Usage.ThrottledShare())
	if refused == "" {
		refused = "none"
	}
	line("throttled", "%s of the records, in %d minutes", refused, r.Usage.ThrottledMinutes)
	peak := math.Ceil(r.Usage.PeakShards)
	line("shard-hours", "%.0f; provisioned for the peak of %.0f shards %.0f", r.Usage.ShardHours(), peak, peak*float64(r.Usage.Minutes)/60)
	line("cost", "$%.2f; provisioned for the peak $%.2f; on-demand $%.2f", r.Cost.Scaled, r.Cost.AtPeak, r.Cost.OnDemand)
	line("", "writes only, prices of %s", r.Prices.As)
	b.WriteString("\nChecks\n\n")
	for _, c := range r.Checks {
		mark := "ok"
		if !c.OK {
			mark = "FAILED"
		}
		fmt.Fprintf(&b, "  %-7s%s (%s)\n", mark, c.Name, c.Detail)
	}
	_, err := io.WriteString(t.out, b.String())
	return err
}
