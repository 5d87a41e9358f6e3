package recommend

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// rounds is how often all axes are gone through at most, and worthARound what share of the cost a round has
// to save for another to follow.
const (
	rounds      = 2
	worthARound = 0.02
)

// walk is a search under way, on the first part of the trace.
type walk struct {
	Search

	axes   []scaling.Axis       // of the policy that is searched
	known  map[string]Candidate // by the settings' key
	most   int                  // trials that there can be
	faults []error              // of all trials
	done   int                  // trials that are over
}

// caution is what part of the limit settings may refuse where they are chosen. Settings that just keep
// a limit on the traffic that they were chosen for break it on other traffic; docs/simulate.md says how
// this was measured.
const caution = 0.5

// newWalk returns a walk of the first minutes of a search's trace, that keeps to a part of its limit.
func newWalk(s Search, minutes int) *walk {
	w := &walk{Search: s, known: map[string]Candidate{}}
	w.Trace = part(s.Trace, 0, minutes)
	w.MaxThrottled *= caution
	for _, policy := range s.Policies {
		w.most++
		for _, axis := range axes(policy, w.busiest()) {
			w.most += (1+rounds)*len(axis) + 1
		}
	}
	w.most += len(s.Policies) + mostJudged + 2
	return w
}

// tell tells that one more trial is over.
func (w *walk) tell() {
	if w.done++; w.Progress != nil {
		w.Progress(w.done, w.most)
	}
}

// from walks from some settings to the best, and returns what the first ones came to.
func (w *walk) from(ctx context.Context, start scaling.Layer) (Candidate, error) {
	first, err := w.try(ctx, []scaling.Layer{start})
	if err != nil {
		return Candidate{}, err
	}
	best, err := w.alone(ctx, first[0])
	if err != nil {
		return Candidate{}, err
	}
	for range rounds {
		before := best
		for _, axis := range w.axes {
			tried, err := w.try(ctx, w.along(axis, best.Settings))
			if err != nil {
				return Candidate{}, err
			}
			best = slices.MinFunc(append(tried, best), w.compare)
		}
		if w.allowed(before) == w.allowed(best) && cents(best) > (1-worthARound)*cents(before) {
			break
		}
	}
	return first[0], w.simplify(ctx, best)
}

// alone tries each value of each axis by itself, and returns the best. What changes one setting is seldom
// the cheapest, and often holds on other traffic.
func (w *walk) alone(ctx context.Context, start Candidate) (Candidate, error) {
	var all []scaling.Layer
	for _, axis := range w.axes {
		all = append(all, w.along(axis, start.Settings)...)
	}
	tried, err := w.try(ctx, all)
	if err != nil {
		return Candidate{}, err
	}
	return slices.MinFunc(append(tried, start), w.compare), nil
}

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
		if w.allowed(tried[0]) == w.allowed(best) && tried[0].Throttled() <= max(best.Throttled(), w.MaxThrottled) && cents(tried[0]) <= (1+worth)*cents(best) {
			best = tried[0]
		}
	}
	return nil
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
	results, err := trial.All(ctx, specs, w.tell)
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
	c := Candidate{Settings: settings, Ups: r.Ups(), Downs: r.Downs(), Month: r.Month(p)}
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
