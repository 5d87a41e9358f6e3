package report

import (
	"fmt"
	"slices"

	"github.com/shardkeeper/shardkeeper/internal/page"
	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// runOf is one variant's part of the page, with at most so many rows of decisions.
func runOf(t Tried, prices simulate.Prices, most int) page.Run {
	result := t.Result
	month := result.Month(prices)
	run := page.Run{
		Name: t.Variant.Name,
		Summary: fmt.Sprintf("%s a month: shards %s, writes %s, alarms %s. It starts with %s, goes from %d up to %d, with %s and %s. %s",
			trial.Dollars(month.Total()), trial.Dollars(month.Shards), trial.Dollars(month.Writes), trial.Dollars(month.Alarms),
			trial.Counted(result.StartShards, "open shard"), result.LowestShards, result.HighestShards, trial.Counted(result.Ups(), "scale-up"), trial.Counted(result.Downs(), "scale-down"), refusedSentence(result.Usage)),
		Notes: []string{"Tags: " + trial.TagsText(t.Variant.Settings)},
	}
	if t.Happened {
		run.Notes = nil
	}
	if holds := result.Holds(); len(holds) > 0 {
		run.Notes = append(run.Notes, "Held: "+trial.CountsText(holds))
	}
	if lost := result.NotTaken(); len(lost) > 0 {
		run.Faults = append(run.Faults, "Decided, and not taken by the service: "+trial.CountsText(lost)+".")
	}
	run.Faults = append(run.Faults, trial.FaultTexts(result.FaultCounts())...)
	for _, b := range result.Timeline.Buckets {
		run.Open, run.Refused = append(run.Open, b.LastShards), append(run.Refused, b.HighThrottled)
	}
	run.Decisions, run.Left = decisionsOf(result.Decisions, most)
	return run
}

func refusedSentence(u simulate.Usage) string {
	if u.RefusedShards == 0 {
		return "Nothing is refused."
	}
	return fmt.Sprintf("%s of the traffic is refused; in %s more than 1 %%.", trial.Share(u.ThrottledShare()), trial.Counted(u.ThrottledMinutes, "minute"))
}

// decisionsOf returns decisions for the page, at most so many, and how many they leave out. Holds
// of one reason after each other are one. Where there are too many, holds go before the rest, and
// late ones before early ones.
func decisionsOf(decisions []trial.Decision, most int) (rows []page.Decision, left int) {
	rows = merged(decisions)
	if len(rows) > most {
		rows = slices.DeleteFunc(rows, func(d page.Decision) bool {
			if d.Kind == page.Held {
				left += max(d.Times, 1)
			}
			return d.Kind == page.Held
		})
	}
	for len(rows) > most {
		left += max(rows[len(rows)-1].Times, 1)
		rows = rows[:len(rows)-1]
	}
	return rows, left
}

func merged(decisions []trial.Decision) []page.Decision {
	var rows []page.Decision
	for i, d := range decisions {
		if i > 0 && sameHold(decisions[i-1], d) {
			last := &rows[len(rows)-1]
			last.Times, last.Until = max(last.Times, 1)+1, d.At
			continue
		}
		row := page.Decision{At: d.At, Kind: kindOf(d), From: d.From, To: d.To, Utilization: d.Utilization, Who: d.Who}
		for _, reason := range d.Reasons {
			row.Reasons = append(row.Reasons, page.Reason{Code: string(reason.Code), Detail: reason.Detail})
		}
		if d.Drain > 0 {
			row.Reasons = append(row.Reasons, page.Reason{Code: "consumers_back", Detail: fmt.Sprintf("%d min after it was ACTIVE", int(d.Drain.Minutes()))})
		}
		rows = append(rows, row)
	}
	return rows
}

func kindOf(d trial.Decision) page.Kind {
	switch {
	case d.Event == report.Refused || d.Event == report.Unknown:
		return page.Failed
	case d.Event == report.DryRun:
		return page.DryRun
	case d.Event == report.Operation && d.Direction == scaling.Up:
		return page.Up
	case d.Event == report.Operation:
		return page.Down
	}
	return page.Held
}

func sameHold(a, b trial.Decision) bool {
	return a.Event == report.Hold && b.Event == a.Event && a.From == b.From && a.Reasons.Last() == b.Reasons.Last()
}
