package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/internal/simulate/report"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/internal/simulate/verdict"
	"github.com/shardkeeper/shardkeeper/internal/trace"
)

// resultGrid has a row for each way to run a stream.
func resultGrid(to output.Screen, name string) *output.Grid {
	number := func(title string) output.Column { return output.Column{Title: title, Right: true} }
	return output.NewGrid(to,
		output.Column{Title: name, Min: longestPolicy},
		number("USD/month"), number("shard-hours"), number("optimum"), number("throttled"), number("minutes"),
		number("up"), number("down"), number("shards"),
	)
}

// longestPolicy is the length of a policy's name, such as target-tracking.
const longestPolicy = 15

// resultCells are a trial's cells in a resultGrid.
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

// comparedRows has the ways to run a stream that need no settings. A fixed size that none is, and an
// optimum that is not known, have no row.
func comparedRows(rows *output.Grid, c trial.Compared, minutes int) error {
	var all [][]string
	if c.PeakShards > 0 {
		atPeak := float64(c.PeakShards) * float64(minutes) / 60
		all = append(all, []string{"provisioned at peak", trial.Dollars(c.AtPeak.Total()), trial.Amount(atPeak), overOptimum(atPeak, c.OptimumHours), "", "", "", "", fmt.Sprint(c.PeakShards)})
	}
	all = append(all, []string{verdict.OnDemand, trial.Dollars(c.OnDemand.Total())}, []string{verdict.Advantage, trial.Dollars(c.Advantage.Total())})
	if c.OptimumHours > 0 {
		all = append(all, []string{"optimum", trial.Dollars(c.Optimum.Total()), trial.Amount(c.OptimumHours), overOptimum(c.OptimumHours, c.OptimumHours)})
	}
	for _, cells := range all {
		if err := rows.Row(cells...); err != nil {
			return err
		}
	}
	return nil
}

// simulatedTable begins with the verdict, the sentence that the page begins with too.
func simulatedTable(to output.Screen, r report.Report) error {
	if _, err := io.WriteString(to.W, output.Wrapped(r.Verdict().Sentence+"\n\n", to.Width)); err != nil {
		return err
	}
	rows := resultGrid(to, "variant")
	for _, t := range r.Tried {
		if err := rows.Row(resultCells(t.Variant.Name, t.Result, t.Result.Month(r.Prices), r.Compared.OptimumHours)...); err != nil {
			return err
		}
	}
	if err := comparedRows(rows, r.Compared, len(r.Trace.Minutes)); err != nil {
		return err
	}
	if err := rows.Close(); err != nil {
		return err
	}
	held := func(t trial.Result) string { return trial.CountsText(t.Holds()) }
	if err := countRows(to, "\nHeld:\n", r, held); err != nil {
		return err
	}
	if slices.ContainsFunc(r.Tried, func(t report.Tried) bool { return len(t.Result.NotTaken()) > 0 }) {
		notTaken := func(t trial.Result) string { return trial.CountsText(t.NotTaken()) }
		if err := countRows(to, "\nDecided, and not taken by the service:\n", r, notTaken); err != nil {
			return err
		}
	}
	_, err := io.WriteString(to.W, output.Wrapped("\n"+notes(r)+"\n", to.Width))
	return err
}

// countRows has what is to be said of each variant's decisions.
func countRows(to output.Screen, title string, r report.Report, text func(trial.Result) string) error {
	if _, err := io.WriteString(to.W, title); err != nil {
		return err
	}
	rows := output.NewGrid(to, output.Column{Min: longestPolicy}, output.Column{Min: 20, Below: true})
	for _, t := range r.Tried {
		if err := rows.Row(t.Variant.Name, text(t.Result)); err != nil {
			return err
		}
	}
	return rows.Close()
}

// unknownOptimum explains a column that is empty; empty itself when it is not.
func unknownOptimum(t trace.Trace, spread *profile.Spread) string {
	why := trial.OptimumUnknown(t, spread)
	if why == "" {
		return ""
	}
	return "optimum: not known, since " + why + "."
}

// trafficText says how the traffic was taken to fall, and what becomes of what is refused.
func trafficText(spread *profile.Spread, needs, resendMinutes int) string {
	text := trial.SpreadText(spread, needs)
	if resendMinutes > 0 {
		text += " Here " + trial.ResendText(resendMinutes) + "."
	}
	return text
}

// lengthText says how long a trace is: "9 minutes", "1 hour", "336 hours".
func lengthText(minutes int) string {
	switch {
	case minutes < 60:
		return trial.Counted(minutes, "minute")
	case minutes == 60:
		return "1 hour"
	}
	return trial.Digits(float64(minutes)/60, 4) + " hours"
}

// notes say what the numbers mean.
func notes(r report.Report) string {
	optimum := unknownOptimum(r.Trace, r.Spread)
	if optimum == "" {
		optimum = "optimum: shard-hours over the fewest possible without throttling, knowing the future."
	}
	return fmt.Sprintf(`%s of traffic from %s on. A month has %d hours like these; writes are in, reads are not.
USD/month of a variant leaves out the payload units of what was refused: nobody is billed for them.
throttled: share of the traffic that was refused; minutes: those with more than 1 %% refused.
%s
%s
Prices of %s.`, lengthText(len(r.Trace.Minutes)), r.Trace.Start.Format(minuteLayout), trial.HoursOfMonth, trafficText(r.Spread, r.Compared.PeakShards, r.ResendMinutes), optimum, r.Prices.As)
}
