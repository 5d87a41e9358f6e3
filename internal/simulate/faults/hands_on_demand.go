package faults

// On-demand streams that the service gives another size.

import (
	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// itselfHands draws sizes that the service gives streams which are on-demand just then, and some that are on-demand for so few
// minutes that nobody may look meanwhile.
func (p Plan) itselfHands() []Action {
	r := p.drawn("sized by itself")
	var all []Action
	for _, spec := range p.Streams {
		one := func(minute int, kind string, do func(w *simulate.World) error) *Action {
			all = append(all, within(r, minute, spec.Name).does(kind, do))
			return &all[len(all)-1]
		}
		sized := func(minute, size int) {
			one(minute, "the service sizes it", func(w *simulate.World) error { return w.SizeItself(spec.Name, size) }).done = func(a *auditor) {
				if b := a.book(spec.Name); b.item.StatusReason != ledger.SuspendedOnDemand { // nobody has seen that it is on-demand
					b.phantoms++
				}
				a.rare("the service sized an on-demand stream")
			}
		}
		for range 1 + r.IntN(4) {
			sized(p.minute(r), 1+r.IntN(40))
		}
		if minute, updating := p.minute(r), p.Numbers.ReshardMinutes; r.IntN(6) == 0 {
			one(minute, "switch to on-demand", func(w *simulate.World) error { return w.SwitchMode(spec.Name, true) })
			sized(minute+4+updating, 1+r.IntN(40))
			one(minute+4+2*updating+r.IntN(8), "switch to provisioned", func(w *simulate.World) error { return w.SwitchMode(spec.Name, false) })
		}
	}
	return all
}
