package reconciler

import (
	"context"
	"time"
)

// drainEvery is how often it is looked whether the consumers are back after an operation. What it cost them is found by
// the metric's minutes, whenever that is; a scale-down that waits for it waits no longer than so.
const drainEvery = 2 * time.Minute

// drained finds what the stream's last operation cost its consumers. What cannot be read now is read at the next look.
func (r *Reconciler) drained(ctx context.Context, v *visit) {
	if v.stream.Draining == nil {
		return
	}
	if v.stream.DrainUntil().IsZero() {
		v.stream = v.stream.NotDraining(v.now)
		return
	}
	lags, err := r.Metrics.Lags(ctx, v.name, v.stream.Settings, v.stream.DrainFrom(), v.now.Truncate(time.Minute))
	if err != nil {
		if !v.stream.DrainUntil().After(v.now) {
			v.stream = v.stream.NotDraining(v.now)
		}
		return
	}
	stream, told := v.stream.Drained(lags, v.now)
	if len(told) > 0 && v.settled { // its entry is written by this look already; the next one adds to it
		return
	}
	v.stream, v.drains = stream, told
}
