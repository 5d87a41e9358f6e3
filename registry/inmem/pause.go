package inmem

import (
	"context"
	"fmt"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Paused returns the pause of all resharding that is in force; the zero value when there is none.
func (r *Registry) Paused(context.Context) (ledger.Pause, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.pause, nil
}

// Pause stops all resharding, and writes its history entry. The error is [ledger.ErrConflict] when resharding is
// paused already.
func (r *Registry) Pause(_ context.Context, p ledger.Pause) error {
	if err := p.Check(); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pause.InForce {
		return fmt.Errorf("pause all resharding: %w", ledger.ErrConflict)
	}
	p.InForce, p.At = true, keptTime(p.At)
	r.pause = p
	r.insert(keptEntry(p.Begun()))
	r.tell(ledger.EventsOf(ledger.Item{}, []ledger.Entry{p.Begun()}))
	return nil
}

// Resume ends the pause that is in force, writes its history entry, and returns the pause. The error is
// [ledger.ErrConflict] when there is none.
func (r *Registry) Resume(_ context.Context, now time.Time, who string) (ledger.Pause, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.pause.InForce {
		return ledger.Pause{}, fmt.Errorf("end the pause of all resharding: %w", ledger.ErrConflict)
	}
	p := r.pause
	r.pause = ledger.Pause{}
	r.insert(keptEntry(p.Ended(now, who)))
	r.tell(ledger.EventsOf(ledger.Item{}, []ledger.Entry{p.Ended(now, who)}))
	return p, nil
}
