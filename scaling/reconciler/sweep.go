package reconciler

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// sweep goes on with the sweep that is running, or starts one when it is time: it reads the tags
// of all streams, some each minute, and enrolls or unenrolls what events missed. Where it stopped
// is kept in the fleet's item.
func (r *Reconciler) sweep(ctx context.Context, pace Pace, fleet *ledger.Fleet) []scaling.Report {
	now := r.Now()
	if fleet.SweepStarted.IsZero() {
		if now.Sub(fleet.Swept) < pace.SweepEvery {
			return nil
		}
		fleet.SweepStarted, fleet.SweepAfter = now, ""
	}
	var reports []scaling.Report
	for swept := 0; swept < pace.SweepBatch && r.hasTime(ctx); {
		names, more, err := r.Streams.List(ctx, fleet.SweepAfter)
		if err != nil {
			return append(reports, sweepFault("list streams", fleet.SweepAfter, err))
		}
		for _, name := range names {
			if swept == pace.SweepBatch || !r.hasTime(ctx) {
				return reports
			}
			report, changed, err := r.sweepOne(ctx, name)
			if err != nil {
				reports = append(reports, sweepFault("sweep", name, err))
				if errors.Is(err, scaling.ErrThrottled) {
					return reports
				}
			} else if changed {
				reports = append(reports, report)
			}
			fleet.SweepAfter = name
			swept++
		}
		if !more || len(names) == 0 {
			fleet.Swept, fleet.SweepStarted, fleet.SweepAfter = now, time.Time{}, ""
			return reports
		}
	}
	return reports
}

// sweepOne refreshes a stream whose tags differ from what the registry holds, and reports
// whether it did.
func (r *Reconciler) sweepOne(ctx context.Context, name string) (scaling.Report, bool, error) {
	tags, err := r.Streams.Tags(ctx, name)
	if errors.Is(err, scaling.ErrStreamNotFound) {
		return scaling.Report{}, false, nil // deleted since it was listed; the look at it will tell
	}
	if err != nil {
		return scaling.Report{}, false, err
	}
	layer := scaling.TagLayer(tags)
	known, err := r.Registry.Load(ctx, name)
	enrolled := err == nil && known.Status != ledger.Unenrolled
	switch {
	case err != nil && !errors.Is(err, ledger.ErrNotEnrolled):
		return scaling.Report{}, false, err
	case !enrolled && !r.Rules.Wants(layer):
		return scaling.Report{}, false, nil
	case enrolled && maps.Equal(layer, known.Tags):
		return scaling.Report{}, false, nil
	}
	report, err := r.Enroller.Refresh(ctx, name)
	return report, true, err
}

func sweepFault(doing, name string, err error) scaling.Report {
	return scaling.Report{Stream: name, Event: scaling.EventFailed, Faults: []error{fmt.Errorf("%s %q: %w", doing, name, err)}}
}
