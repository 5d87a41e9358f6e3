package registry

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// What the item of a stream holds of calls by others besides its operations.

func encodeRecut(r ledger.Recut) attributes {
	a := attributes{}
	a.setTime(attrAt, r.At)
	a.setText(attrID, r.ID)
	a.setCount(attrShards, int64(r.Shards))
	if r.Seen {
		a[attrSeen] = &types.AttributeValueMemberBOOL{Value: true}
	}
	return a
}

func decodeRecut(a attributes) ledger.Recut {
	seen, _ := a[attrSeen].(*types.AttributeValueMemberBOOL)
	return ledger.Recut{At: a.time(attrAt), ID: a.text(attrID), Shards: int(a.count(attrShards)), Seen: seen != nil && seen.Value}
}

// encodeSights returns what is known besides of operations that were noticed by their results. They are an
// attribute of their own, beside the operations, since older versions rewrite those with what they know.
func encodeSights(operations scaling.Operations) []types.AttributeValue {
	var sights []types.AttributeValue
	for _, op := range operations {
		if !op.Since.IsZero() {
			sight := attributes{}
			sight.setTime(attrAt, op.At)
			sight.setTime(attrSince, op.Since)
			sights = append(sights, &types.AttributeValueMemberM{Value: sight})
		}
	}
	return sights
}

// decodeSights gives operations what is known besides of them, by their times.
func decodeSights(operations scaling.Operations, sights []types.AttributeValue) {
	since := map[int64]time.Time{}
	for _, sight := range decodeAll(sights, func(a attributes) [2]time.Time { return [2]time.Time{a.time(attrAt), a.time(attrSince)} }) {
		since[sight[0].UnixMilli()] = sight[1]
	}
	for i := range operations {
		operations[i].Since = since[operations[i].At.UnixMilli()]
	}
}
