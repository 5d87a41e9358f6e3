package reconciler

import (
	"errors"
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// toRecord returns the history entries of a look: what it found, and what it could not do. A quota
// that is used up for the moment is no failure, and the same trouble is told once an hour.
func (v *visit) toRecord(actor string) []scaling.Entry {
	if len(v.faults) == 0 || v.throttled {
		return v.entries
	}
	return append(slices.Clone(v.entries), scaling.Entry{
		Stream: v.name, At: v.now.Truncate(time.Hour), ID: "failure", Kind: scaling.KindFailure,
		From: v.stream.OpenShards, To: v.stream.OpenShards, Actor: actor, Detail: errors.Join(v.faults...).Error(),
	})
}
