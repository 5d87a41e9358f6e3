package reconciler

import (
	"context"
	"errors"
	"fmt"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// deleteAlarms deletes the alarms of the streams that are to have none, all at once, if there is time. Where one cannot be deleted,
// that is its stream's trouble alone.
func (r *Reconciler) deleteAlarms(ctx context.Context, visits []*visit) {
	var names []string
	late := !r.hasTime(ctx)
	for _, v := range visits {
		v.postponed = late
		names = append(names, v.name)
	}
	if late || len(names) == 0 {
		return
	}
	err := r.Alarms.Delete(ctx, names...)
	left, some := errors.AsType[scaling.AlarmsLeftError](err)
	for _, v := range visits {
		if some {
			err = left.Of(v.name)
		}
		if err != nil {
			v.fault("delete the alarms", err)
			continue
		}
		v.lookAgain = v.stream.Alarms != (ledger.AlarmsHeld{})
		v.stream.Alarms = ledger.AlarmsHeld{}
	}
}

// repairAlarms gives the alarms the stream's shards and settings, and arms those again that
// are in ALARM and would not notify again by themselves.
func (r *Reconciler) repairAlarms(ctx context.Context, o *outing, v *visit, pair scaling.AlarmPair) {
	var told []ledger.Entry
	v.stream, told = v.stream.AlarmsLookedAt(pair.Foreign(), v.now, r.Actor)
	v.entries = append(v.entries, told...)
	if v.stream.Status != ledger.Enrolled {
		if pair.Up.Exists && !pair.Up.Foreign || pair.Down.Exists && !pair.Down.Foreign { // the other one of the two is ours
			v.fault("delete the alarms", r.Alarms.Delete(ctx, v.name))
		}
		return
	}
	want := v.wanted
	if !pair.Up.InSync || !pair.Down.InSync {
		if err := r.updateAlarms(ctx, o, want, pair); err != nil {
			v.stream.Alarms = ledger.AlarmsHeld{Shards: v.stream.OpenShards} // out of sync, but one may be there
			v.fault("update the alarms", err)
			v.rarely = errors.Is(err, scaling.ErrLimitExceeded)
			return
		}
		v.repaired = true
		v.hasMended(v.stream.AlarmsDeleted(pair, v.now, r.Actor)...)
	}
	v.stream = v.stream.Holding(want, v.now)
	r.rearm(ctx, v, scaling.Up, pair.Up)
	r.rearm(ctx, v, scaling.Down, pair.Down)
}

// updateAlarms gives a stream its alarms. Once the account has none left, no other stream of this run asks for new ones:
// each call would be refused, and take from what the rest needs. Alarms that are there can be changed all the same.
func (r *Reconciler) updateAlarms(ctx context.Context, o *outing, want scaling.AlarmWant, pair scaling.AlarmPair) error {
	isNew := !pair.Up.Exists || !pair.Down.Exists
	if isNew && o.noAlarms != nil {
		return o.noAlarms
	}
	err := r.Alarms.Update(ctx, want)
	if isNew && errors.Is(err, scaling.ErrLimitExceeded) {
		o.noAlarms = fmt.Errorf("the account has no alarms left: %w", scaling.ErrLimitExceeded)
	}
	return err
}
