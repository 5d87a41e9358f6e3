package faults

// Entries of the history that somebody deletes, or whose time is over.

import (
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// historyHands draws deletions of a part of a stream's history, in one of five plans. The newest hold of each alarm stays: it
// alone tells why the stream waits.
func (p Plan) historyHands() []Action {
	r := p.drawn("history")
	if r.IntN(5) != 0 {
		return nil
	}
	var all []Action
	for range 1 + r.IntN(3) {
		name, length := p.Streams[r.IntN(len(p.Streams))].Name, time.Duration(10+r.IntN(300))*time.Minute
		gone := map[int64]bool{}
		deleted := within(r, p.minute(r), name).does("delete history", func(w *simulate.World) error {
			clear(gone)
			w.Registry().DeleteHistory(name, func(e ledger.Entry) bool {
				if e.Kind == ledger.KindHold || w.Now().Sub(e.At) > length {
					return false
				}
				gone[e.Fence] = true
				return true
			})
			return nil
		})
		deleted.done = func(a *auditor) {
			for fence := range gone {
				a.book(name).lost[fence] = true
			}
		}
		all = append(all, deleted)
	}
	return all
}
