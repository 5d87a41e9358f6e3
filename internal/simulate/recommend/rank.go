package recommend

import (
	"cmp"
	"math"
	"slices"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
)

// worth is what each setting has to save to be worth it: a twentieth of the cost. What many settings save on
// one week they hardly save on the next one, and they break the limit more often.
const worth = 0.05

// ranked puts candidates in the order in which they are recommended: by their cost, and a twentieth more for
// each of their settings. But what costs no less than the rival, in cents, comes after what does.
func ranked[T any](all []T, of func(T) Candidate, rival float64) []T {
	dear := func(c Candidate) int {
		if cents(c) < rival {
			return 0
		}
		return 1
	}
	score := func(c Candidate) float64 { return cents(c) * (1 + worth*float64(len(c.Settings))) }
	slices.SortStableFunc(all, func(x, y T) int {
		a, b := of(x), of(y)
		return cmp.Or(cmp.Compare(dear(a), dear(b)), cmp.Compare(score(a), score(b)))
	})
	return all
}

// rankedJudged puts what was judged in the order in which it is recommended, by its cost on the whole trace.
func rankedJudged(all []Judged, rival float64) []Judged {
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
