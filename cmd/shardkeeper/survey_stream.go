package main

import (
	"context"
	"fmt"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/report"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/internal/simulate/verdict"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// surveyLine is a stream of a survey as one JSON line. Its names are part of the command's promise. Costs are USD a month.
type surveyLine struct {
	Stream   string  `json:"stream"`
	Region   string  `json:"region"`
	Profile  string  `json:"profile,omitempty"`
	Enrolled bool    `json:"enrolled"`
	Mode     string  `json:"capacity_mode"`
	Open     int     `json:"open_shards"`
	Days     float64 `json:"days"`             // of traffic; 0: none was there
	Mean     float64 `json:"mean_utilization"` // of the open shards of now; 0 on demand
	Full     float64 `json:"highest_utilization"`
	Now      float64 `json:"cost_now_usd"` // of an enrolled one: as it was scaled
	Best     string  `json:"best"`
	BestCost float64 `json:"best_usd"`
	Saves    float64 `json:"would_save_usd"` // 0 of an enrolled one
	Saved    float64 `json:"is_saving_usd"`  // of an enrolled one, since then, against a fixed size for its highest minute since
	Fixed    float64 `json:"fixed_size_usd"` // 0: no size holds the highest minute
	Shards   int     `json:"fixed_size_shards"`
	Double   float64 `json:"double_halve_usd"`
	Tracking float64 `json:"target_tracking_usd"`
	OnDemand float64 `json:"on_demand_usd"`
	// Advantage has the minimum that it bills an account.
	Advantage float64 `json:"on_demand_advantage_usd"`
	// AdvantageUse is without that minimum: what the stream adds where others fill it.
	AdvantageUse float64 `json:"on_demand_advantage_use_usd"`
	// Since and SoFar are of an enrolled one: since when, and what was saved since then in all, not a month.
	Since *time.Time `json:"enrolled_at,omitempty"`
	SoFar float64    `json:"saved_so_far_usd"`
}

// saving is by what streams are sorted.
func (l *surveyLine) saving() float64 { return l.Saves + l.Saved }

// silent is the best for a stream to which nobody writes.
const silent = "nobody writes to it"

// stream looks at one stream. An item with a name is that of an enrolled one.
func (s *survey) stream(ctx context.Context, at environment, in found, name string, item ledger.Item) (surveyLine, error) {
	line := surveyLine{Stream: name, Region: in.Region(), Profile: in.profile, Enrolled: item.Name != "", Since: moments(item.EnrolledAt)}
	summary, err := in.Streams().Describe(ctx, name)
	if err != nil {
		return line, err
	}
	line.Mode, line.Open = string(summary.Mode), summary.OpenShards
	from, to := window(at.now(), s.days)
	samples, err := readStretches(ctx, in.Traffic(), name, stretches(from, to), func(int, int) {})
	if err != nil {
		return line, err
	}
	t, _ := demand(samples, to)
	if len(t.Minutes) == 0 {
		line.ofSilence(s.prices)
		return line, nil
	}
	r := report.Report{Name: name, Prices: s.prices, Trace: t, Spread: s.spread}
	for _, v := range rivals(item) {
		result, err := trial.Run(ctx, trial.Spec{Trace: t, Settings: v.Settings, Seed: 1, Spread: s.spread})
		if err != nil {
			return line, fmt.Errorf("play its traffic: %w", err)
		}
		r.Tried = append(r.Tried, report.Tried{Variant: v, Result: result})
	}
	r.Compared = r.Tried[0].Result.Compare(s.prices, 0).Refusing(t, s.spread)
	line.compare(r)
	if line.Enrolled {
		return line, s.enrolled(ctx, in, &line, t, item, samples)
	}
	return line, nil
}

// ofSilence says what a stream costs to which nobody writes.
func (l *surveyLine) ofSilence(p simulate.Prices) {
	l.Now = rounded(float64(l.Open) * p.ShardHour * trial.HoursOfMonth)
	if l.onDemand() {
		l.Now = rounded(p.OnDemandHour * trial.HoursOfMonth)
	}
	l.Best = silent
	if !l.Enrolled {
		l.Saves = l.Now
	}
}

func (l *surveyLine) onDemand() bool { return l.Mode == string(scaling.ModeOnDemand) }

// compare takes over what the trials came to.
func (l *surveyLine) compare(r report.Report) {
	l.Days = rounded(float64(len(r.Trace.Minutes)) / trial.MinutesOfDay)
	if open := float64(l.Open); open > 0 && !l.onDemand() {
		mean, highest := fullness(r.Trace)
		l.Mean, l.Full = rounded(mean/open), rounded(highest/open)
	}
	l.Shards, l.Fixed = r.Compared.PeakShards, rounded(r.Compared.AtPeak.Total())
	l.OnDemand, l.Advantage, l.AdvantageUse = rounded(r.Compared.OnDemand.Total()), rounded(r.Compared.Advantage.Total()), rounded(r.Compared.AdvantageUse)
	for _, t := range r.Tried {
		cost := rounded(t.Result.Month(r.Prices).Total())
		if t.Result.Settings.Policy == scaling.TargetTracking {
			l.Tracking = cost
		} else {
			l.Double = cost
		}
	}
	l.Now = rounded(r.Tried[0].Result.MonthOf(r.Prices, l.Open).Total())
	if l.onDemand() {
		l.Now = l.OnDemand
	}
	switch best := r.Verdict().Best; best {
	case report.FixedSize:
		l.Best, l.BestCost = "a fixed "+trial.Counted(l.Shards, "shard"), l.Fixed
	case report.OnDemand:
		l.Best, l.BestCost = verdict.OnDemand, l.OnDemand
	case report.Advantage:
		l.Best, l.BestCost = verdict.Advantage, l.Advantage
	default:
		l.Best, l.BestCost = r.Tried[best].Variant.Name, rounded(r.Tried[best].Result.Month(r.Prices).Total())
	}
	if !l.Enrolled {
		l.Saves = rounded(l.Now - l.BestCost)
	}
}

// fullness is how many shards a trace fills on average, and in its highest minute.
func fullness(t trace.Trace) (mean, highest float64) {
	for _, m := range t.Minutes {
		shards := simulate.Shards(m)
		mean += shards / float64(len(t.Minutes))
		highest = max(highest, shards)
	}
	return mean, highest
}

// rivals are the policies with their defaults; for an enrolled stream with its bounds.
func rivals(item ledger.Item) []trial.Variant {
	if item.Name == "" {
		return rivalsOf(scaling.Defaults(scaling.DoubleHalve))
	}
	return rivalsOf(item.Settings)
}
