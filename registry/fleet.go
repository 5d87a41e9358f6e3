package registry

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// The attributes of the fleet's item, the one item that is kept for all streams together.
const (
	attrAccount               = "account"
	attrShardLimit            = "shard_limit"
	attrUnreservedConcurrency = "unreserved_concurrency"
	attrSweepAfter            = "sweep_after"
	attrSweepStarted          = "sweep_started"
	attrSwept                 = "swept"
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

// SaveFleet writes what is kept once for all streams. The last writer wins.
func (r *Registry) SaveFleet(ctx context.Context, f ledger.Fleet) error {
	if _, err := r.api.PutItem(ctx, &dynamodb.PutItemInput{TableName: &r.table, Item: encodeFleet(f)}); err != nil {
		return fmt.Errorf("save the fleet's item: %w", err)
	}
	return nil
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
		account.setTime(attrAt, f.Account.At)
		a.setMap(attrAccount, account)
	}
	a.setText(attrSweepAfter, f.SweepAfter)
	a.setTime(attrSweepStarted, f.SweepStarted)
	a.setTime(attrSwept, f.Swept)
	return a
}

func decodeFleet(a attributes) ledger.Fleet {
	account := a.within(attrAccount)
	return ledger.Fleet{
		Account: scaling.Account{
			ShardLimit:            int(account.count(attrShardLimit)),
			OpenShards:            int(account.count(attrOpenShards)),
			UnreservedConcurrency: int(account.count(attrUnreservedConcurrency)),
			At:                    account.time(attrAt),
		},
		SweepAfter:   a.text(attrSweepAfter),
		SweepStarted: a.time(attrSweepStarted),
		Swept:        a.time(attrSwept),
	}
}
