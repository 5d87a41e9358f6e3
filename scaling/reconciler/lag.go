package reconciler

import (
	"context"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// lagEvery is how often it is looked whether lag holds the scale-down alarm. Inside its formula nobody sees
// that, and each look costs a read of the metrics.
const lagEvery = time.Hour

// tellLag tells once when a stream is not scaled down for nothing but the lag of its consumers. What cannot be
// read now is read in an hour.
func (r *Reconciler) tellLag(ctx context.Context, v *visit, down scaling.AlarmStatus) {
	s := v.stream.Settings
	if s.IteratorAgeMinutes == 0 || down.State == scaling.StateAlarm {
		v.stream, _ = v.stream.HeldByLag(0, false, v.now, r.Actor)
		return
	}
	if !turnBetween(v.name, lagEvery, v.seenBefore, v.now) {
		return
	}
	to := v.now.Truncate(time.Minute)
	from := to.Add(-s.ScaleDownAlarm.Length())
	lag, _, err := r.Metrics.Lag(ctx, v.name, s, from, to)
	if err != nil {
		return
	}
	held := false
	if lag >= time.Duration(s.IteratorAgeMinutes)*time.Minute {
		traffic, err := r.Metrics.Traffic(ctx, v.name, s, from, to)
		if err != nil {
			return
		}
		lag, held = scaling.HeldByLag(s, scaling.Observation{Alarm: scaling.Down, Stream: v.summary, Traffic: traffic})
	}
	stream, told := v.stream.HeldByLag(lag, held, v.now, r.Actor)
	v.stream, v.entries = stream, append(v.entries, told...)
}

// turnBetween reports whether a stream's turn, of which there is one in each period, lies between two looks; streams have
// different ones. The first look is none.
func turnBetween(stream string, every time.Duration, before, now time.Time) bool {
	turn := func(at time.Time) time.Time { return at.Add(-scaling.Jitter(stream, every)).Truncate(every) }
	return !before.IsZero() && turn(now).After(turn(before))
}
