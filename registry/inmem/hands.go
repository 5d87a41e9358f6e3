package inmem

import (
	"slices"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// What people do to the table in the console, beside every rule: no condition is asked, and nothing is counted.

// Edit changes a stream's item as somebody does by hand, its revision only where edit does. A stream without an item gets none.
func (r *Registry) Edit(name string, edit func(s *ledger.Item)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	it, found := r.items[name]
	if !found {
		return
	}
	s := it.stream.Clone()
	edit(&s)
	s.Revision, s.Fence = max(s.Revision, 0), max(s.Fence, 0)
	for _, op := range s.Operations { // as the table's item is read
		s.Fence = max(s.Fence, op.Fence)
	}
	if s.InFlight != nil {
		s.Fence = max(s.Fence, s.InFlight.Fence)
	}
	it.stream = kept(s, it.stream)
	it.stream.Overrides, it.stream.Timed = keptLayer(s.Overrides), keptTimed(s.Timed)
	r.schedule(it)
}

// DeleteItem deletes a stream's item, with its fence. Its history stays.
func (r *Registry) DeleteItem(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if it, found := r.items[name]; found {
		it.stream = ledger.Item{Name: name}
		r.schedule(it)
		delete(r.items, name)
	}
}

// DeleteHistory deletes entries of a stream's history, by hand or since their time is over.
func (r *Registry) DeleteHistory(name string, which func(e ledger.Entry) bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.history[name] = slices.DeleteFunc(r.history[name], which)
}

// EditFleet changes what is kept once for all streams; the zero value is that of a deleted item.
func (r *Registry) EditFleet(edit func(f *ledger.Fleet)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	edit(&r.fleet)
	r.fleet.Revision = max(r.fleet.Revision, 0)
}

// EditLease changes the reconciler's lease; the zero value is that of a deleted item.
func (r *Registry) EditLease(edit func(l *ledger.Lease)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	edit(&r.lease)
	r.lease.Revision = max(r.lease.Revision, 0)
}
