package inmem

import (
	"cmp"
	"container/heap"
	"context"
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Due returns the names of streams whose DueAt is not after now, the longest due first, at most
// limit of them.
func (r *Registry) Due(_ context.Context, now time.Time, limit int) ([]string, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if limit < 1 || len(r.due) == 0 || r.due[0].stream.DueAt.After(now) {
		return nil, nil
	}
	found := r.due.until(0, now, nil)
	slices.SortFunc(found, compareDue)
	var names []string
	for _, it := range found[:min(limit, len(found))] {
		names = append(names, it.stream.Name)
	}
	return names, nil
}

// Unfinished returns the names of streams that have an operation in flight, or alarms that have not followed one
// yet, and whose DueAt is not after now, the longest due first; and when the next of the others is due, zero if there
// is none.
func (r *Registry) Unfinished(_ context.Context, now time.Time) (due []string, next time.Time, err error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if len(r.unfinished) == 0 {
		return nil, time.Time{}, nil
	}
	planned := map[string]time.Time{}
	for name, it := range r.unfinished {
		planned[name] = it.stream.DueAt
	}
	due, next = ledger.DueFirst(planned, now)
	return due, next, nil
}

// Names returns the names of the streams that are looked at from time to time, sorted: all that are
// enrolled or suspended. Of more than limit, the ones that are due last are left out.
func (r *Registry) Names(_ context.Context, limit int) ([]string, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if limit < 1 {
		return nil, nil
	}
	planned := slices.Clone(r.due)
	slices.SortFunc(planned, compareDue)
	var names []string
	for _, it := range planned[:min(limit, len(planned))] {
		names = append(names, it.stream.Name)
	}
	slices.Sort(names)
	return names, nil
}

// Every returns the names of all streams that have been enrolled at some time, sorted, and tells once how many
// there are. Items with nothing but overrides are not among them.
func (r *Registry) Every(_ context.Context, found func(streams int)) ([]string, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var names []string
	for name, it := range r.items {
		if it.stream.Revision > 0 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	found(len(names))
	return names, nil
}

// schedule puts an item where its DueAt wants it in the heap, or out of it.
func (r *Registry) schedule(it *item) {
	delete(r.unfinished, it.stream.Name)
	if it.stream.Unfinished() && !it.stream.DueAt.IsZero() {
		r.unfinished[it.stream.Name] = it
	}
	switch planned := !it.stream.DueAt.IsZero(); {
	case planned && it.position < 0:
		heap.Push(&r.due, it)
	case planned:
		heap.Fix(&r.due, it.position)
	case it.position >= 0:
		heap.Remove(&r.due, it.position)
	}
}

// dueHeap is a heap of the items that are due some time, the earliest on top.
type dueHeap []*item

// until collects the items due until now in the part of the heap below a position. Whatever is
// below an item that is not due is not due either.
func (h *dueHeap) until(position int, now time.Time, found []*item) []*item {
	if position >= len(*h) || (*h)[position].stream.DueAt.After(now) {
		return found
	}
	found = append(found, (*h)[position])
	found = h.until(2*position+1, now, found)
	return h.until(2*position+2, now, found)
}

func compareDue(a, b *item) int {
	return cmp.Or(a.stream.DueAt.Compare(b.stream.DueAt), cmp.Compare(a.stream.Name, b.stream.Name))
}

// Len, Less, Swap, Push and Pop are what container/heap needs.
func (h *dueHeap) Len() int { return len(*h) }

// Less reports whether an item is due before another.
func (h *dueHeap) Less(i, j int) bool { return (*h)[i].stream.DueAt.Before((*h)[j].stream.DueAt) }

// Swap exchanges two items.
func (h *dueHeap) Swap(i, j int) {
	items := *h
	items[i], items[j] = items[j], items[i]
	items[i].position, items[j].position = i, j
}

// Push appends an item; x is always one.
func (h *dueHeap) Push(x any) {
	if it, ok := x.(*item); ok {
		it.position = len(*h)
		*h = append(*h, it)
	}
}

// Pop takes the last item off.
func (h *dueHeap) Pop() any {
	items := *h
	last := items[len(items)-1]
	last.position = -1
	items[len(items)-1] = nil
	*h = items[:len(items)-1]
	return last
}
