package recommend

import (
	"fmt"

	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/internal/simulate/verdict"
	"github.com/shardkeeper/shardkeeper/scaling"
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
// others would cost: the best settings, the fixed size, and on-demand. The fixed size is that of the whole
// trace, if the one that was chosen in the same way on its first half holds on the rest. If neither that
// nor any settings hold, it is compared all the same.
func (f Found) Verdict(s Search) (verdict.Verdict, Choice) {
	ways, choices := f.ways(s.MaxThrottled)
	v := verdict.Of(ways, s.MaxThrottled).WithDoubling(ways, f.defaults(), s.MaxThrottled)
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
	if n := f.Fixed.Whole; n > 0 && (f.Fixed.Refused() <= limit || len(f.Best) == 0) {
		add(verdict.Fixed(n, f.Fixed.WholeMonth.Total(), f.Fixed.WholeRefused), FixedSize)
	}
	for _, w := range verdict.OnDemandWays(f.Compared) {
		add(w, Choice(w.Name))
	}
	if len(f.Best) > 0 {
		best := f.Best[0]
		name := best.Settings["policy"]
		add(verdict.Way{Name: name, Advice: "Autoscale with " + name + " and the tags below", Cost: best.Month.Total(), Refused: max(best.First, best.Rest), Scaled: true, Policy: scaling.Policy(name)}, Autoscale)
	}
	return ways, choices
}

// defaults are the ways of the policies as they are.
func (f Found) defaults() []verdict.Way {
	var ways []verdict.Way
	for _, d := range f.Defaults {
		ways = append(ways, verdict.Way{Name: d.Settings["policy"], Cost: d.Month.Total(), Refused: max(d.First, d.Rest), Scaled: true, Policy: scaling.Policy(d.Settings["policy"])})
	}
	return ways
}

// because says how the choice was made, and what did not hold.
func (f Found) because(s Search) []string {
	var texts []string
	if n := f.Fixed.Whole; n > 0 {
		text := fmt.Sprintf("The fixed size of %s is what the highest minute of the trace needs, and up to a twentieth more.", trial.Counted(n, "shard"))
		if n := f.Fixed.Shards; n > 0 {
			text += fmt.Sprintf(" The first half alone would have asked for %s, which refuse %s of the rest", trial.Amount(float64(n)), trial.Share(f.Fixed.Rest))
			if f.Fixed.Refused() > s.MaxThrottled {
				text += ": a size chosen so does not hold"
			}
			text += "."
		}
		texts = append(texts, text)
	}
	if n := len(f.Broken); n > 0 {
		texts = append(texts, fmt.Sprintf("%d of the settings kept the limit on the first half, and broke it on the rest: the cheapest refused %s there.", n, trial.Share(f.Broken[0].Rest)))
	}
	return texts
}
