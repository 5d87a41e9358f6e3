package reconciler

import (
	"context"
	"fmt"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// outing is what one run keeps in mind between its batches.
type outing struct {
	pace      Pace
	idleEvery time.Duration // how often a stream that does nothing is looked at
	fleet     ledger.Fleet  // as this run changes it
	paused    bool
	seen      map[string]time.Time // when streams were last attended to; nil: none was
	spent     bool                 // a quota is used up
	shares    int                  // streams whose alarms this run writes anew for a moved share alone
	noAlarms  error                // the account has no alarms left; nil: it has, as far as is known
	blind     bool                 // what is in flight could not be found
	flying    bool                 // something was in flight when it was last asked for
}

// saw notes when a stream was attended to.
func (o *outing) saw(stream string, at time.Time) {
	if o.seen == nil {
		o.seen = map[string]time.Time{}
	}
	o.seen[stream] = at
}

// pollEvery is how often one run looks at the same operation in flight. An item's own next look is the next run's, in
// case this one ends early.
const pollEvery = 20 * time.Second

// early is how long before its item's next look an operation is looked at again: pollEvery after the last look, which
// may have been the run's before.
const early = nextRun - pollEvery

// unfinishedBatches is how many batches of operations in flight come before one of the other streams. Each look takes a tenth of a
// second of the quota of DescribeStreamSummary, so of more than 200 operations the first are due again before the last
// were looked at; a third of the looks stays for decisions that wait, alarms to arm and the sweep.
const unfinishedBatches = 2

// attendAll works through the due streams, those with an operation in flight first, then the oldest, until none is
// left, time is short, or a quota is used up. Operations do not take the turn of the others, however many they are.
func (r *Reconciler) attendAll(ctx context.Context, o *outing) ([]report.Report, error) {
	var reports []report.Report
	for {
		reports = append(reports, r.attendUnfinished(ctx, o)...)
		if !r.hasTime(ctx) || o.spent {
			return reports, nil
		}
		batch, err := r.rest(ctx, o)
		if err != nil || len(batch) == 0 {
			return reports, err
		}
		reports = append(reports, r.attendBatch(ctx, o, batch)...)
	}
}

// follow goes on looking at what is in flight until that is done, or the next run is near: an operation that ends
// between two runs is settled before the second begins.
func (r *Reconciler) follow(ctx context.Context, o *outing) ([]report.Report, error) {
	var reports []report.Report
	for r.Wait != nil && o.flying && r.hasTime(ctx) && !o.spent && !o.blind {
		batch, next, err := r.unfinished(ctx, o)
		if err != nil {
			return reports, err
		}
		if len(batch) > 0 {
			reports = append(reports, r.attendBatch(ctx, o, batch)...)
			continue
		}
		wait := max(next.Sub(r.Now()), time.Second)
		if !o.flying || r.Left == nil || wait > r.Left(ctx)-lastCall {
			return reports, nil
		}
		if err := r.Wait(ctx, wait); err != nil {
			return reports, nil //nolint:nilerr // the invocation ends, and the next run goes on
		}
	}
	return reports, nil
}

// attendUnfinished attends to what is in flight, until all of it was looked at a moment ago, or it is the turn of others. That it
// cannot be found is told once: it is among all that is due as well.
func (r *Reconciler) attendUnfinished(ctx context.Context, o *outing) []report.Report {
	var reports []report.Report
	for range unfinishedBatches {
		if !r.hasTime(ctx) || o.spent {
			break
		}
		batch, _, err := r.unfinished(ctx, o)
		if err != nil && !o.blind {
			o.blind = true
			reports = append(reports, report.Report{Event: report.Failed, Faults: []error{err}})
		}
		if err != nil || len(batch) == 0 {
			return reports
		}
		reports = append(reports, r.attendBatch(ctx, o, batch)...)
	}
	return reports
}

// unfinished returns the next streams with an operation in flight that are due, or will be so early, and when another
// will be.
func (r *Reconciler) unfinished(ctx context.Context, o *outing) (batch []string, next time.Time, err error) {
	names, next, err := r.Registry.Unfinished(ctx, r.Now().Add(early))
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("find what is in flight: %w", err)
	}
	if !next.IsZero() {
		next = next.Add(-early)
	}
	o.flying = len(names) > 0 || !next.IsZero()
	for _, name := range names {
		at, seen := o.seen[name]
		switch {
		case seen && r.Now().Before(at.Add(pollEvery)):
			if free := at.Add(pollEvery); next.IsZero() || free.Before(next) {
				next = free
			}
		case len(batch) < o.pace.Batch:
			batch = append(batch, name)
		}
	}
	return batch, next, nil
}

// rest returns the next of all other streams that are due, the longest due first. Each is attended to once in a run.
func (r *Reconciler) rest(ctx context.Context, o *outing) ([]string, error) {
	// More than a batch is asked for, since the index may still show what was just attended to.
	names, err := r.Registry.Due(ctx, r.Now(), len(o.seen)+o.pace.Batch)
	if err != nil {
		return nil, fmt.Errorf("find what is due: %w", err)
	}
	batch := make([]string, 0, min(o.pace.Batch, len(names)))
	for _, name := range names {
		if _, seen := o.seen[name]; !seen && len(batch) < o.pace.Batch {
			batch = append(batch, name)
		}
	}
	return batch, nil
}
