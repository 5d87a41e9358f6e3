package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/simulate/report"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/internal/simulate/verdict"
	"github.com/shardkeeper/shardkeeper/scaling"
	told "github.com/shardkeeper/shardkeeper/scaling/report"
)

// The lines of simulate as JSON. Each has a type: trace, variant, comparison, verdict, decision. Their names
// are part of the command's promise.

type traceLine struct {
	Type       string    `json:"type"`
	Name       string    `json:"name"`
	From       time.Time `json:"from"`
	Minutes    int       `json:"minutes"`
	PeakShards float64   `json:"peak_shards"`
	PeakNeeds  int       `json:"peak_needs_shards,omitempty"` // none: no number of shards holds the highest minute
	Profile    string    `json:"profile"`
	Resend     int       `json:"resend_minutes,omitempty"`
	Repairs    []string  `json:"repairs,omitempty"`
	Prices     string    `json:"prices"`
}

type variantLine struct {
	Type              string        `json:"type"`
	Variant           string        `json:"variant"`
	Settings          scaling.Layer `json:"settings"` // that were asked for
	CostMonth         float64       `json:"cost_month_usd"`
	CostMonthShards   float64       `json:"cost_month_shards_usd"`
	CostMonthWrites   float64       `json:"cost_month_writes_usd"`
	CostMonthAlarms   float64       `json:"cost_month_alarms_usd"`
	ShardHours        float64       `json:"shard_hours"`
	OptimumShardHours float64       `json:"optimum_shard_hours,omitempty"`
	ThrottledShare    float64       `json:"throttled_share"`
	ThrottledMinutes  int           `json:"throttled_minutes"`
	Ups               int           `json:"scale_ups"`
	Downs             int           `json:"scale_downs"`
	Holds             countLine     `json:"holds"`
	NotTaken          countLine     `json:"not_taken,omitempty"` // operations that the service refused, or of unknown outcome
	Faults            countLine     `json:"faults,omitempty"`    // what the use cases could not do
	StartShards       int           `json:"start_shards"`
	LowestShards      int           `json:"lowest_shards"`
	HighestShards     int           `json:"highest_shards"`
}

type comparisonLine struct {
	Type      string  `json:"type"`
	Name      string  `json:"name"`
	CostMonth float64 `json:"cost_month_usd"`
	Shards    int     `json:"shards,omitempty"`
}

// verdictLine is what to conclude.
type verdictLine struct {
	Type     string   `json:"type"`
	Sentence string   `json:"sentence"`
	Because  []string `json:"because,omitempty"`
}

type decisionLine struct {
	Type        string      `json:"type"`
	Variant     string      `json:"variant"`
	At          time.Time   `json:"at"`
	Event       told.Event  `json:"event"`
	Direction   string      `json:"direction"`
	From        int         `json:"from"`
	To          int         `json:"to"`
	Utilization float64     `json:"utilization"`
	Reasons     reasonLines `json:"reasons"`
}

func simulatedJSON(w io.Writer, r report.Report) error {
	line := traceLine{
		Type: "trace", Name: r.Name, From: r.Trace.Start, Minutes: len(r.Trace.Minutes),
		PeakShards: rounded(r.Tried[0].Result.Usage.PeakShards), PeakNeeds: r.Compared.PeakShards,
		Profile: r.Spread.Profile().Name, Resend: r.ResendMinutes, Prices: r.Prices.As,
	}
	for _, repair := range r.Trace.Repairs {
		line.Repairs = append(line.Repairs, repair.String())
	}
	if err := output.WriteJSON(w, line); err != nil {
		return err
	}
	for _, t := range r.Tried {
		if err := output.WriteJSON(w, variantLineOf(t.Variant, t.Result, t.Result.Month(r.Prices), r.Compared.OptimumHours)); err != nil {
			return err
		}
	}
	if err := output.WriteJSON(w, comparisonLines(r.Compared)...); err != nil {
		return err
	}
	v := r.Verdict()
	if err := output.WriteJSON(w, verdictLine{Type: "verdict", Sentence: v.Sentence, Because: v.Because}); err != nil {
		return err
	}
	for _, t := range r.Tried {
		for _, d := range t.Result.Decisions {
			if err := output.WriteJSON(w, decisionLineOf(t.Variant.Name, d)); err != nil {
				return err
			}
		}
	}
	return nil
}

