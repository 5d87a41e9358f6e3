package ledger

import (
	"fmt"
	"time"
)

// Lease is the right of one run of the reconciler to work: EventBridge Scheduler keeps to the minute only, and may
// deliver twice. The zero value is held by nobody.
type Lease struct {
	Owner    string
	Until    time.Time
	Revision int64 // raised by every write; a write names the one it read
}

// Take returns the lease taken by an owner for a time. The error is [ErrConflict] while another run holds it. One
// that lasts longer than any run can is somebody's mistake, and does not count.
func (l Lease) Take(owner string, now time.Time, length time.Duration) (Lease, error) {
	if l.Until.After(now) && !l.Until.After(now.Add(2*length)) {
		return l, fmt.Errorf("another run, by %s, holds the reconciler's lease until %s: %w", l.Owner, l.Until.UTC().Format(time.RFC3339), ErrConflict)
	}
	return Lease{Owner: owner, Until: now.Add(length), Revision: l.Revision}, nil
}

// Returned is the lease given back by its owner.
func (l Lease) Returned() Lease { return Lease{Revision: l.Revision} }
