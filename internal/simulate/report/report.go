// Package report tells what trials came to on a page of package page: the verdict, the costs, and
// each variant's time. It can be mailed, put beside a change, or printed.
package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/page"
	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/internal/simulate/verdict"
	"github.com/shardkeeper/shardkeeper/internal/trace"
)

// Buckets is how many buckets a timeline should have to be drawn well.
const Buckets = page.MostSteps

// Report is what the page tells.
type Report struct {
	Name     string // of the trace
	Trace    trace.Trace
	Tried    []Tried // one trial for each variant; at least one
	Compared trial.Compared
	Prices   simulate.Prices
	// Spread is how the traffic fell on shards and seconds. Nil: evenly.
	Spread *profile.Spread
	// ResendMinutes is for how many minutes producers sent again what was refused.
	ResendMinutes int
}

// Tried is a variant and what it came to.
type Tried struct {
	Variant trial.Variant
	Result  trial.Result
	// Happened says that it is no trial, but what really happened to the stream. There can be one, the first.
	Happened bool
}

// happened reports whether the report is of what really happened, with trials beside it.
func (r Report) happened() bool { return len(r.Tried) > 0 && r.Tried[0].Happened }

// Write writes the page.
func Write(w io.Writer, r Report) error {
	if r.Spread == nil {
		r.Spread = profile.EvenSpread()
	}
	v := r.Verdict()
	p := page.Page{
		Title: r.Name, Kind: "simulation", Verdict: page.Verdict{Sentence: v.Sentence, Because: v.Because}, Facts: facts(r), About: about(r), Start: r.Trace.Start, Step: time.Minute,
		Columns:  []string{"shard-hours", "over the optimum", "refused", "minutes", "up", "down", "open shards"},
		Ways:     compared(r, v.Best),
		WaysNote: waysNote(r),
		Footer: "Made by shardkeeper simulate. The scaler, enroller and reconciler are the real ones; Kinesis and CloudWatch around them are a model, in which a " +
			"resharding takes a minute, and one more for each 30 shards of difference, and metrics are seen a minute late.",
	}
	if r.happened() {
		p.Kind, p.Footer = "report", "Made by shardkeeper report, from the metrics and the history of the stream. "+
			"The other ways are trials of the same traffic: the scaler, enroller and reconciler in them are the real ones, Kinesis and CloudWatch a model."
	}
	if len(r.Tried) > 0 {
		line := r.Tried[0].Result.Timeline
		p.Step = time.Duration(max(line.BucketMinutes, 1)) * time.Minute
		for _, b := range line.Buckets {
			p.Traffic = append(p.Traffic, b.HighDemand)
		}
	}
	most := page.MostRows / max(len(r.Tried), 1)
	for _, tried := range r.Tried {
		p.Runs = append(p.Runs, runOf(tried, r.Prices, most))
	}
	return page.Write(w, p)
}

func facts(r Report) []page.Fact {
	sum, highest, at := 0.0, 0.0, 0
	for i, m := range r.Trace.Minutes {
		shards := simulate.Shards(m)
		sum += shards
		if shards > highest {
			highest, at = shards, i
		}
	}
	length := time.Duration(len(r.Trace.Minutes)) * time.Minute
	return []page.Fact{
		{Name: "Traffic", Value: lengthText(length), Note: r.Trace.Start.Format(minuteLayout) + " to " + r.Trace.Start.Add(length).Format(minuteLayout) + " UTC"},
		{Name: "On average it fills", Value: fmt.Sprintf("%.1f shards", sum/float64(max(len(r.Trace.Minutes), 1)))},
		{Name: "The highest minute fills", Value: fmt.Sprintf("%.1f shards", highest), Note: r.Trace.Start.Add(time.Duration(at) * time.Minute).Format(minuteLayout)},
	}
}

const minuteLayout = "Mon 2 Jan 2006 15:04"

func lengthText(d time.Duration) string {
	switch {
	case d < time.Hour:
		return trial.Counted(int(d.Minutes()), "minute")
	case d == time.Hour:
		return "an hour"
	case d < 48*time.Hour:
		return trial.Digits(d.Hours(), 3) + " hours"
	}
	return trial.Digits(d.Hours()/24, 3) + " days"
}

