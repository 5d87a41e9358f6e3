package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/shardkeeper/shardkeeper/internal/simulate/report"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/internal/trace"
)

// nameWidth has room for "target-tracking as is".
const nameWidth = 21

// resultTable has a row for each way to run a stream.
func resultTable(name string) *table {
	number := func(title string, width int) column { return column{title: title, width: width, right: true} }
	return &table{columns: []column{
		{title: name, width: nameWidth},
		number("USD/month", 10), number("shard-hours", 11), number("optimum", 7), number("throttled", 9), number("minutes", 7),
		number("up", 4), number("down", 4), number("shards", 11),
	}}
}

// resultCells are a trial's cells in a resultTable.
func resultCells(name string, r trial.Result, month trial.Month, optimumHours float64) []string {
	return []string{
		name, trial.Dollars(month.Total()), trial.Amount(r.Usage.ShardHours()), overOptimum(r.Usage.ShardHours(), optimumHours),
		trial.Share(r.Usage.ThrottledShare()), trial.Amount(float64(r.Usage.ThrottledMinutes)),
		fmt.Sprint(r.Ups()), fmt.Sprint(r.Downs()), fmt.Sprintf("%d-%d", r.LowestShards, r.HighestShards),
	}
}

// overOptimum says how many times the optimum's shard-hours are used; empty when it is not known.
func overOptimum(hours, optimum float64) string {
	if optimum == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", hours/optimum)
}

// comparedRows has the ways to run a stream that need no settings. An optimum that is not known has no
// row.
func comparedRows(w io.Writer, rows *table, c trial.Compared, minutes int) error {
	atPeak := float64(c.PeakShards) * float64(minutes) / 60
	all := [][]string{
		{"provisioned at peak", trial.Dollars(c.AtPeak.Total()), trial.Amount(atPeak), overOptimum(atPeak, c.OptimumHours), "", "", "", "", fmt.Sprint(c.PeakShards)},
		{"on-demand", trial.Dollars(c.OnDemand.Total())},
	}
	if c.OptimumHours > 0 {
		all = append(all, []string{"optimum", trial.Dollars(c.Optimum.Total()), trial.Amount(c.OptimumHours), overOptimum(c.OptimumHours, c.OptimumHours)})
	}
	for _, cells := range all {
		if err := rows.row(w, cells...); err != nil {
			return err
		}
	}
	return nil
}

func simulatedTable(w io.Writer, r report.Report) error {
	rows := resultTable("variant")
	if err := rows.header(w); err != nil {
		return err
	}
	for _, t := range r.Tried {
		if err := rows.row(w, resultCells(t.Variant.Name, t.Result, t.Result.Month(r.Prices), r.Compared.OptimumHours)...); err != nil {
			return err
		}
	}
	if err := comparedRows(w, rows, r.Compared, len(r.Trace.Minutes)); err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("\nHeld:\n")
	if err := countRows(&b, r, func(t trial.Result) string { return trial.CountsText(t.Holds()) }); err != nil {
		return err
	}
	if slices.ContainsFunc(r.Tried, func(t report.Tried) bool { return len(t.Result.NotTaken()) > 0 }) {
		b.WriteString("\nDecided, and not taken by the service:\n")
		if err := countRows(&b, r, func(t trial.Result) string { return trial.CountsText(t.NotTaken()) }); err != nil {
			return err
		}
	}
	fmt.Fprintf(&b, "\n%s\n", notes(r))
	_, err := io.WriteString(w, b.String())
	return err
}

// countRows has what is to be said of each variant's decisions.
func countRows(w io.Writer, r report.Report, text func(trial.Result) string) error {
	rows := &table{columns: []column{{title: "", width: nameWidth}, {title: "", width: width - nameWidth - len(gutter)}}}
	for _, t := range r.Tried {
		if err := rows.row(w, t.Variant.Name, text(t.Result)); err != nil {
			return err
		}
	}
	return nil
}

// unknownOptimum explains a column that is empty; empty itself when it is not.
func unknownOptimum(t trace.Trace) string {
	why := trial.OptimumUnknown(t, nil)
	if why == "" {
		return ""
	}
	return "optimum: not known, since " + why + "."
}

// notes say what the numbers mean.
func notes(r report.Report) string {
	optimum := unknownOptimum(r.Trace)
	if optimum == "" {
		optimum = "optimum: shard-hours over the fewest possible without throttling, knowing the future."
	}
	hours := fmt.Sprintf("%.4g hours", float64(len(r.Trace.Minutes))/60)
	if hours == "1 hours" {
		hours = "1 hour"
	}
	return fmt.Sprintf(`%s of traffic from %s on. A month has %d hours like these; writes are in, reads are not.
USD/month of a variant leaves out the payload units of what was refused: nobody is billed for them.
throttled: share of the traffic that was refused; minutes: those with more than 1 %% refused.
%s
Prices of %s.`, hours, r.Trace.Start.Format(minuteLayout), trial.HoursOfMonth, optimum, r.Prices.As)
}
