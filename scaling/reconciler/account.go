package reconciler

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// readAccount refreshes what the account has left. Old figures are better than none, so a fault
// leaves them as they are, and is reported. A call that came too fast is not: the next run makes it again. That the
// figures are outdated is reported whatever the reason.
func (r *Reconciler) readAccount(ctx context.Context, fleet *ledger.Fleet) []report.Report {
	var faults []error
	fault := func(doing string, read time.Time, err error) {
		if !errors.Is(err, scaling.ErrThrottled) {
			faults = append(faults, fmt.Errorf("%s, so the figures read before stay (the newest are of %s): %w", doing, readAt(read), err))
		}
	}
	limit, open, err := r.Streams.ShardLimits(ctx)
	if err != nil {
		fault("read the account's shards", fleet.Account.ShardsRead(), err)
	} else {
		fleet.Account.ShardLimit, fleet.Account.OpenShards = limit, open
		fleet.Account.ShardsAt = r.Now().Truncate(time.Second)
	}
	unreserved, err := r.Consumers.Unreserved(ctx)
	if err != nil {
		fault("read the account's concurrency", fleet.Account.At, err)
	} else {
		fleet.Account.UnreservedConcurrency = unreserved
		fleet.Account.At = r.Now().Truncate(time.Second)
	}
	var reports []report.Report
	if len(faults) > 0 {
		reports = append(reports, report.Report{Event: report.Failed, Faults: faults})
	}
	if a, now := &fleet.Account, r.Now(); scaling.Stale(a.ShardsRead(), now) || scaling.Stale(a.At, now) {
		reports = append(reports, report.Report{Event: report.AccountOld, Detail: fmt.Sprintf(
			"what the account has left could not be read for long: its shards were read at %s, its concurrency at %s", readAt(a.ShardsRead()), readAt(a.At))})
	}
	return reports
}

// readAt says when figures of the account were last read.
func readAt(t time.Time) string {
	if t.IsZero() {
		return "no time yet"
	}
	return t.UTC().Format(time.RFC3339)
}
