package registry

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// attrHistoryDays is how many days the functions keep history. It stands beside the reconciler's lease, which they write
// each minute and released code does not know: the fleet's item would lose it to that.
const attrHistoryDays = "history_days"

// MostHistoryDays is the longest that a stack can keep history, ten years: whoever needs more exports the table.
const MostHistoryDays = 3650

// tellRetention notes beside the lease how long history is kept.
func (r *Registry) tellRetention(lease attributes) {
	if days := int64(r.retention / day); days > 0 {
		lease.setCount(attrHistoryDays, days)
	}
}

// kept is how long history is kept from its time on.
func (r *Registry) kept(ctx context.Context) (time.Duration, error) {
	if !r.asFunctions {
		return r.retention, nil
	}
	out, err := r.api.GetItem(ctx, &dynamodb.GetItemInput{TableName: &r.table, Key: leaseItemKey(), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return 0, fmt.Errorf("read how long history is kept: %w", err)
	}
	days := attributes(out.Item).count(attrHistoryDays)
	if days < 1 || days > MostHistoryDays { // the functions did not write that
		return r.retention, nil
	}
	return time.Duration(days) * day, nil
}

// keptSince is from when on history can be there, for a query from a time on; the zero time without a clock. What was
// written while history was kept for longer than now is there too, as far as the usual time goes.
func (r *Registry) keptSince(ctx context.Context, from time.Time) (time.Time, error) {
	if r.now == nil {
		return time.Time{}, nil
	}
	now, keep := r.now(), r.retention
	if !from.IsZero() && from.Before(now.Add(-keep)) {
		told, err := r.kept(ctx)
		if err != nil {
			return time.Time{}, err
		}
		keep = max(keep, told)
	}
	return now.Add(-keep - time.Second), nil
}
