// Package report writes what trials came to as one page of HTML that needs nothing else: no
// script, no network, its pictures within. It can be mailed, put beside a change, or printed.
package report

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/chart"
	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/internal/trace"
)

// Buckets is how many buckets a timeline should have to be drawn well.
const Buckets = 900

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
}

// Write writes the page.
func Write(w io.Writer, r Report) error {
	filled, err := template.New("page").Parse(page)
	if err != nil {
		return err
	}
	if r.Spread == nil {
		r.Spread = profile.EvenSpread()
	}
	style := rules + chart.Style()
	digest := sha256.Sum256([]byte(style))
	v := view{
		Name: r.Name, Style: template.CSS(style), //nolint:gosec // our own text, nothing of it from outside
		Policy:  "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(digest[:]) + "'; base-uri 'none'; form-action 'none'",
		Traffic: trafficOf(r), Prices: pricesOf(r.Prices), PriceAs: r.Prices.As, NoOptimum: trial.OptimumUnknown(r.Trace, r.Spread), Spread: trial.SpreadText(r.Spread, r.Compared.PeakShards), Resend: trial.ResendText(r.ResendMinutes),
		Costs: template.HTML(costs(r)), //nolint:gosec // package chart escapes what it is given
	}
	for _, repair := range r.Trace.Repairs {
		v.Repairs = append(v.Repairs, repair.String())
	}
	most := mostRows / max(len(r.Tried), 1)
	for i, tried := range r.Tried {
		v.Variants = append(v.Variants, variantOf(i, tried, r, most))
	}
	return filled.Execute(w, v)
}

// view is what the template shows.
type view struct {
	Name      string
	Style     template.CSS
	Policy    string
	Traffic   traffic
	Repairs   []string
	Spread    string // what the profile means, in a sentence
	Resend    string
	Costs     template.HTML
	Prices    prices
	PriceAs   string
	NoOptimum string // why the optimum is not known; empty when it is
	Variants  []variant
}

type traffic struct {
	From, To, Length   string
	Mean, Peak, AtPeak string
}

func trafficOf(r Report) traffic {
	sum, highest, at := 0.0, 0.0, 0
	for i, m := range r.Trace.Minutes {
		shards := simulate.Shards(m)
		sum += shards
		if shards > highest {
			highest, at = shards, i
		}
	}
	length := time.Duration(len(r.Trace.Minutes)) * time.Minute
	return traffic{
		From: r.Trace.Start.Format(minuteLayout), To: r.Trace.Start.Add(length).Format(minuteLayout), Length: lengthText(length),
		Mean: fmt.Sprintf("%.1f", sum/float64(max(len(r.Trace.Minutes), 1))), Peak: fmt.Sprintf("%.1f", highest),
		AtPeak: r.Trace.Start.Add(time.Duration(at) * time.Minute).Format(minuteLayout),
	}
}

const minuteLayout = "Mon 2 Jan 2006 15:04"

func lengthText(d time.Duration) string {
	switch {
	case d == time.Hour:
		return "an hour"
	case d < 48*time.Hour:
		return fmt.Sprintf("%.3g hours", d.Hours())
	}
	return fmt.Sprintf("%.3g days", d.Hours()/24)
}

// costs draws what each way to run the stream costs a month.
func costs(r Report) string {
	var bars []chart.Bar
	add := func(label string, m trial.Month, other bool) {
		bars = append(bars, chart.Bar{Label: label, Value: m.Total(), Rest: m.Total() - m.Shards, Text: trial.Dollars(m.Total()), Other: other})
	}
	for _, t := range r.Tried {
		add(t.Variant.Name, t.Result.Month(r.Prices), false)
	}
	if r.Compared.PeakShards > 0 {
		add("provisioned at peak, "+trial.Counted(r.Compared.PeakShards, "shard"), r.Compared.AtPeak, true)
	}
	add("on-demand", r.Compared.OnDemand, true)
	if r.Compared.OptimumHours > 0 {
		add("optimum, knowing the future", r.Compared.Optimum, true)
	}
	return chart.Bars("costs", "Cost a month", bars)
}

