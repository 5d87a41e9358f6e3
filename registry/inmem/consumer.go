package inmem

import (
	"context"
	"fmt"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// ConsumerOwner returns the stream whose consumer a function is; empty when none was noted.
func (r *Registry) ConsumerOwner(_ context.Context, function string) (string, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.owners[function], nil
}

// OwnConsumer notes that a function is a stream's consumer, in place of the one that ConsumerOwner gave.
// The error is [ledger.ErrConflict] when that is not the newest word.
func (r *Registry) OwnConsumer(_ context.Context, function, stream, before string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.owners[function] != before {
		return fmt.Errorf("note that %s is the consumer of %s: %w", function, stream, ledger.ErrConflict)
	}
	r.owners[function] = stream
	return nil
}
