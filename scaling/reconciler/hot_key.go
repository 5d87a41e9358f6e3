package reconciler

import (
	"context"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// refusalsRead is how much of a stream's newest past tells what it refuses now.
const refusalsRead = 10 * time.Minute

// askAgain ends the suspicion of a hot key once its time has come, or, as an hourly look at the metrics tells, much more
// is refused. No alarm can ask: that of a suspected stream leaves refusals out. It is written anew with them, and goes to
// ALARM by itself if the stream still refuses records. What cannot be read now is read in an hour.
func (r *Reconciler) askAgain(ctx context.Context, v *visit) {
	v.stream = v.stream.WithHotKey(v.stream.HotKey.AskedAgain(v.now), v.now)
	if !v.stream.HotKey.Suspected() || !turnBetween(v.name, lagEvery, v.seenBefore, v.now) {
		return
	}
	to := v.now.Truncate(time.Minute)
	traffic, err := r.Metrics.Traffic(ctx, v.name, v.stream.Settings, to.Add(-refusalsRead), to)
	if err != nil {
		return
	}
	o := scaling.Observation{Stream: v.summary, Traffic: traffic, Usable: v.stream.Usable}
	v.stream = v.stream.WithHotKey(v.stream.HotKey.Outgrown(v.now, o), v.now)
}