// prices are for people.
type prices struct{ ShardHour, PutUnits, AlarmMonth, OnDemandHour, OnDemandGigabyte string }

func pricesOf(p simulate.Prices) prices {
	return prices{
		ShardHour: trial.Price(p.ShardHour), PutUnits: trial.Price(p.PutUnits), AlarmMonth: trial.Price(p.AlarmMonth),
		OnDemandHour: trial.Price(p.OnDemandHour), OnDemandGigabyte: trial.Price(p.OnDemandGigabyte),
	}
}

// highest is the most shards that any variant had, and any minute filled.
func highest(r Report) float64 {
	most := 0.0
	for _, t := range r.Tried {
		most = max(most, float64(t.Result.HighestShards), t.Result.Usage.PeakShards, t.Result.Timeline.HighDemand())
	}
	return most
}

// mostThrottled is the largest share of a minute that was refused, of all variants.
func mostThrottled(r Report) float64 {
	most := 0.0
	for _, t := range r.Tried {
		most = max(most, t.Result.Timeline.HighThrottled())
	}
	return most
}

// variant is one variant's part of the page.
type variant struct {
	ID, Name, Tags                 string
	Cost, Shards, Writes, Alarms   string
	Ratio                          string // shard-hours over the optimum's; empty when unknown
	ShardHours, Throttled, Minutes string
	Ups, Downs, Lowest, Highest    int
	Start, Scaled                  string // open shards; scale-ups and scale-downs
	Holds                          []trial.Count
	Chart                          template.HTML
	Rows                           []row
	Decisions                      string // how many there were
	Left                           int    // how many are not shown
	NotTaken                       string // operations that came to nothing, counted; empty for none
	Faults                         []string
}

func variantOf(i int, t Tried, r Report, most int) variant {
	result := t.Result
	month := result.Month(r.Prices)
	v := variant{
		ID: fmt.Sprintf("variant-%d", i+1), Name: t.Variant.Name, Tags: trial.TagsText(t.Variant.Settings),
		Cost: trial.Dollars(month.Total()), Shards: trial.Dollars(month.Shards), Writes: trial.Dollars(month.Writes), Alarms: trial.Dollars(month.Alarms),
		ShardHours: trial.Amount(result.Usage.ShardHours()), Throttled: trial.Share(result.Usage.ThrottledShare()), Minutes: trial.Amount(float64(result.Usage.ThrottledMinutes)),
		Ups: result.Ups(), Downs: result.Downs(), Lowest: result.LowestShards, Highest: result.HighestShards,
		Holds: result.Holds(), Decisions: trial.Counted(len(result.Decisions), "decision"),
		Start: trial.Counted(result.StartShards, "open shard"), Scaled: trial.Counted(result.Ups(), "scale-up") + " and " + trial.Counted(result.Downs(), "scale-down"),
	}
	if r.Compared.OptimumHours > 0 {
		v.Ratio = fmt.Sprintf("%.2f", result.Usage.ShardHours()/r.Compared.OptimumHours)
	}
	if lost := result.NotTaken(); len(lost) > 0 {
		v.NotTaken = trial.CountsText(lost)
	}
	v.Chart = template.HTML(chart.Timeline(chart.Panel{ //nolint:gosec // package chart escapes what it is given
		ID: v.ID, Top: highest(r), Title: "Traffic, open shards and throttling over time: " + v.Name, Timeline: result.Timeline,
		TopThrottled: mostThrottled(r),
		Summary: fmt.Sprintf("From %d up to %s, %s; %s of the traffic was throttled, in %s.",
			v.Lowest, trial.Counted(v.Highest, "open shard"), v.Scaled, v.Throttled, trial.Counted(result.Usage.ThrottledMinutes, "minute")),
	}))
	v.Rows, v.Left = rowsOf(result.Decisions, most)
	v.Faults = trial.FaultTexts(result.FaultCounts())
	return v
}
