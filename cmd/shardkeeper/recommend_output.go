package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/simulate/recommend"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/internal/simulate/verdict"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// recommendedTable begins with the verdict and the tags. Where the verdict is not to autoscale, it says that they are for
// who does it all the same.
func recommendedTable(to output.Screen, found recommend.Found, s recommend.Search) error {
	said, choice := found.Verdict(s)
	first := said.Sentence + "\n"
	if choice != recommend.Autoscale && len(found.Best) > 0 {
		first += "\nThe best settings, should it be scaled all the same:\n"
	}
	if _, err := io.WriteString(to.W, output.Wrapped(first, to.Width)+recommendedTags(found)+"\n"); err != nil {
		return err
	}
	if err := recommendedRows(to, found, s); err != nil {
		return err
	}
	for _, text := range recommendedNotes(found, s, said) {
		if _, err := io.WriteString(to.W, output.Wrapped("\n"+text+"\n", to.Width)); err != nil {
			return err
		}
	}
	return nil
}

// recommendedRows are the settings on the whole trace, and the ways that need none.
func recommendedRows(to output.Screen, found recommend.Found, s recommend.Search) error {
	number := func(title string) output.Column { return output.Column{Title: title, Right: true} }
	rows := output.NewGrid(to,
		output.Column{Title: "settings", Min: longestPolicy}, number("USD/month"), number("shard-hours"), number("optimum"),
		number("first half"), number("rest"), number("up"), number("down"), number("shards"),
	)
	show := func(name string, r recommend.Judged) error {
		cells := resultCells(name, r.Result, r.Month, found.Compared.OptimumHours)
		cells[4], cells[5] = trial.Share(r.First), trial.Share(r.Rest)
		cells[6], cells[7] = fmt.Sprint(r.Ups), fmt.Sprint(r.Downs) // a candidate does not keep its operations
		return rows.Row(cells...)
	}
	for i, r := range found.Best {
		if err := show(fmt.Sprintf("%d. %s", i+1, r.Settings["policy"]), r); err != nil {
			return err
		}
	}
	if len(found.Best) == 0 {
		if err := show("closest: "+found.Closest.Settings["policy"], found.Closest); err != nil {
			return err
		}
	}
	for _, r := range found.Defaults {
		if err := show(r.Settings["policy"]+" as is", r); err != nil {
			return err
		}
	}
	if f := found.Fixed; f.Shards > 0 {
		hours := float64(f.Shards) * float64(len(s.Trace.Minutes)) / 60
		if err := rows.Row("fixed size", trial.Dollars(f.Month.Total()), trial.Amount(hours), overOptimum(hours, found.Compared.OptimumHours),
			trial.Share(f.First), trial.Share(f.Rest), "", "", fmt.Sprint(f.Shards)); err != nil {
			return err
		}
	}
	if err := comparedRows(rows, found.Compared, len(s.Trace.Minutes)); err != nil {
		return err
	}
	return rows.Close()
}

// recommendedTags says how to set what is recommended; empty for nothing.
func recommendedTags(found recommend.Found) string {
	var b strings.Builder
	for i, r := range found.Best {
		fmt.Fprintf(&b, "\n%d. aws kinesis add-tags-to-stream --stream-name NAME --tags %s\n", i+1, trial.TagsText(r.Settings))
	}
	return b.String()
}

