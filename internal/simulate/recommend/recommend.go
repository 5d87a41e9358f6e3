// Package recommend searches the settings that run a stream's traffic cheapest without throttling
// more than it may.
//
// It is a search by coordinates, not of the whole space. For each policy it begins with the
// defaults, takes one axis after the other, tries each of its values with all other settings as
// they are best so far, and keeps the best. That is repeated until a round changes nothing, at
// most three times. At last it takes back each change that saves almost nothing. What it finds is
// good, and may be beaten by settings that differ in several axes at once. The same traffic gives
// the same settings.
package recommend

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// rounds is how often all axes are gone through at most.
const rounds = 3

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
	// Progress, which may be nil, is told how many trials are over, and how many there will be at
	// most.
	Progress func(done, most int)
}

// Candidate is settings that were tried.
type Candidate struct {
	Settings scaling.Layer // that differ from the policy's defaults, the policy itself, and the fixed ones
	Result   trial.Result  // without its timeline, decisions, operations and faults
	Holds    []trial.Count
	Ups      int
	Downs    int
	Month    trial.Month
}

// Throttled returns the share of the traffic that was refused.
func (c Candidate) Throttled() float64 { return c.Result.Usage.ThrottledShare() }

// Found is what the search came to.
type Found struct {
	Defaults []Candidate    // of each policy, with the fixed settings
	Best     []Candidate    // that throttle no more than allowed, the cheapest first, see ranked; those of one outcome once
	Closest  Candidate      // the one that throttles least
	Compared trial.Compared // the ways that need no settings
	Faults   []trial.Count  // of all that was tried, the most frequent first
	Tried    int
	// BeatsFixed says whether any of Best costs less than a stream that always has the shards of its
	// highest minute, and so refuses next to nothing; true where no number of shards holds that minute.
	BeatsFixed bool
}

// Run searches. An error tells of fixed settings that cannot be used, or of the context's end.
func Run(ctx context.Context, s Search) (Found, error) {
	if s.Spread == nil {
		s.Spread = profile.EvenSpread()
	}
	w := &walk{Search: s, known: map[string]Candidate{}}
	for _, policy := range s.Policies {
		w.most++
		for _, axis := range axes(policy, s.busiest()) {
			w.most += rounds*len(axis) + 1
		}
	}
	var found Found
	for _, policy := range s.Policies {
		start := maps.Clone(s.Fixed)
		if start == nil {
			start = scaling.Layer{}
		}
		start["policy"] = string(policy)
		w.axes = axes(policy, s.busiest())
		if _, err := scaling.Effective(start); err != nil {
			return found, err
		}
		defaults, err := w.from(ctx, start)
		if err != nil {
			return found, err
		}
		found.Defaults = append(found.Defaults, defaults)
	}
	found.Tried = len(w.known)
	found.Faults = (&trial.Result{Faults: w.faults}).FaultCounts()
	all := slices.SortedFunc(maps.Values(w.known), w.compare)
	for _, c := range ranked(slices.DeleteFunc(slices.Clone(all), func(c Candidate) bool { return !w.allowed(c) })) {
		if !slices.ContainsFunc(found.Best, func(better Candidate) bool { return sameOutcome(better, c) }) {
			found.Best = append(found.Best, c)
		}
	}
	found.Closest = slices.MinFunc(all, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(a.Throttled(), b.Throttled()), w.compare(a, b))
	})
	found.Compared = found.Closest.Result.Compare(s.Prices, trial.Optimum(s.Trace, s.Spread))
	fixed := math.Round(100 * found.Compared.AtPeak.Shards)
	found.BeatsFixed = found.Compared.PeakShards == 0 || slices.ContainsFunc(found.Best, func(c Candidate) bool { return cents(c) < fixed })
	return found, nil
}

// walk is a search under way.
type walk struct {
	Search

	axes   []scaling.Axis       // of the policy that is searched
	known  map[string]Candidate // by the settings' key
	most   int                  // trials that there can be
	faults []error              // of all trials
}

// from walks from some settings to the best, and returns what the first ones came to.
func (w *walk) from(ctx context.Context, start scaling.Layer) (Candidate, error) {
	first, err := w.try(ctx, []scaling.Layer{start})
	if err != nil {
		return Candidate{}, err
	}
	best := first[0]
	for range rounds {
		before := best
		for _, axis := range w.axes {
			tried, err := w.try(ctx, w.along(axis, best.Settings))
			if err != nil {
				return Candidate{}, err
			}
			best = slices.MinFunc(append(tried, best), w.compare)
		}
		if key(best.Settings) == key(before.Settings) {
			break
		}
	}
	return first[0], w.simplify(ctx, best)
}

// almost is what a setting has to save to be worth it: a hundredth of the cost.
const almost = 0.01

