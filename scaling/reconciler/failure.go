package reconciler

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// toRecord returns the history entries of a look: what it found, and what it could not do. A quota
// that is used up for the moment is no failure, and the same trouble is told once an hour. Each has an entry of its own, so that
// none takes the place of another of the same hour.
func (v *visit) toRecord(actor string) []ledger.Entry {
	if len(v.faults) == 0 || v.throttled {
		return v.entries
	}
	entries := slices.Clone(v.entries)
	for _, id := range slices.Compact(slices.Sorted(slices.Values(v.failed))) {
		var faults []error
		for i, fault := range v.faults {
			if v.failed[i] == id {
				faults = append(faults, fault)
			}
		}
		entries = append(entries, ledger.Entry{
			Stream: v.name, At: v.now.Truncate(time.Hour), ID: id, Kind: ledger.KindFailure,
			From: v.stream.OpenShards, To: v.stream.OpenShards, Actor: actor, Detail: errors.Join(faults...).Error(),
		})
	}
	return entries
}

// failureID names the entry of a fault by what was being done, such as failure-read-the-alarms. A function's name in it, which
// people write, may be of any length, and a key may not.
func failureID(doing string) string {
	const most = 80
	id := "failure-" + strings.ReplaceAll(doing, " ", "-")
	return id[:min(len(id), most)]
}

// fault notes what is left for a later look: the next minute's, unless the answer will be the
// same then.
func (v *visit) fault(doing string, err error) {
	if err == nil {
		return
	}
	v.failed, v.faults = append(v.failed, failureID(doing)), append(v.faults, fmt.Errorf("%s of %s: %w", doing, v.name, err))
	v.throttled = v.throttled || errors.Is(err, scaling.ErrThrottled)
	v.soon = v.soon || !errors.Is(err, scaling.ErrRefused) && !errors.Is(err, scaling.ErrStreamNotFound) && !errors.Is(err, scaling.ErrLimitExceeded)
}
