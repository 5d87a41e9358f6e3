package scaling

import "time"

// What it takes for consumers to count as back where they were.
const (
	drainBefore = 10 * time.Minute // so long before the call their lag is what it was
	drainSlack  = time.Minute      // so much more is none: the metric is one of minutes
	drainCalm   = 3                // minutes in a row: the shards from before are read to their end first, then the lag rises

	// DrainAtMost is how long after an operation a scale-down waits for consumers that are still further behind than before
	// it. It is as long as the default cooldown after an operation: with the ten operations of a day a stream can still
	// shrink as often as they allow. Consumers that are slower than the producers never come back at all, and what they
	// lag beyond iterator-age-minutes holds a scale-down without end.
	DrainAtMost = time.Hour
)

// Drain is what an operation cost a stream's consumers.
type Drain struct {
	Known bool          // whether any metric tells of a consumer before the operation
	Done  bool          // they are back where they were, or DrainAtMost has passed
	Took  time.Duration // from ACTIVE until then, by whole minutes, at most DrainAtMost; of one that is Done
}

// DrainOf finds by the consumers' lag, minute by minute, what an operation cost them that was called at a time and whose
// stream was seen ACTIVE at another. They are back where they were in the first of three minutes in a row in which the
// longest lag is at most a minute above that of the ten minutes before the call.
func DrainOf(lags Traffic, called, active, now time.Time) Drain {
	highest, known := time.Duration(0), false
	for _, s := range lags.Samples {
		if !s.At.Before(called.Add(-drainBefore)) && s.At.Before(called.Truncate(time.Minute)) {
			highest, known = max(highest, s.IteratorAge), true
		}
	}
	if !known {
		return Drain{Done: true}
	}
	since := active.Truncate(time.Minute)
	calm, last := 0, time.Time{}
	for _, s := range lags.Since(since) {
		if calm > 0 && !s.At.Equal(last.Add(time.Minute)) {
			calm = 0 // a minute that nothing tells of
		}
		if last = s.At; s.IteratorAge > highest+drainSlack {
			calm = 0
			continue
		}
		if calm++; calm == drainCalm {
			took := last.Add(-(drainCalm - 2) * time.Minute).Sub(since) // to the end of the first of them
			return Drain{Known: true, Done: true, Took: min(took, DrainAtMost)}
		}
	}
	over := now.Sub(active) >= DrainAtMost
	return Drain{Known: true, Done: over, Took: DrainAtMost}
}

// DrainFrom is from when on the consumers' lag is needed to know what an operation that was called at a time cost them.
func DrainFrom(called time.Time) time.Time { return called.Add(-drainBefore).Truncate(time.Minute) }
