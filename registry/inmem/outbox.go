package inmem

import (
	"cmp"
	"context"
	"hash/fnv"
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Unsent returns events that a channel does not have yet, the oldest first. At most limit of each part of the
// streams are given, as package registry has them apart.
func (r *Registry) Unsent(_ context.Context, channel string, limit int) ([]ledger.Event, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	parts := map[uint32][]ledger.Event{}
	for _, event := range r.outbox {
		if !event.SentBy(channel) {
			part := partOf(event.Entry.Stream)
			parts[part] = append(parts[part], event)
		}
	}
	var events []ledger.Event
	for _, part := range parts {
		slices.SortFunc(part, func(a, b ledger.Event) int { return cmp.Compare(a.ID, b.ID) })
		events = append(events, part[:min(limit, len(part))]...)
	}
	slices.SortFunc(events, func(a, b ledger.Event) int {
		return cmp.Or(a.Entry.At.Compare(b.Entry.At), cmp.Compare(partOf(a.Entry.Stream), partOf(b.Entry.Stream)), cmp.Compare(a.ID, b.ID))
	})
	return events, nil
}

// SaveSent writes which channels have events, by their Sent. One that needs no more sending, and does not go on, is
// deleted. One that is gone stays gone.
func (r *Registry) SaveSent(_ context.Context, events []ledger.Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, event := range events {
		if event.Done() {
			delete(r.outbox, event.ID)
		} else if known, found := r.outbox[event.ID]; found {
			known.Sent = event.Sent
			r.outbox[event.ID] = known
		}
	}
	return nil
}

// DeleteOver deletes events that went on and are over, if all channels have them; at most limit of each part.
func (r *Registry) DeleteOver(_ context.Context, now time.Time, limit int) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	deleted := map[uint32]int{}
	for id, event := range r.outbox {
		if part := partOf(event.Entry.Stream); event.Sent == ledger.SentToAll && event.Entry.At.Before(ledger.OverBefore(event.Kind, now)) && deleted[part] < limit {
			delete(r.outbox, id)
			deleted[part]++
		}
	}
	return nil
}

// tell keeps events to be sent. One that is there keeps what is known of its sending.
func (r *Registry) tell(events []ledger.Event) {
	for _, event := range events {
		event.Entry, event.Sent = keptEntry(event.Entry), r.outbox[event.ID].Sent
		r.outbox[event.ID] = event
	}
}

// parts is how many partitions package registry has for events.
const parts = 8

func partOf(stream string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(stream)) // never fails
	return h.Sum32() % parts
}
