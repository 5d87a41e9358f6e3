package faults

// What the auditor makes of items and history that people have changed by hand.

import (
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// edits is what people have changed by hand of what is kept of a stream.
type edits struct {
	lost     map[int64]bool // fences of operations that people took out of the item in flight, or out of the history
	byHand   time.Time      // when somebody edited what the item counts; zero: nobody did
	editedAt time.Time      // when somebody edited the item; zero: nobody did
	swept    time.Time      // when somebody left something in the item that only the sweep finds
	phantoms int            // reshardings that only an edit tells of
}

// handsBusy is how long after an edit a call may still come whose claim the edit took away: as long as one may be on its way.
const handsBusy = 45 * time.Minute

// beforeEdit notes what an edit may lose.
func (a *auditor) beforeEdit(stream string) {
	if op := a.book(stream).item.InFlight; op != nil {
		a.book(stream).lost[op.Fence] = true
	}
}

// edited takes an item as somebody has left it for how it was before the next write. Where something was forgotten or
// invented, what was counted before is no measure any more.
func (a *auditor) edited(stream string, edit itemEdit) {
	a.rare("an item was edited by hand")
	b := a.book(stream)
	item, err := a.table.load(stream)
	if err != nil {
		item = ledger.Item{Name: stream}
	}
	b.item, b.editedAt = item, a.world.Now()
	if edit.sweeps {
		b.unplanned, b.swept = a.world.Now(), a.world.Now()
	}
	if !edit.forgets {
		return
	}
	b.oldFence, b.restored, b.byHand = item.Fence, a.world.Now(), a.world.Now()
	for _, op := range item.Operations { // what it counts of others after the edit is as good as made
		if op.Fence == 0 && !b.forgets(op.At) {
			b.phantoms++
		}
	}
	b.phantoms += 2 // a size that somebody wrote into the item counts as somebody's resharding, and so does the way back
	for i := range b.others {
		b.others[i].undone = true
	}
}

// justEdited reports whether somebody has a short while ago changed what is counted.
func (a *auditor) justEdited(b *book) bool {
	return !b.byHand.IsZero() && a.world.Now().Sub(b.byHand) < handsBusy
}
