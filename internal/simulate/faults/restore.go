package faults

// A table that is restored from a backup, as docs/upgrade.md says. Its history stays here, since the auditor compares its books
// with it; what the items forget is what matters.

import (
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
	var backup, now []ledger.Item
	taken := 5 + r.IntN(p.Trouble-10)
	back := min(taken+1+r.IntN(180), p.Trouble-1)
	take := Action{
		Minute: taken, Kind: "take a backup", do: func(*simulate.World) error { return nil },
		done: func(a *auditor) { backup = a.items() },
	}
	restore := Action{Minute: back, Kind: "restore the table", do: func(w *simulate.World) error {
		was := backup
		backup = nil // the plan may be run again
		if len(was) == 0 || len(was) != len(now) || flies(now) {
			return errNone
		}
		for _, item := range was {
			restored, entries := item.Restored(w.Now(), operator)
			w.Registry().Restore(restored, entries...)
		}
		return nil
	}}
	restore.note = func(a *auditor) { now = a.items() }
	restore.done = func(a *auditor) { a.restoredAll() }
	return []Action{take, restore}
}

// items are those that the table has now.
func (a *auditor) items() []ledger.Item {
	var items []ledger.Item
	for _, spec := range a.plan.Streams {
		if item, err := a.table.load(spec.Name); err == nil {
			items = append(items, item)
		}
	}
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
