package recommend

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

const (
	// mostJudged is how many settings that were chosen are played on the whole trace at most.
	mostJudged = 24
	// judgedAtOnce is how many are played before it is looked whether enough of them held.
	judgedAtOnce = 4
	// spare is how much larger than the highest minute of the first part a fixed size is chosen at most.
	// It is what may be paid in vain when the rest is no higher.
	spare = 1.05
)

// firstMinutes is the first half, but all of a trace of one minute.
func firstMinutes(t trace.Trace) int { return (len(t.Minutes) + 1) / 2 }

// part returns some minutes of a trace.
func part(t trace.Trace, from, to int) trace.Trace {
	t.Start = t.Start.Add(time.Duration(from) * time.Minute)
	t.Minutes = t.Minutes[from:to]
	return t
}

// judge plays on the whole trace what was chosen on its first part.
type judge struct {
	Search

	walk  *walk // which counts the trials, and keeps their faults
	first int   // minutes of the first part
}

// all plays settings on the whole trace.
func (j judge) all(ctx context.Context, chosen []Candidate) ([]Judged, error) {
	specs := make([]trial.Spec, len(chosen))
	for i, c := range chosen {
		specs[i] = j.spec(c.Settings)
	}
	results, err := trial.All(ctx, specs, j.walk.tell)
	if err != nil {
		return nil, err
	}
	judged := make([]Judged, len(chosen))
	for i, c := range chosen {
		r := results[i]
		j.walk.faults = append(j.walk.faults, r.Faults...)
		judged[i] = Judged{First: r.Before.ThrottledShare(), Rest: restShare(r), Candidate: candidate(c.Settings, r, j.Prices)}
	}
	return judged, nil
}

func (j judge) spec(settings scaling.Layer) trial.Spec {
	return trial.Spec{
		Trace: j.Trace, Settings: settings, StartShards: j.StartShards, Seed: j.Seed, Spread: j.Spread, ResendMinutes: j.ResendMinutes,
		BeforeMinutes: j.first,
	}
}

// restShare is the share of the traffic after the first part that was refused; 0 where there was none.
func restShare(r trial.Result) float64 {
	rest := simulate.Usage{SentShards: r.Usage.SentShards - r.Before.SentShards, RefusedShards: r.Usage.RefusedShards - r.Before.RefusedShards}
	if rest.SentShards <= 0 {
		return 0
	}
	return max(0, rest.ThrottledShare())
}

// choose judges what the walk allows, in the order in which it is recommended, until enough of it has
// held or mostJudged were played.
func (j judge) choose(ctx context.Context, tried []Candidate, found *Found) error {
	var chosen []Candidate
	allowed := slices.DeleteFunc(slices.Clone(tried), func(c Candidate) bool { return !j.walk.allowed(c) })
	for _, c := range ranked(allowed, itself, rival(tried[0].Result, j.Prices, withSpare(j.walk.Search))) {
		if !slices.ContainsFunc(chosen, func(better Candidate) bool { return sameOutcome(better, c) }) {
			chosen = append(chosen, c)
		}
	}
	chosen = chosen[:min(len(chosen), mostJudged)]
	for len(chosen) > 0 && (j.Wanted == 0 || len(found.Best) < j.Wanted) {
		now := min(len(chosen), judgedAtOnce)
		judged, err := j.all(ctx, chosen[:now])
		if err != nil {
			return err
		}
		chosen = chosen[now:]
		for _, c := range judged {
			if c.Rest <= j.MaxThrottled && c.First <= j.MaxThrottled {
				found.Best = append(found.Best, c)
			} else {
				found.Broken = append(found.Broken, c)
			}
		}
	}
	alone := rival(found.Defaults[0].Result, j.Prices, withSpare(j.Search))
	found.Best, found.Broken = rankedJudged(found.Best, alone), rankedJudged(found.Broken, alone)
	if j.Wanted > 0 && len(found.Best) > j.Wanted {
		found.Best = found.Best[:j.Wanted]
	}
	return nil
}

// Fixed is a size that a stream always has: what the highest minute of the first part of the
// trace needs and a twentieth more. The zero value: no number of shards holds that minute.
type Fixed struct {
	Shards int
	Month  trial.Month // of the whole trace
	First  float64     // share that was refused in the first part
	Rest   float64     // share that was refused in the rest
	// Whole is chosen in the same way on the whole trace, so nothing is left to judge it on; 0: no number of
	// shards holds its highest minute.
	Whole        int
	WholeMonth   trial.Month
	WholeRefused float64 // share of the whole trace that it refuses
}

// Refused returns the larger of the shares that were refused.
func (f Fixed) Refused() float64 { return max(f.First, f.Rest) }

// fixed returns the fixed size that is chosen on the first part, and what becomes of it on the rest.
func (j judge) fixed(ctx context.Context) (Fixed, error) {
	f := Fixed{Shards: withSpare(j.walk.Search), Whole: withSpare(j.Search)}
	if f.Shards == 0 {
		return f, nil
	}
	s := j.spec(scaling.Layer{"mode": string(scaling.ModeDisabled)})
	s.StartShards = f.Shards
	results, err := trial.All(ctx, []trial.Spec{s}, j.walk.tell)
	if err != nil {
		return f, fmt.Errorf("a fixed size: %w", err)
	}
	r := results[0]
	f.Month, f.First, f.Rest = r.Month(j.Prices), r.Before.ThrottledShare(), restShare(r)
	f.WholeMonth = r.MonthOf(j.Prices, f.Whole)
	f.WholeRefused = trial.RefusedAt(j.Trace, j.Spread, f.Whole)
	return f, nil
}

// withSpare returns the shards of a search's highest minute and at most a twentieth more; 0 where no number of
// shards holds it, or more than a stream can have.
func withSpare(s Search) int {
	needs, found := s.Spread.ShardsFor(s.fills())
	if shards := int(spare * float64(max(needs, 1))); found && shards <= scaling.MaxStreamShards {
		return shards
	}
	return 0
}
