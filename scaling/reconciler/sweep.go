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

// sweepIsDue reports whether a sweep is running, or starts one when it is time.
func (r *Reconciler) sweepIsDue(pace Pace, fleet *ledger.Fleet) bool {
	now := r.Now()
	if fleet.SweepStarted.IsZero() {
		if since := now.Sub(fleet.Swept); since >= 0 && since < pace.SweepEvery { // a sweep in the future was one with a wrong clock
			return false
		}
		fleet.SweepStarted, fleet.SweepAfter, fleet.Counted = now, "", 0
	}
	return true
}

// sweepGoesFirst reports whether the running sweep comes before the looks that are due: in the run that starts it, and in
// every second one after that, so that neither keeps the other from ever ending.
func (r *Reconciler) sweepGoesFirst(fleet ledger.Fleet) bool {
	return int(r.Now().Sub(fleet.SweepStarted).Round(time.Minute)/time.Minute)%2 == 0
}

// sweepAll goes on with the sweep, a little at a time, and looks at what is in flight in between: an operation must not
// wait for the sweep's end. First it reads what the tagging service tells of all streams' tags, then it compares the
// streams with the registry. Where it stopped is kept in the fleet's item.
func (r *Reconciler) sweepAll(ctx context.Context, o *outing) []report.Report {
	var reports []report.Report
	told := &toldTags{tags: map[string]scaling.Layer{}}
	for left, more := o.pace.SweepBatch, true; more && left > 0 && r.hasTime(ctx); {
		var done []report.Report
		if told.more() {
			done = r.readTags(ctx, told)
		} else {
			done, more = r.sweep(ctx, o, told, &left)
		}
		reports = append(reports, done...)
		if more && !o.blind {
			reports = append(reports, r.attendUnfinished(ctx, o)...)
		}
	}
	return reports
}

// sweep compares the next page of streams with the registry. What seems to differ is asked of the stream itself, and
// enrolled or unenrolled. It takes streams off left, and stops after confirmPiece questions. more is true when it can go
// on at once.
func (r *Reconciler) sweep(ctx context.Context, o *outing, told *toldTags, left *int) (reports []report.Report, more bool) {
	fleet := &o.fleet
	after := fleet.SweepAfter
	names, further, err := r.Streams.List(ctx, after)
	if err != nil {
		return append(reports, sweepFault("list streams", after, err)), false
	}
	known, err := r.itemsOf(ctx, names)
	if err != nil {
		return append(reports, sweepFault("read the items of the streams after", after, err)), false
	}
	for confirmed := 0; len(names) > 0; names = names[1:] {
		name := names[0]
		if *left == 0 || confirmed == confirmPiece || !r.hasTime(ctx) {
			return reports, true
		}
		item, found := known[name]
		enrolled := found && item.Status != ledger.Unenrolled
		if r.mayDiffer(told, name, item, found, fleet.SweepStarted) {
			confirmed++
			done, changed, err := r.confirm(ctx, name)
			if err != nil {
				reports = append(reports, sweepFault("sweep", name, err))
				if errors.Is(err, scaling.ErrThrottled) {
					return reports, false
				}
			} else if changed {
				o.saw(name, r.Now()) // the next run looks at it
				reports = append(reports, done)
				enrolled = enrolled || done.Event == report.Enrolled
			}
		}
		if fleet.SweepAfter = name; enrolled {
			fleet.Counted++
		}
		*left--
	}
	if further && fleet.SweepAfter != after { // a page without names would be asked for again and again
		return reports, true
	}
	fleet.Swept, fleet.SweepStarted, fleet.SweepAfter = fleet.SweepStarted, time.Time{}, "" // so that each stream's turn comes once an hour
	fleet.Streams, fleet.Counted = fleet.Counted, 0
	return reports, false
}

// confirmPiece is how many streams are asked for their tags before what is in flight is looked at again: some ten
// seconds' worth.
const confirmPiece = 30

// itemsOf returns the registry's items of streams by name, without those that have none.
func (r *Reconciler) itemsOf(ctx context.Context, names []string) (map[string]ledger.Item, error) {
	known := map[string]ledger.Item{}
	if len(names) == 0 {
		return known, nil
	}
	items, err := r.Items.Items(ctx, names...)
	if err != nil {
		return nil, err
	}
	for _, item := range items {
		known[item.Name] = item
	}
	return known, nil
}

// mayDiffer reports whether a stream is to be asked for its tags: what was told of them differs from what the registry
// holds, nothing was told, its next look was lost, or it is its turn of the day.
func (r *Reconciler) mayDiffer(told *toldTags, name string, item ledger.Item, found bool, started time.Time) bool {
	layer, known := told.of(name)
	switch enrolled := found && item.Status != ledger.Unenrolled; {
	case !known, hasTurn(name, started):
		return true
	case enrolled:
		return !maps.Equal(layer, item.Tags) || item.Overdue(r.Now())
	}
	return r.Rules.Wants(layer)
}

// turnWindow is longer than an hour, so that no turn of the day falls between two sweeps that are a little further apart.
const turnWindow = 75 * time.Minute

// hasTurn reports whether a stream is asked for its tags in the sweep that started then, whatever the tagging service
// told: each stream has its time of the day.
func hasTurn(name string, started time.Time) bool {
	const day = 24 * time.Hour
	ofDay := started.Sub(started.Truncate(day))
	return (ofDay-scaling.Jitter(name, day)+day)%day < turnWindow
}

// confirm asks a stream for its tags, refreshes it when they differ from what the registry holds, and reports whether it
// did.
func (r *Reconciler) confirm(ctx context.Context, name string) (report.Report, bool, error) {
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
