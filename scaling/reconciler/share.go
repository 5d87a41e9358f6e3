package reconciler

import (
	"context"
	"time"
)

// shareEvery is how often it is looked whether a stream refuses records though no alarm asks: each look costs a read of the
// metrics, and alarms are written anew for a moved share once a day at most.
const shareEvery = 6 * time.Hour

// learnShare learns the usable share of a stream that has refused records since the last such look. Decisions learn it too,
// but under a load that stays between the two thresholds no alarm asks for one. The alarms are then written anew for the lower
// share, and ask. What cannot be read now is read at the stream's next turn.
func (r *Reconciler) learnShare(ctx context.Context, v *visit) {
	if v.stream.Settings.UsableShare > 0 || v.stream.HotKey.Suspected() || !turnBetween(v.name, shareEvery, v.seenBefore, v.now) {
		return
	}
	to := v.now.Truncate(time.Minute)
	traffic, err := r.Metrics.Traffic(ctx, v.name, v.stream.Settings, v.stream.UnlearnedFrom(to), to)
	if err != nil || !traffic.Refuses(to.Add(-shareEvery)) {
		return
	}
	v.stream = v.stream.Taught(traffic, v.now)
}