// about says what is shown, and what was put right in the trace.
func about(r Report) []string {
	what := "these settings"
	if n := len(r.Tried); n != 1 {
		what = fmt.Sprintf("these %d variants of the settings", n)
	}
	texts := []string{"What " + what + " would have done with this traffic.", trial.SpreadText(r.Spread, r.Compared.PeakShards), capitalized(trial.ResendText(r.ResendMinutes)) + "."}
	if r.happened() {
		texts[0] = "What happened to the stream, and what the other ways would have done with this traffic. Its open shards are those of its history: " +
			"before the first line they are taken to be as then. A refused record that was sent again counts twice."
	}
	if len(r.Trace.Repairs) > 0 {
		var b strings.Builder
		b.WriteString("The trace was put right while it was read:")
		for _, repair := range r.Trace.Repairs {
			b.WriteString(" " + repair.String() + ".")
		}
		texts = append(texts, b.String())
	}
	return texts
}

// compared are the variants, and the ways that need no scaler.
func compared(r Report, best int) []page.Way {
	var rows []page.Way
	add := func(name string, m trial.Month, at int, cells ...string) {
		row := page.Way{Name: name, Run: at + 1, Cost: m.Total(), Rest: m.Total() - m.Shards, Price: trial.Dollars(m.Total()), Cells: cells}
		rows = append(rows, row)
	}
	for i, t := range r.Tried {
		u := t.Result.Usage
		add(t.Variant.Name, t.Result.Month(r.Prices), i, trial.Amount(u.ShardHours()), overOptimum(u.ShardHours(), r), trial.Share(u.ThrottledShare()), trial.Amount(float64(u.ThrottledMinutes)),
			fmt.Sprint(t.Result.Ups()), fmt.Sprint(t.Result.Downs()), fmt.Sprintf("%d to %d", t.Result.LowestShards, t.Result.HighestShards))
	}
	if r.Compared.PeakShards > 0 {
		hours := float64(r.Compared.PeakShards) * float64(len(r.Trace.Minutes)) / 60
		add("provisioned at peak, "+trial.Counted(r.Compared.PeakShards, "shard"), r.Compared.AtPeak, -1,
			trial.Amount(hours), overOptimum(hours, r), trial.Share(r.Compared.PeakRefused), "", "0", "0", fmt.Sprint(r.Compared.PeakShards))
	}
	onDemand := trial.Share(verdict.OnDemandRefused(r.Compared))
	add(verdict.OnDemand, r.Compared.OnDemand, -1, "", "", onDemand, "", "", "", "")
	add(verdict.Advantage, r.Compared.Advantage, -1, "", "", onDemand, "", "", "", "")
	if best < 0 { // the last three rows are FixedSize, OnDemand and Advantage, -1 to -3
		best = len(rows) - 4 - best
	}
	rows[best].Best = true
	if r.Compared.OptimumHours > 0 {
		minutes := "0"
		if r.Compared.AlwaysRefused > 0 { // it is of what a size holds: what a hot key loses comes on top
			minutes = ""
		}
		add("optimum, knowing the future", r.Compared.Optimum, -1, trial.Amount(r.Compared.OptimumHours), overOptimum(r.Compared.OptimumHours, r), trial.Share(r.Compared.AlwaysRefused), minutes, "", "", "")
	}
	return rows
}

// overOptimum says how many times the optimum's shard-hours are used; empty when it is not known.
func overOptimum(hours float64, r Report) string {
	if r.Compared.OptimumHours <= 0 {
		return ""
	}
	return fmt.Sprintf("%.2f ×", hours/r.Compared.OptimumHours)
}

func waysNote(r Report) string {
	optimum := "The optimum is the fewest shard-hours without refusals for one who knows the future."
	if why := trial.OptimumUnknown(r.Trace, r.Spread); why != "" {
		optimum = "The optimum is not known, since " + why + "."
	}
	p := r.Prices
	return fmt.Sprintf("The first part of a bar is for shards, the paler one for writes and alarms; on-demand for the stream and the gigabytes. A month has %d hours, all as those of the trace. "+
		"Reads are left out, and so are a variant's payload units of what was refused: nobody is billed for them. Refused is the share of the traffic, minutes are those with more than 1 %% refused. %s "+
		"Prices of %s: a shard-hour %s, a million PUT payload units %s, an alarm's metric %s a month; on-demand a stream-hour %s, a gigabyte written %s; on-demand Advantage, which is for a whole account, a gigabyte written %s, and %v MiB a second at least.",
		trial.HoursOfMonth, optimum, p.As, trial.Price(p.ShardHour), trial.Price(p.PutUnits), trial.Price(p.AlarmMonth), trial.Price(p.OnDemandHour), trial.Price(p.OnDemandGigabyte),
		trial.Price(p.AdvantageGigabyte), p.AdvantageMinimum)
}
