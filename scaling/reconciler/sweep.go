package reconciler

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// sweep goes on with the sweep that is running, or starts one when it is time: it reads the tags
// of all streams, some each minute, and enrolls or unenrolls what events missed. Where it stopped
// is kept in the fleet's item. more is true when it could go on at once with another batch.
func (r *Reconciler) sweep(ctx context.Context, pace Pace, fleet *ledger.Fleet) (reports []report.Report, more bool) {
	now := r.Now()
	if fleet.SweepStarted.IsZero() {
		if since := now.Sub(fleet.Swept); since >= 0 && since < pace.SweepEvery { // a sweep in the future was one with a wrong clock
			return nil, false
		}
		fleet.SweepStarted, fleet.SweepAfter = now, ""
	}
	for swept := 0; swept < pace.SweepBatch && r.hasTime(ctx); {
		names, further, err := r.Streams.List(ctx, fleet.SweepAfter)
		if err != nil {
			return append(reports, sweepFault("list streams", fleet.SweepAfter, err)), false
		}
		for _, name := range names {
			if swept == pace.SweepBatch || !r.hasTime(ctx) {
				return reports, true
			}
			done, changed, err := r.sweepOne(ctx, name)
			if err != nil {
				reports = append(reports, sweepFault("sweep", name, err))
				if errors.Is(err, scaling.ErrThrottled) {
					return reports, false
				}
			} else if changed {
				reports = append(reports, done)
			}
			fleet.SweepAfter = name
			swept++
		}
		if !further || len(names) == 0 {
			fleet.Swept, fleet.SweepStarted, fleet.SweepAfter = now, time.Time{}, ""
			return reports, false
		}
	}
	return reports, true
}

// sweepOne refreshes a stream whose tags differ from what the registry holds, and reports
// whether it did.
func (r *Reconciler) sweepOne(ctx context.Context, name string) (report.Report, bool, error) {
	tags, err := r.Streams.Tags(ctx, name)
	if errors.Is(err, scaling.ErrStreamNotFound) {
		return report.Report{}, false, nil // deleted since it was listed; the look at it will tell
	}
	if err != nil {
		return report.Report{}, false, err
	}
	layer := scaling.TagLayer(tags)
	known, err := r.Registry.Load(ctx, name)
	enrolled := err == nil && known.Status != ledger.Unenrolled
	switch {
	case err != nil && !errors.Is(err, ledger.ErrNotEnrolled):
		return report.Report{}, false, err
	case !enrolled && !r.Rules.Wants(layer):
		return report.Report{}, false, nil
	case enrolled && maps.Equal(layer, known.Tags):
		return r.plan(ctx, known)
	}
	done, err := r.Enroller.Refresh(ctx, name)
	return done, true, err
}

// plan makes a stream due whose next look was lost, or is further ahead than any stream rests: somebody edited the
// item, or a run's clock was wrong. It reports whether it did.
func (r *Reconciler) plan(ctx context.Context, s ledger.Item) (report.Report, bool, error) {
	now := r.Now()
	if !s.Overdue(now) {
		return report.Report{}, false, nil
	}
	s.DueAt = now
	if _, err := r.Registry.Save(ctx, s); err != nil && !errors.Is(err, ledger.ErrConflict) {
		return report.Report{}, false, err
	}
	return report.Report{Stream: s.Name, Event: report.Repaired, Detail: "its next look was not planned, or too far ahead"}, true, nil
}

func sweepFault(doing, name string, err error) report.Report {
	return report.Report{Stream: name, Event: report.Failed, Faults: []error{fmt.Errorf("%s %q: %w", doing, name, err)}}
}
