package registry

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Events that are to be sent are items of their own, beside the history. Each is written in the transaction of its
// entry, so none is lost when the writer dies before it is sent. Once all channels have it, it is deleted, so that a run
// reads what is to be sent and little else. What goes on stays until it is over: it is written again under the same id, and
// must not be told again. The items are in several partitions,
// since one takes no more than a thousand writes a second and a storm of alarms has more
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html, read 2026-11).
const (
	outboxPrefix     = "OUTBOX#"
	outboxPartitions = 8
	outboxRetention  = 3 * 24 * time.Hour
)

// The attributes of an event's item besides those of its entry.
const (
	attrEvent  = "event"
	attrStream = "stream"
	attrSent   = "sent" // names of the channels that have it

	sentToNone = "none" // what attrSent is at first
)

// tell is the part of a transaction that writes an event. One that is there keeps what is known of its sending.
func (r *Registry) tell(event ledger.Event) (types.TransactWriteItem, error) {
	item := encodeEvent(event)
	item.setCount(ExpiryAttribute, event.Entry.At.Add(outboxRetention).Unix())
	var change expression.UpdateBuilder
	for name, value := range item {
		change = change.Set(expression.Name(name), expression.Value(value))
	}
	change = change.Set(expression.Name(attrSent), expression.IfNotExists(expression.Name(attrSent), expression.Value(sentToNone)))
	expr, err := expression.NewBuilder().WithUpdate(change).Build()
	if err != nil {
		return types.TransactWriteItem{}, err
	}
	return types.TransactWriteItem{Update: &types.Update{
		TableName: &r.table, Key: outboxKey(event), UpdateExpression: expr.Update(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	}}, nil
}

// putAndTell are the parts of a transaction that write an entry of all streams together and its event.
func (r *Registry) putAndTell(ctx context.Context, entry ledger.Entry) ([]types.TransactWriteItem, error) {
	keep, err := r.kept(ctx)
	if err != nil {
		return nil, err
	}
	parts := []types.TransactWriteItem{r.put(entry, keep)}
	for _, event := range ledger.EventsOf(ledger.Item{}, []ledger.Entry{entry}) {
		told, err := r.tell(event)
		if err != nil {
			return nil, err
		}
		parts = append(parts, told)
	}
	return parts, nil
}

// Unsent returns events that a channel does not have yet, the oldest first: at most limit of each of the
// partitions that they are in. No channel's name is part of another's, or of "none" or "all".
func (r *Registry) Unsent(ctx context.Context, channel string, limit int) ([]ledger.Event, error) {
	var events []ledger.Event
	for i := range outboxPartitions {
		lacks := expression.Name(attrSent).NotEqual(expression.Value(ledger.SentToAll)).And(expression.Not(expression.Name(attrSent).Contains(channel)))
		found, err := r.eventsIn(ctx, fmt.Sprintf("%s%d", outboxPrefix, i), lacks, limit)
		if err != nil {
			return nil, fmt.Errorf("events to be sent: %w", err)
		}
		events = append(events, found...)
	}
	slices.SortStableFunc(events, func(a, b ledger.Event) int { return a.Entry.At.Compare(b.Entry.At) })
	return events, nil
}

// eventsIn returns the events of a partition that a filter lets through, at most limit of them.
func (r *Registry) eventsIn(ctx context.Context, partition string, filter expression.ConditionBuilder, limit int) ([]ledger.Event, error) {
	expr, err := expression.NewBuilder().WithKeyCondition(expression.Key(attrPK).Equal(expression.Value(partition))).WithFilter(filter).Build()
	if err != nil {
		return nil, err
	}
	pages := dynamodb.NewQueryPaginator(r.api, &dynamodb.QueryInput{
		TableName: &r.table, KeyConditionExpression: expr.KeyCondition(), FilterExpression: expr.Filter(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(), ConsistentRead: aws.Bool(true),
	})
	var events []ledger.Event
	for pages.HasMorePages() && len(events) < limit {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, item := range page.Items {
			if len(events) < limit {
				events = append(events, decodeEvent(item))
			}
		}
	}
	return events, nil
}

// sentTogether is how many events one transaction notes: as many as it can have parts.
const sentTogether = 100

// SaveSent writes which channels have events, by their Sent. One that needs no more sending, and does not go on, is
// deleted. One whose item is gone stays gone. It stops at the first error: what was not written is sent once more.
func (r *Registry) SaveSent(ctx context.Context, events []ledger.Event) error {
	for together := range slices.Chunk(events, sentTogether) {
		err := r.saveSent(ctx, together)
		if collided(err) { // one of them is gone, or is being written again
			err = nil
			for _, event := range together {
				if one := r.saveSent(ctx, []ledger.Event{event}); one != nil && !refusedByCondition(one) {
					err = one
				}
			}
		}
		if err != nil {
			return fmt.Errorf("note that events were sent: %w", err)
		}
	}
	return nil
}

// saveSent notes of all events what was sent, or of none.
func (r *Registry) saveSent(ctx context.Context, events []ledger.Event) error {
	var parts []types.TransactWriteItem
	for _, event := range events {
		if event.Done() {
			parts = append(parts, types.TransactWriteItem{Delete: &types.Delete{TableName: &r.table, Key: outboxKey(event)}})
			continue
		}
		expr, err := expression.NewBuilder().WithUpdate(expression.Set(expression.Name(attrSent), expression.Value(event.Sent))).
			WithCondition(expression.AttributeExists(expression.Name(attrPK))).Build()
		if err != nil {
			return err
		}
		parts = append(parts, types.TransactWriteItem{Update: &types.Update{
			TableName: &r.table, Key: outboxKey(event), UpdateExpression: expr.Update(), ConditionExpression: expr.Condition(),
			ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
		}})
	}
	return r.transact(ctx, parts)
}

// DeleteOver deletes events that went on and are over by a time, if all channels have them: at most limit of each of the
// partitions. Each run reads what is there, and thousands of streams that fail for days would leave more of them than it has time for.
func (r *Registry) DeleteOver(ctx context.Context, now time.Time, limit int) error {
	var over []expression.ConditionBuilder
	for _, kind := range ledger.EventKinds() {
		if start := ledger.OverBefore(kind, now); !start.IsZero() {
			over = append(over, equal(attrEvent, string(kind)).And(before(attrAt, start)))
		}
	}
	filter := equal(attrSent, ledger.SentToAll).And(over[0].Or(over[1], over[2:]...))
	for i := range outboxPartitions {
		events, err := r.eventsIn(ctx, fmt.Sprintf("%s%d", outboxPrefix, i), filter, limit)
		if err != nil {
			return fmt.Errorf("events that are over: %w", err)
		}
		for together := range slices.Chunk(events, sentTogether) {
			var parts []types.TransactWriteItem
			for _, event := range together {
				parts = append(parts, types.TransactWriteItem{Delete: &types.Delete{TableName: &r.table, Key: outboxKey(event)}})
			}
			if err := r.transact(ctx, parts); err != nil && !collided(err) { // those that another write is at are still there in the next run
				return fmt.Errorf("delete events that are over: %w", err)
			}
		}
	}
	return nil
}

// encodeEvent returns an event's attributes, without its key, its expiry and who has it.
func encodeEvent(event ledger.Event) attributes {
	item := encodeEntry(event.Entry)
	item.setText(attrEvent, string(event.Kind))
	item.setText(attrStream, event.Entry.Stream)
	item.setText(attrARN, event.ARN)
	return item
}

// decodeEvent reads an event. Its stream is that of its key, which nobody can edit: by it the item is found again.
func decodeEvent(item attributes) ledger.Event {
	stream, _, ofKey := strings.Cut(item.text(attrSK), "/") // no stream's name has one
	if !ofKey {
		stream = item.text(attrStream)
	}
	event := ledger.Event{
		ID: item.text(attrSK), Kind: ledger.EventKind(item.text(attrEvent)), ARN: item.text(attrARN),
		Entry: decodeEntry(stream, item), Sent: item.text(attrSent),
	}
	if event.Sent == sentToNone {
		event.Sent = ""
	}
	return event
}

func outboxKey(event ledger.Event) attributes {
	part := partOf(event.Entry.Stream, outboxPartitions)
	return attributes{attrPK: textValue(fmt.Sprintf("%s%d", outboxPrefix, part)), attrSK: textValue(event.ID)}
}
