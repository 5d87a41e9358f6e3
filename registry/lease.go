package registry

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// The reconciler's lease: sort key and attributes.
const (
	leaseKey  = "RECONCILER"
	attrOwner = "owner"
	attrUntil = "until"
)

// Lease reads the reconciler's lease; the zero value when there never was one.
func (r *Registry) Lease(ctx context.Context) (ledger.Lease, error) {
	out, err := r.api.GetItem(ctx, &dynamodb.GetItemInput{TableName: &r.table, Key: leaseItemKey(), ConsistentRead: aws.Bool(true)})
	if err != nil {
		return ledger.Lease{}, fmt.Errorf("read the reconciler's lease: %w", err)
	}
	return decodeLease(out.Item), nil
}

// SaveLease writes the reconciler's lease, and returns it under its next revision. The error is
// [ledger.ErrConflict] when its revision is not l.Revision any more.
func (r *Registry) SaveLease(ctx context.Context, l ledger.Lease) (ledger.Lease, error) {
	read := l.Revision
	l.Revision++
	item := encodeLease(l)
	r.tellRetention(item)
	if err := r.putIfUnseen(ctx, item, read); err != nil {
		return ledger.Lease{}, fmt.Errorf("save the reconciler's lease: %w", err)
	}
	return decodeLease(item), nil
}

func leaseItemKey() attributes {
	return attributes{attrPK: textValue(fleetKey), attrSK: textValue(leaseKey)}
}

func encodeLease(l ledger.Lease) attributes {
	a := leaseItemKey()
	a.setText(attrOwner, l.Owner)
	a.setTime(attrUntil, l.Until)
	if l.Revision != 0 {
		a.setCount(attrRevision, l.Revision)
	}
	return a
}

func decodeLease(a attributes) ledger.Lease {
	return ledger.Lease{Owner: a.text(attrOwner), Until: a.time(attrUntil), Revision: a.wholePart(attrRevision)}
}
