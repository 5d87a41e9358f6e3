package scaling

import (
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/resize"
)

// Stage is one operation of a campaign: from when on the stream is to have a number of shards at least.
type Stage struct {
	At     time.Time
	Shards int
}

// Campaign plans backwards how a stream grows from its open shards to a number that it is to have at a time, when each
// operation takes so long: the stages in their order, each at most a doubling, the last one so long before the time. None
// when the stream has so many shards already. Each stage comes as late as it can, so that shards are paid no longer than
// they must be.
func Campaign(open, shards int, at time.Time, takes time.Duration) []Stage {
	var stages []Stage
	for open >= 1 && open < shards {
		open = min(shards, resize.Largest(open))
		stages = append(stages, Stage{Shards: open})
	}
	for i := range stages {
		stages[i].At = at.Add(-time.Duration(len(stages)-i) * takes)
	}
	return stages
}
