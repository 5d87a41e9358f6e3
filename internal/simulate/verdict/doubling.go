package verdict

import (
	"slices"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// Doubling says whether double-halve costs more than a fixed size, and what is to be done then.
type Doubling string

// What there is to say of double-halve.
const (
	DoublingPays Doubling = ""      // it does not cost more, was not played, or shards are not the best way
	TagTracking  Doubling = "tag"   // target-tracking costs less than the fixed size
	TryTracking  Doubling = "try"   // target-tracking was not played
	StayFixed    Doubling = "fixed" // target-tracking is no better
)

// The advice where target-tracking costs less than a fixed size, and where that is not known.
const (
	TagAdvice = "tag shardkeeper:policy=" + string(scaling.TargetTracking)
	TryAdvice = "try it with --policy " + string(scaling.TargetTracking)
)

// doublingOf judges the ways of double-halve against the fixed size, when a best way is known.
func doublingOf(best Way, ways []Way, wanted float64) Doubling {
	fixed := cheapestOf(ways, wanted, func(w Way) bool { return w.Shards > 0 })
	double := cheapestOf(ways, wanted, func(w Way) bool { return w.Policy == scaling.DoubleHalve })
	if fixed == nil || fixed.Refused > wanted || double == nil || double.Cost <= fixed.Cost || best.Policy == "" && best.Shards == 0 {
		return DoublingPays
	}
	tracking := cheapestOf(ways, wanted, func(w Way) bool { return w.Policy == scaling.TargetTracking })
	switch {
	case tracking == nil:
		return TryTracking
	case tracking.Refused <= wanted && tracking.Cost < fixed.Cost:
		return TagTracking
	}
	return StayFixed
}

// cheapestOf returns the best of some ways; nil for none. Where none of them keeps the limit, it is the cheapest.
func cheapestOf(ways []Way, wanted float64, is func(Way) bool) *Way {
	var found *Way
	for i, w := range ways {
		switch {
		case !is(w):
		case found == nil, w.Refused <= wanted && found.Refused > wanted:
			found = &ways[i]
		case w.Cost < found.Cost && (w.Refused <= wanted || found.Refused > wanted):
			found = &ways[i]
		}
	}
	return found
}

// advise says it at the end of the verdict's sentence.
func (v Verdict) advise(d Doubling) Verdict {
	if d == DoublingPays {
		return v
	}
	const loses = "; double-halve costs more than a fixed size here"
	advice := map[Doubling]string{
		TagTracking: ": " + TagAdvice,
		TryTracking: ": " + TryAdvice,
		StayFixed:   ", and target-tracking is no better: do not enroll the stream",
	}
	v.Doubling = d
	v.Sentence = v.Sentence[:len(v.Sentence)-1] + loses + advice[d] + "."
	return v
}

// WithDoubling returns the verdict on some ways with what is to be said of double-halve, by these and by others that
// were played.
func (v Verdict) WithDoubling(ways, others []Way, wanted float64) Verdict {
	return v.advise(doublingOf(ways[v.Best], slices.Concat(ways, others), wanted))
}
