package recommend

import (
	"cmp"
	"math"
	"slices"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
)

// almost is what settings have to save to be worth it: a tenth of the cost. What many settings save on one
// week they hardly save on the next one, and they break the limit more often.
const almost = 0.1

// ranked puts candidates, which come by cost, in the order in which they are recommended: those
// within a tenth of the cheapest first, and of them the one with the fewest settings; then those
// within the next tenth. But what costs no less than the rival, in cents, comes after what does.
func ranked[T any](byCost []T, of func(T) Candidate, rival float64) []T {
	if len(byCost) == 0 {
		return nil
	}
	cheapest := max(cents(of(byCost[0])), 1)
	step := func(c Candidate) float64 { return math.Floor((cents(c)/cheapest - 1) / almost) }
	dear := func(c Candidate) int {
		if cents(c) < rival {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(byCost, func(x, y T) int {
		a, b := of(x), of(y)
		return cmp.Or(cmp.Compare(dear(a), dear(b)), cmp.Compare(step(a), step(b)), cmp.Compare(len(a.Settings), len(b.Settings)))
	})
	return byCost
}

// rankedJudged puts what was judged in the order in which it is recommended, by its cost on the whole trace.
func rankedJudged(all []Judged, rival float64) []Judged {
	slices.SortStableFunc(all, func(a, b Judged) int { return cmp.Compare(cents(a.Candidate), cents(b.Candidate)) })
	return ranked(all, func(j Judged) Candidate { return j.Candidate }, rival)
}

func itself(c Candidate) Candidate { return c }

// rival is what the cheaper of a fixed size and on-demand costs, in cents a month, without what every
// provisioned stream pays for its writes; any result of the trace serves. 0 shards: there is no fixed size.
func rival(r trial.Result, p simulate.Prices, shards int) float64 {
	fixed := r.MonthOf(p, shards)
	least := r.Compare(p, 0).OnDemand.Total() - fixed.Writes
	if shards > 0 {
		least = min(least, fixed.Shards)
	}
	return math.Round(100 * least)
}
