package reconciler

import (
	"context"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

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
