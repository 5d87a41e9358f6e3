package faults

// A table that is restored from a backup, as docs/upgrade.md says. Its history stays here, since the ledger compares its books
// with it; what the items forget is what matters.

import (
	"context"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// restores draws a backup of the table and its restore up to three hours later, in one of eight plans.
func (p Plan) restores() []Action {
	r := p.drawn("restore")
	if r.IntN(8) != 0 {
		return nil
	}
	var backup []ledger.Item
	taken := 5 + r.IntN(p.Trouble-10)
	back := min(taken+1+r.IntN(180), p.Trouble-1)
	take := Action{Minute: taken, Kind: "take a backup", do: func(w *simulate.World) error {
		backup = p.items(w)
		return nil
	}}
	restore := Action{Minute: back, Kind: "restore the table", do: func(w *simulate.World) error {
		was := backup
		backup = nil // the plan may be run again
		if len(was) == 0 || len(was) != len(p.items(w)) || flies(p.items(w)) {
			return errNone
		}
		for _, item := range was {
			restored, entries := item.Restored(w.Now(), operator)
			w.Registry().Restore(restored, entries...)
		}
		return nil
	}}
	restore.done = func(a *auditor) { a.restoredAll() }
	return []Action{take, restore}
}

// items are those of the plan's streams that the table knows.
func (p Plan) items(w *simulate.World) []ledger.Item {
	names := make([]string, len(p.Streams))
	for i, spec := range p.Streams {
		names[i] = spec.Name
	}
	items, _ := w.Registry().Items(context.Background(), names...) // it is in memory, and has no error
	return items
}

// flies reports whether an operation is in flight: the stack of before goes on with it, in a table that nobody reads.
func flies(items []ledger.Item) bool {
	for _, item := range items {
		if item.InFlight != nil {
			return true
		}
	}
	return false
}

// restoredAll notes that all items are those of a backup.
func (a *auditor) restoredAll() {
	a.rare("a table was restored from a backup")
	for name, b := range a.books {
		item, err := a.table.load(name)
		if err != nil {
			continue
		}
		b.oldFence, b.restored, b.item = max(b.item.Fence, b.oldFence), a.world.Now(), item
		b.oldAllowed = item.Settings.OperationLimit - item.Settings.ScaleUpReserve
		for i := range b.others {
			b.others[i].undone = true
		}
	}
}

// forgets reports whether a time is before the restore of the table, which may have forgotten what happened then.
func (b *book) forgets(at time.Time) bool { return !at.After(b.restored) }