// simplify takes back one axis after the other, where the settings then are still allowed and cost
// hardly more.
func (w *walk) simplify(ctx context.Context, best Candidate) error {
	for _, axis := range w.axes {
		settings := maps.Clone(best.Settings)
		for key := range axis[0] {
			if _, fixed := w.Fixed[key]; !fixed {
				delete(settings, key)
			}
		}
		if _, err := scaling.Effective(settings); err != nil {
			continue // what is left does not go together
		}
		tried, err := w.try(ctx, []scaling.Layer{settings})
		if err != nil {
			return err
		}
		if w.allowed(tried[0]) == w.allowed(best) && tried[0].Throttled() <= max(best.Throttled(), w.MaxThrottled) && cents(tried[0]) <= (1+almost/2)*cents(best) {
			best = tried[0]
		}
	}
	return nil
}

// ranked puts candidates, which come by cost, in the order in which they are recommended: those
// within a hundredth of the cheapest first, and of them the one with the fewest settings; then
// those within the next hundredth.
func ranked(byCost []Candidate) []Candidate {
	if len(byCost) == 0 {
		return nil
	}
	cheapest := max(cents(byCost[0]), 1)
	step := func(c Candidate) float64 { return math.Floor((cents(c)/cheapest - 1) / almost) }
	slices.SortStableFunc(byCost, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(step(a), step(b)), cmp.Compare(len(a.Settings), len(b.Settings)))
	})
	return byCost
}

// along returns the settings with each value of an axis. Fixed settings stay, and what cannot be
// used is left out.
func (w *walk) along(a scaling.Axis, settings scaling.Layer) []scaling.Layer {
	var all []scaling.Layer
	for _, values := range a {
		next := maps.Clone(settings)
		maps.Copy(next, values)
		maps.Copy(next, w.Fixed)
		next = w.different(next)
		if _, err := scaling.Effective(next); err == nil {
			all = append(all, next)
		}
	}
	return all
}

// different leaves out what would be the same if it were not set. Fixed settings stay.
func (w *walk) different(settings scaling.Layer) scaling.Layer {
	with, err := scaling.Effective(settings)
	if err != nil {
		return settings
	}
	keys := slices.Sorted(maps.Keys(settings))
	for _, key := range append(keys, keys...) { // what belongs to another setting can be left out once that is
		if _, fixed := w.Fixed[key]; fixed || key == "policy" {
			continue
		}
		fewer := maps.Clone(settings)
		delete(fewer, key)
		if without, err := scaling.Effective(fewer); err == nil && without == with {
			settings = fewer
		}
	}
	return settings
}

// try plays what was not played yet, side by side, and returns all of it.
func (w *walk) try(ctx context.Context, all []scaling.Layer) ([]Candidate, error) {
	var specs []trial.Spec
	asked := map[string]bool{}
	for _, settings := range all {
		if _, found := w.known[key(settings)]; !found && !asked[key(settings)] {
			asked[key(settings)] = true
			specs = append(specs, trial.Spec{Trace: w.Trace, Settings: settings, StartShards: w.StartShards, Seed: w.Seed, Spread: w.Spread, ResendMinutes: w.ResendMinutes})
		}
	}
	done := len(w.known)
	results, err := trial.All(ctx, specs, func() {
		if done++; w.Progress != nil {
			w.Progress(done, w.most)
		}
	})
	if err != nil {
		return nil, err
	}
	for i, r := range results {
		w.faults = append(w.faults, r.Faults...)
		w.known[key(specs[i].Settings)] = candidate(specs[i].Settings, r, w.Prices)
	}
	tried := make([]Candidate, len(all))
	for i, settings := range all {
		tried[i] = w.known[key(settings)]
	}
	return tried, nil
}

// candidate keeps of a result what is compared and shown.
func candidate(settings scaling.Layer, r trial.Result, p simulate.Prices) Candidate {
	c := Candidate{Settings: settings, Holds: r.Holds(), Ups: r.Ups(), Downs: r.Downs(), Month: r.Month(p)}
	r.Decisions, r.Operations, r.Faults = nil, nil, nil
	c.Result = r
	return c
}

func (w *walk) allowed(c Candidate) bool { return c.Throttled() <= w.MaxThrottled }

// compare puts the better one first: what is allowed before what is not; of the allowed the
// cheaper, of the others the one that throttles less. With the same outcome, the one with fewer
// settings.
func (w *walk) compare(a, b Candidate) int {
	if w.allowed(a) != w.allowed(b) {
		if w.allowed(a) {
			return -1
		}
		return 1
	}
	cost, throttled := cmp.Compare(cents(a), cents(b)), cmp.Compare(a.Throttled(), b.Throttled())
	if !w.allowed(a) {
		cost, throttled = throttled, cost
	}
	return cmp.Or(cost, throttled, cmp.Compare(len(a.Settings), len(b.Settings)), cmp.Compare(key(a.Settings), key(b.Settings)))
}

// cents is what settings cost a month: shards and alarms. Less than a cent is no difference. Writes
// are left out: they are the same for all, but for those that are refused, which is no saving.
func cents(c Candidate) float64 { return math.Round(100 * (c.Month.Shards + c.Month.Alarms)) }

func sameOutcome(a, b Candidate) bool {
	return cents(a) == cents(b) && a.Throttled() == b.Throttled() && a.Ups == b.Ups && a.Downs == b.Downs
}

// key is the same for the same settings only.
func key(l scaling.Layer) string { return trial.TagsText(l) }
