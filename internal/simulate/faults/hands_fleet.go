package faults

// What people do to the item of the fleet and to the reconciler's lease.

import (
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// fleetHands draws edits and deletions of both, in one of four plans.
func (p Plan) fleetHands() []Action {
	r := p.drawn("fleet")
	if r.IntN(4) != 0 {
		return nil
	}
	var all []Action
	for range 1 + r.IntN(4) {
		at, n := oddTime(r), oddCount(r)
		one := func(kind string, do func(w *simulate.World)) {
			all = append(all, within(r, p.minute(r), "").does(kind, func(w *simulate.World) error { do(w); return nil }))
		}
		fleet := func(kind string, edit func(f *ledger.Fleet)) {
			one("edit the fleet's item: "+kind, func(w *simulate.World) { w.Registry().EditFleet(edit) })
		}
		switch r.IntN(7) {
		case 0:
			one("delete the fleet's item", func(w *simulate.World) { w.Registry().EditFleet(func(f *ledger.Fleet) { *f = ledger.Fleet{} }) })
		case 1:
			fleet("its sweep", func(f *ledger.Fleet) { f.SweepStarted, f.SweepAfter = at, "zzz" })
		case 2:
			fleet("when it swept", func(f *ledger.Fleet) { f.Swept = at })
		case 3:
			fleet("how many streams it has", func(f *ledger.Fleet) { f.Streams, f.Counted = n, -n })
		case 4:
			fleet("its revision", func(f *ledger.Fleet) { f.Revision = int64(n) })
		case 5:
			one("delete the lease", func(w *simulate.World) { w.Registry().EditLease(func(l *ledger.Lease) { *l = ledger.Lease{} }) })
		default:
			one("edit the lease", func(w *simulate.World) {
				until := []time.Time{at, w.Now().Add(30 * time.Second)}[n&1]
				w.Registry().EditLease(func(l *ledger.Lease) { l.Owner, l.Until, l.Revision = "somebody", until, int64(n) })
			})
		}
	}
	return all
}
