package registrytest

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// fleetOnce saves the fleet's item twice on one read, as runs of the reconciler that overlap would.
func fleetOnce(b *bench) {
	for _, read := range []int64{0, 1} {
		newer := ledger.Fleet{SweepAfter: fmt.Sprintf("orders-%d", read), Revision: read}
		b.wantErr(b.SaveFleet(b.Context(), newer), nil)
		b.wantErr(b.SaveFleet(b.Context(), ledger.Fleet{SweepAfter: "a", Revision: read}), ledger.ErrConflict)
		got, err := b.Fleet(b.Context())
		b.wantErr(err, nil)
		newer.Revision++
		b.want("the fleet", got, newer)
	}
}

func lease(b *bench) {
	held, err := b.Lease(b.Context())
	b.wantErr(err, nil)
	b.want("the lease before it was taken", held, ledger.Lease{})
	for round := range 3 {
		winners, errs := make([]ledger.Lease, 10), make([]error, 10)
		var runs sync.WaitGroup
		for i := range winners {
			runs.Go(func() {
				wish := ledger.Lease{Owner: fmt.Sprintf("reconciler/%d", i), Until: start().Add(time.Minute), Revision: held.Revision}
				winners[i], errs[i] = b.SaveLease(b.Context(), wish)
			})
		}
		runs.Wait()
		won := 0
		for i, err := range errs {
			if err == nil {
				won++
				held = winners[i]
			} else if !errors.Is(err, ledger.ErrConflict) {
				b.Errorf("round %d: %v", round, err)
			}
		}
		got, err := b.Lease(b.Context())
		b.wantErr(err, nil)
		b.want("winners", won, 1)
		b.want("the lease", got, held)
		held, err = b.SaveLease(b.Context(), held.Returned())
		b.wantErr(err, nil)
		b.want("the lease after its return", held, ledger.Lease{Revision: int64(2 * (round + 1))})
	}
}
