// Package inmem is the registry in memory, under the contract of package registry and without
// its table: for the simulator, the demo and tests. What each method promises and refuses is
// the same; package registrytest holds both to it.
//
// It is made for millions of steps: Due costs one comparison while nothing is due, and Load
// copies one stream. History looks through everything it keeps.
package inmem

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Options say how long history is shown. The zero value is usable.
type Options struct {
	// Retention is how long a history entry is shown from its time on; 0 means 400 days.
	Retention time.Duration
	// Now is asked when a stream is written, and which history has expired; nil leaves a stream's time as it is, and means
	// that no entry has.
	Now func() time.Time
}

const defaultRetention = 400 * 24 * time.Hour

// Registry keeps streams in memory. It is safe for concurrent use.
type Registry struct {
	retention time.Duration
	now       func() time.Time

	mu         sync.RWMutex
	items      map[string]*item
	due        dueHeap
	unfinished map[string]*item          // those of due that have unfinished work
	history    map[string][]ledger.Entry // by stream, oldest first
	fleet      ledger.Fleet
	pause      ledger.Pause
	lease      ledger.Lease
	outbox     map[string]ledger.Event // by id; of those that were sent, what goes on
	owners     map[string]string       // streams by their consumers' functions
}

// item is one stream as it is kept. Its stream is replaced as a whole, never changed.
type item struct {
	stream   ledger.Item
	position int // in the heap of due streams; -1: not there
}

// New returns an empty registry.
func New(opts Options) *Registry {
	return &Registry{
		retention:  cmp.Or(opts.Retention, defaultRetention),
		now:        opts.Now,
		items:      map[string]*item{},
		unfinished: map[string]*item{},
		history:    map[string][]ledger.Entry{},
		owners:     map[string]string{},
		outbox:     map[string]ledger.Event{},
	}
}

// Load returns a stream. Without an item the error is [ledger.ErrNotEnrolled]; an item whose
// stream is unenrolled is returned.
func (r *Registry) Load(_ context.Context, name string) (ledger.Item, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	it, found := r.items[name]
	if !found {
		return ledger.Item{}, fmt.Errorf("load %s: no item in the registry: %w", name, ledger.ErrNotEnrolled)
	}
	return it.stream.Clone(), nil
}

// Items returns streams in the order of their names, without those that have no item.
func (r *Registry) Items(_ context.Context, names ...string) ([]ledger.Item, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var items []ledger.Item
	for _, name := range slices.Compact(slices.Sorted(slices.Values(names))) {
		if it, found := r.items[name]; found {
			items = append(items, it.stream.Clone())
		}
	}
	return items, nil
}

