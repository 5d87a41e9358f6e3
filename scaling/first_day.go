package scaling

import (
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/planner"
)

// The first day of a stream: nobody knows yet how far its load climbs, or whether it comes back. So both policies keep a
// size for a while before they take shards away.

// firstDayHold is for how long a stream of which no day is known has its size, and longer if the load of that time asks for it.
const firstDayHold = 3 * time.Hour

// onFirstDay reports whether less than a day of a stream's traffic can be known. An older stream without any was idle; one whose
// traffic began some hours ago is as a new one, however old it is.
func onFirstDay(now time.Time, past *planner.Past, o Observation) bool {
	return !past.Known() && (past.Seen() || isYoung(now, o))
}

// isYoung reports whether a stream was created less than a day ago.
func isYoung(now time.Time, o Observation) bool { return now.Sub(o.Stream.CreatedAt) < 24*time.Hour }

// untilSettled is how long a stream on its first day keeps its size yet: it has had it for firstDayHold before it is
// made smaller.
func untilSettled(now time.Time, o Observation, ops Operations) time.Duration {
	since := o.Stream.CreatedAt
	if last, found := ops.Newest(); found && last.At.After(since) {
		since = last.At
	}
	return since.Add(firstDayHold).Sub(now)
}

func holdUnsettled(until time.Time, d *Decision) {
	d.hold(until, HoldNotCalm, "no day known, and this size for less than %s", firstDayHold)
}
