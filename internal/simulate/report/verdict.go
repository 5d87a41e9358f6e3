package report

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/page"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// wantedRefused is the share of the traffic that may be refused. It is what recommend allows unless
// told otherwise.
const wantedRefused = 0.0001

// way is one way to run the stream, as the verdict compares it.
type way struct {
	name    string // within a sentence: "a fixed 40 shards"
	advice  string // what to do, at the start of a sentence
	cost    float64
	refused float64
	tried   int // its place among the variants; -1: it is none
}

const onDemand = "on-demand"

// ways returns the simplest first: where two cost the same, the first is better. There is no fixed
// size where no number of shards holds the highest minute.
func ways(r Report) []way {
	var all []way
	if n := r.Compared.PeakShards; n > 0 {
		fixed := "a fixed " + trial.Counted(n, "shard")
		all = append(all, way{name: fixed, advice: "Keep " + fixed, cost: r.Compared.AtPeak.Total(), tried: -1})
	}
	all = append(all, way{name: onDemand, advice: "Use on-demand", cost: r.Compared.OnDemand.Total(), tried: -1})
	for i, t := range r.Tried {
		w := way{name: t.Variant.Name, advice: "Autoscale with " + t.Variant.Name, cost: t.Result.Month(r.Prices).Total(), refused: t.Result.Usage.ThrottledShare(), tried: i}
		if t.Result.Settings.Mode == scaling.ModeDisabled {
			w.advice = fmt.Sprintf("Keep a fixed %s (%s)", trial.Counted(t.Result.StartShards, "shard"), t.Variant.Name)
		}
		all = append(all, w)
	}
	return all
}

// verdictOf names the cheapest way that refuses no more than wanted, and what the others would cost.
func verdictOf(r Report) (page.Verdict, way) {
	all := ways(r)
	best := all[0]
	for _, w := range all[1:] {
		if w.refused <= wantedRefused && w.cost < best.cost {
			best = w
		}
	}
	v := page.Verdict{Sentence: fmt.Sprintf("%s: %s a month, %s.", best.advice, trial.Dollars(best.cost), versus(best, rivals(all, best)))}
	v.Because = append(v.Because, fmt.Sprintf("At most %s of the traffic may be refused here; %s refuses %s.", trial.Share(wantedRefused), best.name, refusedText(best.refused)))
	for _, w := range all {
		if w.refused > wantedRefused && w.cost < best.cost {
			v.Because = append(v.Because, fmt.Sprintf("%s costs %s, but refuses %s.", w.name, trial.Dollars(w.cost), trial.Share(w.refused)))
		}
	}
	if r.Compared.PeakShards > 0 {
		v.Because = append(v.Because, "The fixed size is that of the highest minute of this traffic, which nobody knows beforehand.")
	}
	if length := time.Duration(len(r.Trace.Minutes)) * time.Minute; length < 7*24*time.Hour {
		v.Because = append(v.Because, fmt.Sprintf("%s of traffic say little of a whole week: try at least seven days before you rely on it.", capitalized(lengthText(length))))
	}
	return v, best
}

// rivals are the fixed size, on-demand, and the cheapest variant that refuses no more than wanted,
// without the best itself.
func rivals(all []way, best way) []way {
	var rest []way
	var variant *way
	for i, w := range all {
		switch {
		case w == best || w.refused > wantedRefused:
		case w.tried < 0:
			rest = append(rest, w)
		case best.tried < 0 && (variant == nil || w.cost < variant.cost):
			variant = &all[i]
		}
	}
	if variant != nil {
		rest = append(rest, *variant)
	}
	return rest
}

// versus says how much less the best costs than each of the others.
func versus(best way, others []way) string {
	var texts []string
	for _, w := range others {
		less := w.cost - best.cost
		if w.cost <= 0 || less < 0.005 {
			texts = append(texts, "as much as "+w.name)
			continue
		}
		texts = append(texts, fmt.Sprintf("%s (%.0f %%) less than %s", trial.Dollars(less), math.Floor(100*less/w.cost), w.name))
	}
	switch len(texts) {
	case 0:
		return "the only way that was compared"
	case 1:
		return texts[0]
	}
	return strings.Join(texts[:len(texts)-1], ", ") + " and " + texts[len(texts)-1]
}

func refusedText(share float64) string {
	if share == 0 {
		return "nothing"
	}
	return trial.Share(share)
}

func capitalized(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
