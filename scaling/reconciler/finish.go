package reconciler

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// finish plans the next look, saves the stream, and tells what happened.
func (r *Reconciler) finish(ctx context.Context, v *visit, o *outing) report.Report {
	done := report.Report{Stream: v.name, Event: report.Checked, OpenShards: v.stream.OpenShards, Fence: v.stream.Fence, Faults: v.faults}
	if errors.Is(v.err, ledger.ErrConflict) {
		done.Detail = "another writer was first"
		return done
	}
	if v.err != nil {
		done.Event, done.Faults = report.Failed, append(v.faults, fmt.Errorf("look at %s: %w", v.name, v.err))
		return done
	}
	done.State = report.StateOf(v.stream, v.now)
	v.stream.DueAt = v.nextLook(o)
	_, err := r.Registry.Save(ctx, v.stream, slices.Concat(v.toRecord(r.Actor), v.drains)...)
	if errors.Is(err, ledger.ErrConflict) {
		// Nothing else of this look is kept, and the stream is still due: the next run looks anew.
		done.Detail = "another writer was first"
		if err := r.tellMended(ctx, v); err != nil {
			done.Event, done.Faults = report.Failed, append(done.Faults, fmt.Errorf("keep what was mended of %s: %w", v.name, err))
		}
		return done
	}
	if err != nil {
		done.Faults = append(done.Faults, fmt.Errorf("save %s: %w", v.name, err))
	}
	switch {
	case len(done.Faults) > 0:
		done.Event = report.Failed
	case len(v.entries) > 0:
		event, entry := report.EventOf(v.stream, v.entries)
		done.Event, done.Direction, done.Target, done.Detail = event, entry.Direction, entry.To, entry.Detail
		if event == report.Checked && v.repaired {
			done.Event = report.Repaired
		}
	case v.repaired:
		done.Event = report.Repaired
	}
	return done
}

// tellMended writes the entries of what was mended alone, on the item as another writer has left it. It is tried once.
func (r *Reconciler) tellMended(ctx context.Context, v *visit) error {
	if len(v.mended) == 0 {
		return nil
	}
	now, err := r.Registry.Load(ctx, v.name)
	if err == nil {
		_, err = r.Registry.Save(ctx, now, v.mended...)
	}
	return err
}

// nextRun is when the next run of the reconciler surely finds a stream due. Runs are a minute apart,
// and this one's clock was read after it began.
const nextRun = 45 * time.Second

// pausedLook is how soon a stream whose decision waits is looked at again while all resharding is paused: so
// soon it hears that the pause has ended.
const pausedLook = 2 * time.Minute

// quotaLook is how soon alarms are tried again that the account has no room for: somebody has to ask AWS for more.
const quotaLook = 30 * time.Minute

// idle reports whether the stream does nothing: it was not resharded for a day, nothing was wrong with it or its alarms in
// this look, and no decision waits.
func (v *visit) idle() bool {
	s := &v.stream
	return s.Operations.Used(v.now) == 0 && len(v.faults) == 0 && len(v.entries) == 0 && !v.repaired && s.Up.RetryAt.IsZero() && s.Down.RetryAt.IsZero()
}

// nextLook is when the stream is due again: soon while something is unfinished, at the time
// that a decision was deferred to, and every few minutes anyway, spread over the streams.
func (v *visit) nextLook(o *outing) time.Time {
	s, soon := &v.stream, v.now.Add(nextRun)
	every := o.pace.DriftEvery
	if v.idle() {
		every = o.idleEvery
	}
	drift := v.now.Add(every - scaling.Jitter(v.name, every/4))
	switch {
	case s.InFlight != nil:
		return s.DueAt
	case v.soon, v.postponed:
		return soon
	case s.Status == ledger.Unenrolled && len(v.faults) == 0 && !v.lookAgain:
		return time.Time{}
	case s.Status != ledger.Enrolled:
		return drift
	case !s.AlarmsInSync() && !v.rarely:
		return soon
	}
	next := drift
	if v.rarely {
		next = v.now.Add(quotaLook - scaling.Jitter(v.name, quotaLook/4))
	}
	if timed := s.NextTimed(v.now); !timed.IsZero() && timed.Before(next) {
		next = timed
	}
	if soon := v.now.Add(drainEvery); s.DrainUntil().After(v.now) && soon.Before(next) {
		next = soon
	}
	if s.HotKey.Suspected() && s.HotKey.AskAt.Before(next) {
		next = s.HotKey.AskAt
	}
	for _, retry := range []time.Time{s.Up.RetryAt, s.Down.RetryAt} {
		if v.paused && retry.Before(v.now.Add(pausedLook)) && !retry.IsZero() {
			retry = v.now.Add(pausedLook)
		}
		if !retry.IsZero() && retry.Before(next) {
			next = retry
		}
	}
	if next.Before(soon) { // what is due now could not be done: the stream is not ACTIVE
		return soon
	}
	return next
}
