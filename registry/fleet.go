package registry

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// The attributes of the fleet's item. Released code replaces this item as a whole: what is new has an item of its
// own.
const (
	attrAccount               = "account"
	attrShardLimit            = "shard_limit"
	attrUnreservedConcurrency = "unreserved_concurrency"
	attrLeastUnreserved       = "least_unreserved"
	attrShardsAt              = "shards_at"
	attrSweepAfter            = "sweep_after"
	attrSweepStarted          = "sweep_started"
	attrSwept                 = "swept"
	attrCounted               = "counted"
	attrStreams               = "streams"
)

// Fleet reads what is kept once for all streams; the zero value when nothing was saved yet.
func (r *Registry) Fleet(ctx context.Context) (ledger.Fleet, error) {
	out, err := r.api.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &r.table, Key: fleetItemKey(), ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return ledger.Fleet{}, fmt.Errorf("load the fleet's item: %w", err)
	}
	return decodeFleet(out.Item), nil
}

// SaveFleet writes what is kept once for all streams, under the next revision. The error is
// [ledger.ErrConflict] when the item's revision is not f.Revision any more: what a run has read, it cannot set
// back after another has gone on.
func (r *Registry) SaveFleet(ctx context.Context, f ledger.Fleet) error {
	read := f.Revision
	f.Revision++
	if err := r.putIfUnseen(ctx, encodeFleet(f), read); err != nil {
		return fmt.Errorf("save the fleet's item: %w", err)
	}
	return nil
}

// putIfUnseen writes an item whose revision is still the one that was read; 0: it has none.
func (r *Registry) putIfUnseen(ctx context.Context, item attributes, read int64) error {
	expr, err := expression.NewBuilder().WithCondition(lastSaved(read)).Build()
	if err != nil {
		return err
	}
	err = r.putOnce(ctx, &types.Put{
		TableName: &r.table, Item: item, ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	if collided(err) {
		return fmt.Errorf("revision %d is not the newest: %w", read, ledger.ErrConflict)
	}
	return err
}

// putOnce puts an item under a condition as a transaction of its own. Where an answer is lost the SDK sends the write again, and
// the condition of a bare PutItem does not hold any more; a transaction is known by its token.
func (r *Registry) putOnce(ctx context.Context, put *types.Put) error {
	return r.transact(ctx, []types.TransactWriteItem{{Put: put}})
}

func fleetItemKey() attributes {
	return attributes{attrPK: textValue(fleetKey), attrSK: textValue(fleetKey)}
}

func encodeFleet(f ledger.Fleet) attributes {
	a := fleetItemKey()
	if f.Account != (scaling.Account{}) {
		account := attributes{}
		account.setCount(attrShardLimit, int64(f.Account.ShardLimit))
		account.setCount(attrOpenShards, int64(f.Account.OpenShards))
		account.setCount(attrUnreservedConcurrency, int64(f.Account.UnreservedConcurrency))
		if f.Account.LeastUnreserved > 0 {
			account.setCount(attrLeastUnreserved, int64(f.Account.LeastUnreserved))
		}
		account.setTime(attrShardsAt, f.Account.ShardsAt)
		account.setTime(attrAt, f.Account.At)
		a.setMap(attrAccount, account)
	}
	a.setText(attrSweepAfter, f.SweepAfter)
	a.setTime(attrSweepStarted, f.SweepStarted)
	a.setTime(attrSwept, f.Swept)
	if f.Counted > 0 {
		a.setCount(attrCounted, int64(f.Counted))
	}
	if f.Streams > 0 {
		a.setCount(attrStreams, int64(f.Streams))
	}
	if f.Revision != 0 {
		a.setCount(attrRevision, f.Revision)
	}
	return a
}

// decodeFleet reads what it can, as decodeStream. A sweep goes on after a stream only: after any other name it begins anew.
func decodeFleet(a attributes) ledger.Fleet {
	account, after := a.within(attrAccount), a.text(attrSweepAfter)
	if !scaling.ValidStreamName(after) {
		after = ""
	}
	return ledger.Fleet{
		Account: scaling.Account{
			ShardLimit:            int(account.count(attrShardLimit)),
			OpenShards:            int(account.count(attrOpenShards)),
			UnreservedConcurrency: int(account.count(attrUnreservedConcurrency)),
			LeastUnreserved:       int(account.count(attrLeastUnreserved)),
			ShardsAt:              account.time(attrShardsAt),
			At:                    account.time(attrAt),
		},
		SweepAfter:   after,
		SweepStarted: a.time(attrSweepStarted),
		Swept:        a.time(attrSwept),
		Counted:      int(a.count(attrCounted)),
		Streams:      int(a.count(attrStreams)),
		Revision:     a.wholePart(attrRevision),
	}
}
