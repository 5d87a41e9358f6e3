package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/simulate/report"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/internal/simulate/verdict"
)

// tracesTable has a row for each trace and variant, and says first what is cheapest on how many.
func tracesTable(to output.Screen, reports []report.Report) error {
	if _, err := io.WriteString(to.W, output.Wrapped(tracesVerdict(reports)+"\n\n", to.Width)); err != nil {
		return err
	}
	number := func(title string) output.Column { return output.Column{Title: title, Right: true} }
	rows := output.NewGrid(to,
		output.Column{Title: "trace", Min: longestPolicy}, output.Column{Title: "variant", Min: longestPolicy},
		number("USD/month"), number("throttled"), number("minutes"), number("optimum"), number("fixed"), number("on-demand"), output.Column{Title: "cheapest"},
	)
	for _, r := range reports {
		best := cheapest(r)
		fixed := ""
		if r.Compared.PeakShards > 0 {
			fixed = trial.Dollars(r.Compared.AtPeak.Total())
		}
		for _, t := range r.Tried {
			u := t.Result.Usage
			if err := rows.Row(r.Name, t.Variant.Name, trial.Dollars(t.Result.Month(r.Prices).Total()), trial.Share(u.ThrottledShare()), trial.Amount(float64(u.ThrottledMinutes)),
				overOptimum(u.ShardHours(), r.Compared.OptimumHours), fixed, trial.Dollars(r.Compared.OnDemand.Total()), best); err != nil {
				return err
			}
		}
	}
	if err := rows.Close(); err != nil {
		return err
	}
	_, err := io.WriteString(to.W, output.Wrapped("\n"+tracesNotes(reports[0])+"\n", to.Width))
	return err
}

// cheapest names the way that a trace's verdict chooses.
func cheapest(r report.Report) string {
	switch best := r.Verdict().Best; {
	case best >= 0:
		return r.Tried[best].Variant.Name
	case best == report.OnDemand:
		return verdict.OnDemand
	case best == report.Advantage:
		return verdict.Advantage
	}
	return "a fixed size"
}

// tracesVerdict says on how many of the traces which way is cheapest.
func tracesVerdict(reports []report.Report) string {
	times := map[string]int{}
	var names []string
	for _, r := range reports {
		name := cheapest(r)
		if times[name]++; times[name] == 1 {
			names = append(names, name)
		}
	}
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = fmt.Sprintf("%s on %d", name, times[name])
	}
	return fmt.Sprintf("Cheapest of what refuses at most %s, on %s: %s%s.", trial.Share(verdict.WantedRefused), trial.Counted(len(reports), "trace"), strings.Join(texts, ", "), doublingOf(reports))
}

// doublingOf says on how many of the traces double-halve costs more than a fixed size, and what to do there; empty
// where it does on none.
func doublingOf(reports []report.Report) string {
	times, all := map[verdict.Doubling]int{}, 0
	for _, r := range reports {
		if d := r.Verdict().Doubling; d != verdict.DoublingPays {
			times[d]++
			all++
		}
	}
	if all == 0 {
		return ""
	}
	advice := []struct {
		to   verdict.Doubling
		text string
	}{{verdict.TagTracking, verdict.TagAdvice}, {verdict.TryTracking, verdict.TryAdvice}, {verdict.StayFixed, "target-tracking is no better, do not enroll the stream"}}
	var texts []string
	for _, a := range advice {
		if n := times[a.to]; n == all {
			texts = append(texts, a.text)
		} else if n > 0 {
			texts = append(texts, fmt.Sprintf("on %d %s", n, a.text))
		}
	}
	return fmt.Sprintf("; double-halve costs more than a fixed size on %d: %s", all, strings.Join(texts, ", "))
}

func tracesNotes(r report.Report) string {
	return fmt.Sprintf(`USD/month: 730 hours like those of the trace; fixed: always the shards of its highest minute; writes are in, reads are not.
throttled: share of the traffic that was refused; minutes: those with more than 1 %% refused; optimum: shard-hours over the fewest possible.
The traffic is taken to be %s: %s.
Prices of %s.`, r.Spread.Profile().Name, r.Spread.Profile(), r.Prices.As)
}
