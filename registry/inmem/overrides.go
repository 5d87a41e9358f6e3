package inmem

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// SaveOverrides writes the overrides and the timed overrides of after, when the reconciler is to look, and entries of the
// history, and nothing else. The error is [ledger.ErrConflict] when revision, overrides or timed overrides are not those of
// before any more.
func (r *Registry) SaveOverrides(_ context.Context, before, after ledger.Item, entries ...ledger.Entry) (ledger.Item, error) {
	if len(entries) > ledger.MaxEntries {
		return before, fmt.Errorf("save the overrides of %s: %d history entries in one write, at most %d can be", before.Name, len(entries), ledger.MaxEntries)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	it := r.item(before.Name)
	same := func(x, y ledger.Timed) bool { return reflect.DeepEqual(x, y) }
	if it.stream.Revision != before.Revision || !maps.Equal(it.stream.Overrides, before.Overrides) || !slices.EqualFunc(it.stream.Timed, before.Timed, same) {
		return before, fmt.Errorf("save the overrides of %s: somebody has changed the item: %w", before.Name, ledger.ErrConflict)
	}
	next, given := it.stream.Clone(), after.Clone()
	next.Overrides, next.Timed, next.DueAt = keptLayer(given.Overrides), keptTimed(given.Timed), keptTime(given.DueAt)
	next.Revision++
	it.stream = next
	r.schedule(it)
	for _, entry := range entries {
		r.insert(keptEntry(entry))
	}
	return next.Clone(), nil
}

// OverrideTimed replaces the timed overrides of a stream, as a person does in the console.
func (r *Registry) OverrideTimed(name string, all []ledger.Timed) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.item(name).stream.Timed = keptTimed(all)
}

// PlanAt replaces when the reconciler looks at a stream next, as a person does in the console; zero: it does not. A
// stream without an item gets none.
func (r *Registry) PlanAt(name string, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if it, found := r.items[name]; found {
		it.stream.DueAt = keptTime(at)
		r.schedule(it)
	}
}

// Restore replaces a stream's whole item, as in a table that was restored from a backup, and adds entries. Its revision is
// above any that somebody read before: who still writes to the table of before reaches this one no more.
func (r *Registry) Restore(s ledger.Item, entries ...ledger.Entry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	it := r.item(s.Name)
	overrides, timed := keptLayer(s.Overrides), keptTimed(s.Timed)
	s.Revision = max(s.Revision, it.stream.Revision)
	r.write(s, entries...)
	it.stream.Overrides, it.stream.Timed = overrides, timed
}

func keptTimed(all []ledger.Timed) []ledger.Timed {
	var kept []ledger.Timed
	for _, t := range all {
		t.From, t.Until, t.Settings = keptTime(t.From), keptTime(t.Until), keptLayer(t.Settings)
		kept = append(kept, t)
	}
	return kept
}