// simulatedCSV has the variants, a row each. JSON has the rest too.
func simulatedCSV(w io.Writer, r report.Report) error {
	sheet, err := output.NewSheet[variantLine](w)
	if err != nil {
		return err
	}
	for _, t := range r.Tried {
		if err := sheet.Row(variantLineOf(t.Variant, t.Result, t.Result.Month(r.Prices), r.Compared.OptimumHours)); err != nil {
			return err
		}
	}
	return sheet.Close()
}

// tracesCSV has the variants of each trace, and the trace's name last.
func tracesCSV(w io.Writer, reports []report.Report) error {
	var all []benched
	for _, r := range reports {
		for _, t := range r.Tried {
			all = append(all, benched{played: played{name: r.Name}, variant: t.Variant, result: t.Result, month: t.Result.Month(r.Prices), optimum: r.Compared.OptimumHours})
		}
	}
	return benchCSV(w, all)
}

// comparisonLines are the ways to run a stream that need no settings.
func comparisonLines(c trial.Compared) []comparisonLine {
	var lines []comparisonLine
	if c.PeakShards > 0 { // else no size holds the highest minute
		lines = append(lines, comparisonLine{Type: "comparison", Name: "provisioned at peak", CostMonth: rounded(c.AtPeak.Total()), Shards: c.PeakShards})
	}
	lines = append(lines, comparisonLine{Type: "comparison", Name: verdict.OnDemand, CostMonth: rounded(c.OnDemand.Total())},
		comparisonLine{Type: "comparison", Name: verdict.Advantage, CostMonth: rounded(c.Advantage.Total())})
	if c.OptimumHours > 0 {
		lines = append(lines, comparisonLine{Type: "comparison", Name: "optimum", CostMonth: rounded(c.Optimum.Total())})
	}
	return lines
}

func variantLineOf(v trial.Variant, r trial.Result, month trial.Month, optimumHours float64) variantLine {
	return variantLine{
		Type: "variant", Variant: v.Name, Settings: v.Settings,
		CostMonth: rounded(month.Total()), CostMonthShards: rounded(month.Shards), CostMonthWrites: rounded(month.Writes), CostMonthAlarms: rounded(month.Alarms),
		ShardHours: rounded(r.Usage.ShardHours()), OptimumShardHours: rounded(optimumHours),
		ThrottledShare: roundedShare(r.Usage.ThrottledShare()), ThrottledMinutes: r.Usage.ThrottledMinutes,
		Ups: r.Ups(), Downs: r.Downs(), Holds: byName(r.Holds()), NotTaken: byName(r.NotTaken()), Faults: byName(r.FaultCounts()),
		StartShards: r.StartShards, LowestShards: r.LowestShards, HighestShards: r.HighestShards,
	}
}

// countLine says how often something was: in JSON by name, in CSV one text.
type countLine map[string]int

// String returns the counts by name.
func (c countLine) String() string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(c)) {
		parts = append(parts, fmt.Sprintf("%s %d", name, c[name]))
	}
	return strings.Join(parts, ", ")
}

func byName(counts []trial.Count) countLine {
	times := countLine{}
	for _, c := range counts {
		times[c.What] = c.Times
	}
	return times
}

func decisionLineOf(variant string, d trial.Decision) decisionLine {
	line := decisionLine{
		Type: "decision", Variant: variant, At: d.At.UTC(), Event: d.Event, Direction: d.Direction.String(),
		From: d.From, To: d.To, Utilization: rounded(d.Utilization),
	}
	for _, reason := range d.Reasons {
		line.Reasons = append(line.Reasons, reasonLine(reason))
	}
	return line
}