// recommendedNotes say how it was found, and what is taken for granted.
func recommendedNotes(found recommend.Found, s recommend.Search, said verdict.Verdict) []string {
	texts := []string{fmt.Sprintf("%d settings were tried on the first half of the traffic, %s; those above may refuse half of %s there, and at most %s of the rest. "+
		"first half, rest: the share of each that was refused.", found.Tried, trial.Counted(found.FirstMinutes, "minute"), trial.Share(s.MaxThrottled), trial.Share(s.MaxThrottled))}
	if len(said.Because) > 1 {
		texts = append(texts, strings.Join(said.Because[1:], " "))
	}
	texts = append(texts, trafficText(s.Spread, found.Compared.PeakShards, s.ResendMinutes))
	if found.Compared.PeakShards > 0 {
		texts = append(texts, "provisioned at peak: the fixed size of the highest minute, which nobody knows beforehand.")
	} else {
		texts = append(texts, "No fixed size holds the highest minute, so there is none to compare with.")
	}
	if text := unknownOptimum(s.Trace, s.Spread); text != "" {
		texts = append(texts, text)
	}
	return append(texts, fmt.Sprintf("USD/month: %d hours like those of the trace. Prices of %s.", trial.HoursOfMonth, s.Prices.As))
}

// recommendedLine is settings as one JSON line: a default, a recommendation, or the closest where nothing
// is recommended. Costs and shares are those of the whole trace, but where they say otherwise.
type recommendedLine struct {
	Type             string        `json:"type"`
	Rank             int           `json:"rank,omitempty"`
	Settings         scaling.Layer `json:"settings"`
	Tags             string        `json:"tags"`
	CostMonth        float64       `json:"cost_month_usd"`
	ShardHours       float64       `json:"shard_hours"`
	ThrottledShare   float64       `json:"throttled_share"`
	ThrottledMinutes int           `json:"throttled_minutes"`
	Ups              int           `json:"scale_ups"`
	Downs            int           `json:"scale_downs"`
	FirstShare       float64       `json:"first_half_throttled_share"` // where the settings were chosen
	RestShare        float64       `json:"rest_throttled_share"`       // where they were judged
}

// recommendedLines are the recommendations and the defaults, and what came closest where nothing is
// recommended.
func recommendedLines(found recommend.Found) []recommendedLine {
	line := func(kind string, rank int, c recommend.Judged) recommendedLine {
		return recommendedLine{
			Type: kind, Rank: rank, Settings: c.Settings, Tags: trial.TagsText(c.Settings), CostMonth: rounded(c.Month.Total()),
			ShardHours: rounded(c.Result.Usage.ShardHours()), ThrottledShare: roundedShare(c.Throttled()), ThrottledMinutes: c.Result.Usage.ThrottledMinutes,
			Ups: c.Ups, Downs: c.Downs, FirstShare: roundedShare(c.First), RestShare: roundedShare(c.Rest),
		}
	}
	var lines []recommendedLine
	for i, c := range found.Best {
		lines = append(lines, line("recommendation", i+1, c))
	}
	for _, c := range found.Defaults {
		lines = append(lines, line("default", 0, c))
	}
	if len(found.Best) == 0 {
		lines = append(lines, line("closest", 0, found.Closest))
	}
	return lines
}

// choiceLine is the verdict, the first line of JSON.
type choiceLine struct {
	Type     string           `json:"type"`
	Choice   recommend.Choice `json:"choice"`
	Shards   int              `json:"shards,omitempty"` // of a fixed size
	Sentence string           `json:"sentence"`
	Because  []string         `json:"because"`
}

func recommendedJSON(w io.Writer, found recommend.Found, s recommend.Search) error {
	said, choice := found.Verdict(s)
	line := choiceLine{Type: "verdict", Choice: choice, Sentence: said.Sentence, Because: said.Because}
	if choice == recommend.FixedSize {
		line.Shards = found.Fixed.Whole
	}
	if err := output.WriteJSON(w, line); err != nil {
		return err
	}
	if err := output.WriteJSON(w, recommendedLines(found)...); err != nil {
		return err
	}
	return output.WriteJSON(w, comparisonLines(found.Compared)...)
}

func recommendedCSV(w io.Writer, found recommend.Found) error {
	sheet, err := output.NewSheet[recommendedLine](w)
	if err != nil {
		return err
	}
	for _, line := range recommendedLines(found) {
		if err := sheet.Row(line); err != nil {
			return err
		}
	}
	return sheet.Close()
}
