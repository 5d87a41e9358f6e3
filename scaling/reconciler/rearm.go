package reconciler

import (
	"context"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// lostAfter is how long a transition may be on its way before it counts as lost.
const lostAfter = 5 * time.Minute

// watchedRest is how long an alarm that others hear of too must have been in ALARM before it is armed again:
// arming runs their actions for OK and for ALARM as well. See docs/decisions/0013.
func watchedRest(dir scaling.Direction) time.Duration {
	if dir == scaling.Up {
		return 10 * time.Minute
	}
	return time.Hour
}

// rearm sets an alarm in ALARM back to OK when its decision was deferred until now, or when
// its transition never arrived. CloudWatch evaluates it anew within a minute, and it notifies
// again if it still has reason to. That notification may be lost too, so RetryAt asks for another
// look; the scaler replaces it when it decides.
func (r *Reconciler) rearm(ctx context.Context, v *visit, dir scaling.Direction, status scaling.AlarmStatus) {
	watch := v.stream.Watch(dir)
	due := !watch.RetryAt.IsZero() && !watch.RetryAt.After(v.now)
	lost := status.ChangedAt.After(watch.Handled.Add(time.Minute)) && v.now.Sub(status.ChangedAt) > lostAfter
	if status.State != scaling.StateAlarm {
		if due {
			watch.RetryAt = time.Time{}
		}
		return
	}
	if !due && !lost || v.paused { // what is due stays so until the pause has ended
		return
	}
	if free := status.ChangedAt.Add(watchedRest(dir)); status.Watched && v.now.Before(free) {
		watch.RetryAt = free // others heard of it a short while ago
		return
	}
	reason := "Shardkeeper arms this alarm again: the decision it asked for was deferred until now."
	if lost {
		reason = "Shardkeeper arms this alarm again: its last notification was not handled."
	}
	if err := r.Alarms.Rearm(ctx, v.name, dir, reason); err != nil {
		v.fault("arm the scale-"+dir.String()+" alarm", err)
		watch.RetryAt = v.now
		return
	}
	v.repaired = true
	watch.RetryAt = v.now.Add(lostAfter)
	if status.ChangedAt.IsZero() { // its actions are disabled: it will tell nobody
		watch.RetryAt = time.Time{}
	}
}
