package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/simulate/recommend"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/scaling"
)

func recommendedTable(to output.Screen, found recommend.Found, s recommend.Search) error {
	rows := resultGrid(to, "settings")
	show := func(name string, r recommend.Candidate) error {
		cells := resultCells(name, r.Result, r.Month, found.Compared.OptimumHours)
		cells[6], cells[7] = fmt.Sprint(r.Ups), fmt.Sprint(r.Downs) // a candidate does not keep its operations
		return rows.Row(cells...)
	}
	for i, r := range found.Best {
		if err := show(fmt.Sprintf("%d. %s", i+1, r.Settings["policy"]), r); err != nil {
			return err
		}
	}
	for _, r := range found.Defaults {
		if err := show(r.Settings["policy"]+" as is", r); err != nil {
			return err
		}
	}
	if err := comparedRows(rows, found.Compared, len(s.Trace.Minutes)); err != nil {
		return err
	}
	if err := rows.Close(); err != nil {
		return err
	}
	if _, err := io.WriteString(to.W, recommendedTags(found, s)); err != nil {
		return err
	}
	for _, text := range []string{trafficText(s.Spread, found.Compared.PeakShards, s.ResendMinutes), fixedText(found), unknownOptimum(s.Trace, s.Spread)} {
		if text == "" {
			continue
		}
		if _, err := io.WriteString(to.W, output.Wrapped("\n"+text+"\n", to.Width)); err != nil {
			return err
		}
	}
	return nil
}

// recommendedTags says how to set what is recommended; empty for nothing.
func recommendedTags(found recommend.Found, s recommend.Search) string {
	if len(found.Best) == 0 {
		return ""
	}
	var b strings.Builder
	for i, r := range found.Best {
		fmt.Fprintf(&b, "\n%d. aws kinesis add-tags-to-stream --stream-name NAME --tags %s\n", i+1, trial.TagsText(r.Settings))
	}
	fmt.Fprintf(&b, "\nOf %d settings tried, these are the cheapest that throttle at most %s. They fit this traffic:\ntry them on another week, with simulate, before you rely on them. Prices of %s.\n", found.Tried, trial.Share(s.MaxThrottled), s.Prices.As)
	return b.String()
}

// fixedText says so when the settings are no gain, or when no fixed size would do; empty when a fixed
// size would, and costs more.
func fixedText(found recommend.Found) string {
	c := found.Compared
	switch {
	case c.PeakShards == 0:
		return "No fixed size holds the highest minute, so there is none to compare with."
	case found.BeatsFixed:
		return ""
	}
	return fmt.Sprintf("Nothing that was tried beats a fixed size: %s, always, for %s a month.",
		trial.Counted(c.PeakShards, "shard"), trial.Dollars(c.AtPeak.Total()))
}

// recommendedLine is a candidate as one JSON line: a default, a recommendation, or the closest.
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
}

// recommendedLines are the recommendations, the defaults and what came closest.
func recommendedLines(found recommend.Found) []recommendedLine {
	line := func(kind string, rank int, c recommend.Candidate) recommendedLine {
		return recommendedLine{
			Type: kind, Rank: rank, Settings: c.Settings, Tags: trial.TagsText(c.Settings), CostMonth: rounded(c.Month.Total()),
			ShardHours: rounded(c.Result.Usage.ShardHours()), ThrottledShare: roundedShare(c.Throttled()), ThrottledMinutes: c.Result.Usage.ThrottledMinutes,
			Ups: c.Ups, Downs: c.Downs,
		}
	}
	var lines []recommendedLine
	for i, c := range found.Best {
		lines = append(lines, line("recommendation", i+1, c))
	}
	for _, c := range found.Defaults {
		lines = append(lines, line("default", 0, c))
	}
	return append(lines, line("closest", 0, found.Closest))
}

func recommendedJSON(w io.Writer, found recommend.Found) error {
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
