// Package recommend searches the settings that run a stream's traffic cheapest without throttling
// more than it may, and says whether they are worth it.
//
// Settings are chosen on the first half of the trace, where they have to keep to half of what may be
// refused, and are recommended only if they keep the whole limit on the rest, which the search has not
// seen. The fixed size that they are compared with is chosen in the same way.
//
// It is a search by coordinates, not of the whole space. For each policy it begins with the
// defaults and with each value of each axis alone. Then it takes one axis after the other, tries each of
// its values with all other settings as they are best so far, and keeps the best. That is repeated once
// if it saves a fiftieth. At last it takes back each change that saves almost nothing. What it finds is
// good, and may be beaten by settings that differ in several axes at once. The same traffic gives
// the same settings.
package recommend

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// Search says what is searched.
type Search struct {
	Trace       trace.Trace
	StartShards int // 0: trial.StartShards of the trace
	Seed        uint64
	// Spread says how the traffic falls on shards and seconds. Nil: evenly, as no stream's does.
	Spread *profile.Spread
	// ResendMinutes is for how many minutes producers send again what was refused; 0: not at all.
	ResendMinutes int
	Prices        simulate.Prices
	Fixed         scaling.Layer    // settings that stay as they are
	Policies      []scaling.Policy // that may be used; at least one
	MaxThrottled  float64          // share of the traffic that may be refused, 0 to 1
	// Wanted is how many settings are to be recommended at most; 0: as many as hold.
	Wanted int
	// Progress, which may be nil, is told how many trials are over, and how many there will be at
	// most.
	Progress func(done, most int)
}

// Candidate is settings that were tried on the first part of the trace.
type Candidate struct {
	Settings scaling.Layer // that differ from the policy's defaults, the policy itself, and the fixed ones
	Result   trial.Result  // without its timeline, decisions, operations and faults
	Ups      int
	Downs    int
	Month    trial.Month
}

// Throttled returns the share of the traffic that was refused.
func (c Candidate) Throttled() float64 { return c.Result.Usage.ThrottledShare() }

// Judged is settings that were played on the whole trace, which the Candidate tells of.
type Judged struct {
	Candidate

	First float64 // share that was refused in the first part, on which the settings were chosen
	Rest  float64 // share that was refused in the rest
}

// Found is what the search came to.
type Found struct {
	FirstMinutes int      // of the part on which settings were chosen; the rest is judged
	Defaults     []Judged // of each policy, with the fixed settings
	Best         []Judged // that hold on the rest too, the cheapest first, see ranked; those of one outcome once
	Broken       []Judged // that were chosen, but refused too much on the rest; the cheapest first
	Closest      Judged   // the one that throttles least on the first part; where none of Best was found
	Fixed        Fixed
	Compared     trial.Compared // the ways that need no settings, on the whole trace
	Faults       []trial.Count  // of all that was tried, the most frequent first
	Tried        int            // settings
}

// Run searches. An error tells of fixed settings that cannot be used, or of the context's end.
func Run(ctx context.Context, s Search) (Found, error) {
	if s.Spread == nil {
		s.Spread = profile.EvenSpread()
	}
	found := Found{FirstMinutes: firstMinutes(s.Trace)}
	w := newWalk(s, found.FirstMinutes)
	var defaults []Candidate
	for _, policy := range s.Policies {
		start := maps.Clone(s.Fixed)
		if start == nil {
			start = scaling.Layer{}
		}
		start["policy"] = string(policy)
		w.axes = axes(policy, w.busiest())
		if _, err := scaling.Effective(start); err != nil {
			return found, err
		}
		as, err := w.from(ctx, start)
		if err != nil {
			return found, err
		}
		defaults = append(defaults, as)
	}
	found.Tried = len(w.known)
	j := judge{Search: s, walk: w, first: found.FirstMinutes}
	var err error
	if found.Defaults, err = j.all(ctx, defaults); err != nil {
		return found, err
	}
	tried := slices.SortedFunc(maps.Values(w.known), w.compare)
	if err := j.choose(ctx, tried, &found); err != nil {
		return found, err
	}
	if found.Fixed, err = j.fixed(ctx); err != nil {
		return found, err
	}
	if len(found.Best) == 0 {
		closest := slices.MinFunc(tried, func(a, b Candidate) int {
			return cmp.Or(cmp.Compare(a.Throttled(), b.Throttled()), w.compare(a, b))
		})
		judged, err := j.all(ctx, []Candidate{closest})
		if err != nil {
			return found, err
		}
		found.Closest = judged[0]
	}
	found.Faults = (&trial.Result{Faults: w.faults}).FaultCounts()
	found.Compared = found.Defaults[0].Result.Compare(s.Prices, trial.Optimum(s.Trace, s.Spread)).Refusing(s.Trace, s.Spread)
	return found, nil
}
