package reconciler

import (
	"context"
	"errors"
	"fmt"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// Run attends to everything that is due now. An error means that the registry did not answer;
// faults of single streams are in the reports, and those streams stay due.
//
// Of runs that overlap one works: the others end at once, and say so. A run that was killed keeps the lease until
// the moment at which Lambda would have ended it, so the next minute's takes over. Should two work after all, as
// when one was frozen, every write names the revision that it read.
func (r *Reconciler) Run(ctx context.Context) ([]report.Report, error) {
	lease, err := r.takeLease(ctx)
	if errors.Is(err, ledger.ErrConflict) {
		return []report.Report{{Event: report.Ignored, Detail: err.Error()}}, nil
	}
	if err != nil {
		return nil, err
	}
	told := r.notify(ctx)
	reports, err := r.attend(ctx)
	reports = append(told, reports...)
	if _, failed := r.Fleet.SaveLease(ctx, lease.Returned()); failed != nil && !errors.Is(failed, ledger.ErrConflict) {
		fault := fmt.Errorf("give the lease back, which ends by itself at %s: %w", lease.Until, failed)
		reports = append(reports, report.Report{Event: report.Failed, Faults: []error{fault}})
	}
	return reports, err
}

// takeLease takes the lease for this run. The error is [ledger.ErrConflict] when another run holds it, or was first
// to take it.
func (r *Reconciler) takeLease(ctx context.Context) (ledger.Lease, error) {
	held, err := r.Fleet.Lease(ctx)
	if err != nil {
		return ledger.Lease{}, err
	}
	wish, err := held.Take(r.Actor, r.Now(), r.Lease)
	if err != nil {
		return ledger.Lease{}, err
	}
	return r.Fleet.SaveLease(ctx, wish)
}
