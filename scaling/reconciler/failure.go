package reconciler

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// toRecord returns the history entries of a look: what it found, and what it could not do. A quota
// that is used up for the moment is no failure, and the same trouble is told once an hour.
func (v *visit) toRecord(actor string) []ledger.Entry {
	if len(v.faults) == 0 || v.throttled {
		return v.entries
	}
	return append(slices.Clone(v.entries), ledger.Entry{
		Stream: v.name, At: v.now.Truncate(time.Hour), ID: "failure", Kind: ledger.KindFailure,
		From: v.stream.OpenShards, To: v.stream.OpenShards, Actor: actor, Detail: errors.Join(v.faults...).Error(),
	})
}

// fault notes what is left for a later look: the next minute's, unless the answer will be the
// same then.
func (v *visit) fault(doing string, err error) {
	if err == nil {
		return
	}
	v.faults = append(v.faults, fmt.Errorf("%s of %s: %w", doing, v.name, err))
	v.throttled = v.throttled || errors.Is(err, scaling.ErrThrottled)
	v.soon = v.soon || !errors.Is(err, scaling.ErrRefused) && !errors.Is(err, scaling.ErrStreamNotFound) && !errors.Is(err, scaling.ErrLimitExceeded)
}
