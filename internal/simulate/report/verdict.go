package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/internal/simulate/verdict"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// ways returns the simplest first: where two cost the same, the first is better. There is no fixed
// size where no number of shards holds the highest minute. The variants come last.
func ways(r Report) []verdict.Way {
	var all []verdict.Way
	if n := r.Compared.PeakShards; n > 0 {
		all = append(all, verdict.Fixed(n, r.Compared.AtPeak.Total(), r.Compared.PeakRefused))
	}
	all = append(all, verdict.OnDemandWays(r.Compared)...)
	for _, t := range r.Tried {
		w := verdict.Way{Name: t.Variant.Name, Advice: "Autoscale with " + t.Variant.Name, Cost: t.Result.Month(r.Prices).Total(), Refused: t.Result.Usage.ThrottledShare(), Scaled: true, Policy: t.Result.Settings.Policy}
		if t.Happened {
			w.Name, w.Advice, w.Policy = "as it is", "Go on as it is", ""
		} else if t.Result.Settings.Mode != scaling.ModeEnabled { // a dry run does not scale either
			w.Policy = ""
			w.Advice = fmt.Sprintf("Keep a fixed %s (%s)", trial.Counted(t.Result.StartShards, "shard"), t.Variant.Name)
		}
		all = append(all, w)
	}
	return all
}

// What Verdict's Best is when it is none of the variants.
const (
	FixedSize = -1 - iota
	OnDemand
	Advantage
)

// Verdict says which of the variants and the ways that need no scaler is the cheapest that refuses no
// more than verdict.WantedRefused. Its Best is the index of a variant, FixedSize, OnDemand or Advantage.
func (r Report) Verdict() verdict.Verdict {
	all := ways(r)
	v := verdict.Of(all, verdict.WantedRefused).WithDoubling(all, nil, verdict.WantedRefused)
	best := all[v.Best]
	switch {
	case best.Scaled:
		v.Best -= len(all) - len(r.Tried)
	case best.Name == verdict.OnDemand:
		v.Best = OnDemand
	case best.Name == verdict.Advantage:
		v.Best = Advantage
	default:
		v.Best = FixedSize
	}
	if note := verdict.AdvantageNote(r.Compared, best); note != "" {
		v.Because = append(v.Because, note)
	}
	if r.Compared.PeakShards > 0 {
		v.Because = append(v.Because, "The fixed size is that of the highest minute of this traffic, which nobody knows beforehand.")
	}
	if length := time.Duration(len(r.Trace.Minutes)) * time.Minute; length < 7*24*time.Hour {
		v.Because = append(v.Because, fmt.Sprintf("%s of traffic say little of a whole week: try at least seven days before you rely on it.", capitalized(lengthText(length))))
	}
	return v
}

func capitalized(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
