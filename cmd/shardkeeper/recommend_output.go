package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/shardkeeper/shardkeeper/internal/simulate/recommend"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/scaling"
)

func recommendedTable(w io.Writer, found recommend.Found, s recommend.Search) error {
	rows := resultTable("settings")
	if err := rows.header(w); err != nil {
		return err
	}
	show := func(name string, r recommend.Candidate) error {
		cells := resultCells(name, r.Result, r.Month, found.Compared.OptimumHours)
		cells[6], cells[7] = fmt.Sprint(r.Ups), fmt.Sprint(r.Downs) // a candidate does not keep its operations
		return rows.row(w, cells...)
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
	if err := comparedRows(w, rows, found.Compared, len(s.Trace.Minutes)); err != nil {
		return err
	}
	if _, err := io.WriteString(w, recommendedTags(found, s)); err != nil {
		return err
	}
	for _, text := range []string{fixedText(found), unknownOptimum(s.Trace)} {
		if text == "" {
			continue
		}
		if _, err := fmt.Fprintf(w, "\n%s\n", text); err != nil {
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

// fixedText says so when the settings are no gain; empty when they are.
func fixedText(found recommend.Found) string {
	if found.BeatsFixed {
		return ""
	}
	c := found.Compared
	return fmt.Sprintf("Nothing that was tried beats a fixed size: %s, always, for %s a month, and nothing is throttled.",
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

func recommendedJSON(w io.Writer, found recommend.Found) error {
	line := func(kind string, rank int, c recommend.Candidate) recommendedLine {
		return recommendedLine{
			Type: kind, Rank: rank, Settings: c.Settings, Tags: trial.TagsText(c.Settings), CostMonth: rounded(c.Month.Total()),
			ShardHours: rounded(c.Result.Usage.ShardHours()), ThrottledShare: c.Throttled(), ThrottledMinutes: c.Result.Usage.ThrottledMinutes,
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
	if err := writeJSON(w, append(lines, line("closest", 0, found.Closest))...); err != nil {
		return err
	}
	return writeJSON(w, comparisonLines(found.Compared)...)
}