// Save writes a stream and entries of its history, and returns the stream as Load gives it, with
// its new revision. Overrides, timed or not, are not written: see SaveOverrides. The error is [ledger.ErrConflict] when s.Revision
// is not the newest; revision 0 means that there is none yet. An entry with the stream, time and
// id of one that is there replaces it.
func (r *Registry) Save(_ context.Context, s ledger.Item, entries ...ledger.Entry) (ledger.Item, error) {
	if n := len(entries) + len(ledger.EventsOf(s, entries)); n > ledger.MaxEntries {
		return s, fmt.Errorf("save %s: %d history entries and their events in one write, at most %d can be", s.Name, n, ledger.MaxEntries)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.revision(s.Name) != s.Revision {
		return s, fmt.Errorf("save %s: revision %d is not the newest: %w", s.Name, s.Revision, ledger.ErrConflict)
	}
	return r.write(s, entries...), nil
}

// Claim takes the right to make one UpdateShardCount call, on the stream as it was loaded. The
// errors are those of [ledger.Item.Claim], made on the stream as it is now when another writer
// was first, and [ledger.PausedError] while all resharding is paused.
func (r *Registry) Claim(_ context.Context, s ledger.Item, c ledger.Claim) (ledger.Item, error) {
	c = keptClaim(c)
	granted, intended, err := s.Claim(c)
	if err != nil {
		return s, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	it, found := r.items[s.Name]
	if !found {
		return s, fmt.Errorf("claim %s: no item in the registry: %w", s.Name, ledger.ErrNotEnrolled)
	}
	newest := it.stream.Revision == s.Revision && it.stream.Fence == s.Fence
	if !newest {
		if _, _, err = it.stream.Claim(c); err != nil {
			return s, err
		}
	}
	switch {
	case r.pause.InForce:
		return s, &ledger.PausedError{Stream: s.Name, Pause: r.pause}
	case !newest:
		return s, fmt.Errorf("claim %s: fence %d, revision %d are not the newest: %w", s.Name, s.Fence, s.Revision, ledger.ErrConflict)
	}
	return r.write(granted, intended), nil
}

// Override replaces the overrides of a stream, as a person does in the console: whatever is
// written at the same time, and without a new revision. A stream without an item gets one.
func (r *Registry) Override(name string, overrides scaling.Layer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	it := r.item(name)
	it.stream.Overrides = keptLayer(overrides)
}

// Fleet returns what is kept once for all streams; the zero value when nothing was saved yet.
func (r *Registry) Fleet(context.Context) (ledger.Fleet, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.fleet, nil
}

// SaveFleet writes what is kept once for all streams, under the next revision. The error is
// [ledger.ErrConflict] when f.Revision is not the newest.
func (r *Registry) SaveFleet(_ context.Context, f ledger.Fleet) error {
	f.Account.ShardsAt, f.Account.At = keptTime(f.Account.ShardsAt), keptTime(f.Account.At)
	f.SweepStarted, f.Swept = keptTime(f.SweepStarted), keptTime(f.Swept)
	r.mu.Lock()
	defer r.mu.Unlock()
	if f.Revision != r.fleet.Revision {
		return fmt.Errorf("save the fleet's item: revision %d is not the newest: %w", f.Revision, ledger.ErrConflict)
	}
	f.Revision++
	r.fleet = f
	return nil
}

// Lease returns the reconciler's lease; the zero value when there never was one.
func (r *Registry) Lease(context.Context) (ledger.Lease, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.lease, nil
}

// SaveLease writes the reconciler's lease, and returns it under its next revision. The error is
// [ledger.ErrConflict] when l.Revision is not the newest.
func (r *Registry) SaveLease(_ context.Context, l ledger.Lease) (ledger.Lease, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if l.Revision != r.lease.Revision {
		return ledger.Lease{}, fmt.Errorf("save the reconciler's lease: revision %d is not the newest: %w", l.Revision, ledger.ErrConflict)
	}
	l.Until = keptTime(l.Until)
	l.Revision++
	r.lease = l
	return l, nil
}

// revision returns the revision of a stream; 0 when there is no item.
func (r *Registry) revision(name string) int64 {
	if it, found := r.items[name]; found {
		return it.stream.Revision
	}
	return 0
}

// item returns the item of a stream, a new one when there is none.
func (r *Registry) item(name string) *item {
	it, found := r.items[name]
	if !found {
		it = &item{stream: kept(ledger.Item{Name: name}, ledger.Item{}), position: -1}
		r.items[name] = it
	}
	return it
}

// write replaces a stream's item, all but its overrides, timed or not, under the next revision, and adds the
// entries. It returns the stream as Load gives it, but with the overrides of s; what it points to may be that of s.
func (r *Registry) write(s ledger.Item, entries ...ledger.Entry) ledger.Item {
	it := r.item(s.Name)
	overrides, timed := it.stream.Overrides, it.stream.Timed
	next := kept(s, it.stream)
	next.Revision++
	if r.now != nil {
		next.UpdatedAt = keptTime(r.now())
	}
	it.stream = next.Clone()
	it.stream.Overrides, it.stream.Timed = overrides, timed
	r.schedule(it)
	for _, entry := range entries {
		r.insert(keptEntry(entry))
	}
	r.tell(ledger.EventsOf(s, entries))
	next.Overrides, next.Timed = s.Overrides, s.Timed
	return next
}
