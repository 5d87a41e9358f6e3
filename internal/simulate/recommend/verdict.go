package recommend

import (
	"fmt"

	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/internal/simulate/verdict"
)

// Choice is what a verdict chooses.
type Choice string

// The choices.
const (
	Autoscale Choice = "settings" // the first of Best
	FixedSize Choice = "fixed"
	OnDemand  Choice = "on-demand"
	Advantage Choice = "on-demand Advantage"
)

// Verdict says which way is the cheapest that keeps the limit on the rest of the trace, and what the
// others would cost: the best settings, the fixed size, and on-demand.
func (f Found) Verdict(s Search) (verdict.Verdict, Choice) {
	ways, choices := f.ways(s.MaxThrottled)
	v := verdict.Of(ways, s.MaxThrottled)
	v.Because = append(v.Because, f.because(s)...)
	if note := verdict.AdvantageNote(f.Compared, ways[v.Best]); note != "" {
		v.Because = append(v.Because, note)
	}
	return v, choices[v.Best]
}

// ways are those that are compared, the simplest first, and what each is.
func (f Found) ways(limit float64) ([]verdict.Way, []Choice) {
	var ways []verdict.Way
	var choices []Choice
	add := func(w verdict.Way, c Choice) { ways, choices = append(ways, w), append(choices, c) }
	if n := f.Fixed.Shards; n > 0 {
		add(verdict.Fixed(n, f.Fixed.Month.Total(), f.Fixed.Refused()), FixedSize)
	}
	if f.onlyHindsight(limit) {
		add(verdict.Fixed(f.Fixed.Whole, f.Fixed.WholeMonth.Total(), 0), FixedSize)
	}
	for _, w := range verdict.OnDemandWays(f.Compared) {
		add(w, Choice(w.Name))
	}
	if len(f.Best) > 0 {
		best := f.Best[0]
		name := best.Settings["policy"]
		add(verdict.Way{Name: name, Advice: "Autoscale with " + name + " and the tags below", Cost: best.Month.Total(), Refused: max(best.First, best.Rest), Scaled: true}, Autoscale)
	}
	return ways, choices
}

// onlyHindsight reports whether neither settings nor the fixed size of the first part kept the limit, so
// that the fixed size of the whole trace is the only one there is to compare with on-demand.
func (f Found) onlyHindsight(limit float64) bool {
	return len(f.Best) == 0 && f.Fixed.Refused() > limit && f.Fixed.Whole > 0
}

// FixedShards returns the size that a verdict of FixedSize chooses.
func (f Found) FixedShards(limit float64) int {
	if f.onlyHindsight(limit) {
		return f.Fixed.Whole
	}
	return f.Fixed.Shards
}

// because says how the choice was made, and what did not hold.
func (f Found) because(s Search) []string {
	var texts []string
	if n := f.Fixed.Shards; n > 0 {
		texts = append(texts, fmt.Sprintf("The fixed size of %s is chosen on the first half as well: its highest minute and a twentieth more. On the rest it refuses %s.", trial.Counted(n, "shard"), trial.Share(f.Fixed.Rest)))
	}
	if f.onlyHindsight(s.MaxThrottled) {
		texts = append(texts, fmt.Sprintf("%s are chosen on the whole trace, so nothing of it is left to judge them on.", trial.Counted(f.Fixed.Whole, "shard")))
	}
	if n := len(f.Broken); n > 0 {
		texts = append(texts, fmt.Sprintf("%s kept the limit on the first half, and broke it on the rest: %s refused there with the cheapest.", fmt.Sprintf("%d of the settings", n), trial.Share(f.Broken[0].Rest)))
	}
	return texts
}
