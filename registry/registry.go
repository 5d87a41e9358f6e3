package registry

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// API is what the registry calls of DynamoDB. [dynamodb.Client] has it.
type API interface {
	Reading
	Writing
}

// Reading is the part of the API that reads the table.
type Reading interface {
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
	Scan(context.Context, *dynamodb.ScanInput, ...func(*dynamodb.Options)) (*dynamodb.ScanOutput, error)
}

// Writing is the part of the API that writes it.
type Writing interface {
	UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
	TransactWriteItems(context.Context, *dynamodb.TransactWriteItemsInput, ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error)
}

// Options say how long history is kept. The zero value is usable.
type Options struct {
	// Retention is how long a history entry is kept from its time on; 0 means DefaultRetention.
	Retention time.Duration
	// AsFunctions keeps entries as long as the stack's functions say in the table that they do, and for Retention until they
	// have said it: for a program that the stack does not tell.
	AsFunctions bool
	// Now is asked when a stream's item is written, and which history has expired. Nil leaves the item's time as it is, and
	// the history to DynamoDB, which may show an expired entry for days.
	Now func() time.Time
}

// DefaultRetention is how long history is kept: a year, and a month to compare with.
const DefaultRetention = 400 * 24 * time.Hour

// Registry is the table. It is safe for concurrent use.
type Registry struct {
	api       API
	table     string
	retention time.Duration
	now       func() time.Time

	asFunctions bool // retention is what the functions say, see kept
}

// New returns the registry in a table that has the keys and indexes of TableDefinition.
func New(api API, table string, opts Options) *Registry {
	return &Registry{api: api, table: table, retention: cmp.Or(opts.Retention, DefaultRetention), now: opts.Now, asFunctions: opts.AsFunctions}
}

// Load reads a stream's item consistently. Without an item the error is
// [ledger.ErrNotEnrolled]; an item whose stream is unenrolled is returned.
func (r *Registry) Load(ctx context.Context, name string) (ledger.Item, error) {
	out, err := r.api.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &r.table, Key: streamKey(name), ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return ledger.Item{}, fmt.Errorf("load %s: %w", name, err)
	}
	if len(out.Item) == 0 {
		return ledger.Item{}, fmt.Errorf("load %s: no item in the registry: %w", name, ledger.ErrNotEnrolled)
	}
	return decodeStream(name, out.Item), nil
}

// Save writes a stream and entries of its history, all or nothing, and returns the stream as
// Load would read it, with its new revision. Overrides, timed or not, are not written: see SaveOverrides;
// an item without overrides gets an empty map of them. The error is
// [ledger.ErrConflict] when the item's revision is not s.Revision any more; revision 0 means
// that the item has none yet. An entry with the stream, time and id of one that is there
// replaces it.
//
// A write that DynamoDB took but whose answer was lost may be repeated by the SDK and then
// end in ErrConflict with the item as wanted: load again, as after any conflict.
func (r *Registry) Save(ctx context.Context, s ledger.Item, entries ...ledger.Entry) (ledger.Item, error) {
	next := s
	next.Revision++
	next.UpdatedAt = r.writtenAt(s)
	item := encodeStream(next)
	update, err := r.conditional(s.Name, withOverrides(changeOf(s, item)), revisionOf(s))
	if err == nil {
		err = r.write(ctx, update, entries, ledger.EventsOf(s, entries))
	}
	if collided(err) {
		return s, fmt.Errorf("save %s: revision %d is not the newest: %w", s.Name, s.Revision, ledger.ErrConflict)
	}
	if err != nil {
		return s, fmt.Errorf("save %s: %w", s.Name, err)
	}
	return written(s, item), nil
}

// writtenAt is when an item is written, for its UpdatedAt.
func (r *Registry) writtenAt(s ledger.Item) time.Time {
	if r.now == nil {
		return s.UpdatedAt
	}
	return r.now()
}

// written is what Load reads after item was written over s.
func written(s ledger.Item, item attributes) ledger.Item {
	next := decodeStream(s.Name, item)
	next.Overrides, next.Timed = maps.Clone(s.Overrides), s.Clone().Timed
	return next
}

// changeOf sets the attributes of a stream's item, removes those of ours that it lacks, and sets aside what could not be read of them.
func changeOf(s ledger.Item, item attributes) expression.UpdateBuilder {
	change := changeTo(item, ownAttributes())
	for own, value := range s.Unread {
		change = change.Set(expression.Name(own+ledger.SetAsideSuffix), expression.Value(value))
	}
	return change
}

// withOverrides gives an item that has no overrides an empty map. An update of one key of a map needs the map: so people
// can add the first override with one command. What is there stays as it is.
func withOverrides(change expression.UpdateBuilder) expression.UpdateBuilder {
	none := &types.AttributeValueMemberM{Value: attributes{}}
	name := expression.Name(attrOverrides)
	return change.Set(name, name.IfNotExists(expression.Value(none)))
}

// changeTo sets the named attributes to what an item has, and removes those that it lacks.
func changeTo(item attributes, names []string) expression.UpdateBuilder {
	var change expression.UpdateBuilder
	for _, name := range names {
		if value, set := item[name]; set {
			change = change.Set(expression.Name(name), expression.Value(value))
		} else {
			change = change.Remove(expression.Name(name))
		}
	}
	return change
}

// conditional changes a stream's item if the condition holds.
func (r *Registry) conditional(stream string, change expression.UpdateBuilder, condition expression.ConditionBuilder) (*types.Update, error) {
	expr, err := expression.NewBuilder().WithUpdate(change).WithCondition(condition).Build()
	if err != nil {
		return nil, err
	}
	return &types.Update{
		TableName: &r.table, Key: streamKey(stream),
		UpdateExpression: expr.Update(), ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	}, nil
}

// write makes the update and puts the entries and their events, in one transaction where there are any.
func (r *Registry) write(ctx context.Context, update *types.Update, entries []ledger.Entry, events []ledger.Event) error {
	if len(entries) == 0 {
		_, err := r.api.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName: update.TableName, Key: update.Key,
			UpdateExpression: update.UpdateExpression, ConditionExpression: update.ConditionExpression,
			ExpressionAttributeNames: update.ExpressionAttributeNames, ExpressionAttributeValues: update.ExpressionAttributeValues,
		})
		return err
	}
	if n := len(entries) + len(events); n > ledger.MaxEntries {
		return fmt.Errorf("%d history entries and their events in one write, at most %d can be", n, ledger.MaxEntries)
	}
	keep, err := r.kept(ctx)
	if err != nil {
		return err
	}
	actions := []types.TransactWriteItem{{Update: update}}
	for _, entry := range entries {
		actions = append(actions, r.put(entry, keep))
	}
	for _, event := range events {
		told, err := r.tell(event)
		if err != nil {
			return err
		}
		actions = append(actions, told)
	}
	return r.transact(ctx, actions)
}

// put is the part of a transaction that writes a history entry, which is kept for some time.
func (r *Registry) put(entry ledger.Entry, keep time.Duration) types.TransactWriteItem {
	return types.TransactWriteItem{Put: &types.Put{TableName: &r.table, Item: encodeHistory(entry, keep)}}
}

// transact does all of the actions or none.
func (r *Registry) transact(ctx context.Context, actions []types.TransactWriteItem) error {
	_, err := r.api.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: actions})
	return err
}

// Unfinished returns the names of streams that have an operation in flight, or alarms that have not followed one
// yet, and whose DueAt is not after now, the longest due first; and when the next of the others is due, zero if there
// is none. It reads the part of the index by_day that holds no history, and follows a write within moments.
func (r *Registry) Unfinished(ctx context.Context, now time.Time) (due []string, next time.Time, err error) {
	expr, err := expression.NewBuilder().
		WithKeyCondition(expression.Key(attrDay).Equal(expression.Value(flightValue))).
		WithProjection(expression.NamesList(expression.Name(attrPK), expression.Name(attrDueAt))).Build()
	if err != nil {
		return nil, time.Time{}, err
	}
	pages := dynamodb.NewQueryPaginator(r.api, &dynamodb.QueryInput{
		TableName: &r.table, IndexName: aws.String(indexByDay), KeyConditionExpression: expr.KeyCondition(),
		ProjectionExpression: expr.Projection(), ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
	planned := map[string]time.Time{}
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, time.Time{}, fmt.Errorf("streams with unfinished work: %w", err)
		}
		for _, item := range page.Items {
			planned[streamName(item)] = attributes(item).time(attrDueAt)
		}
	}
	due, next = ledger.DueFirst(planned, now)
	return due, next, nil
}

// Due returns the names of streams whose DueAt is not after now, the longest due first, at most
// limit of them. It reads the sparse index by_due, which follows a write within moments.
func (r *Registry) Due(ctx context.Context, now time.Time, limit int) ([]string, error) {
	due := expression.Key(attrDue).Equal(expression.Value(dueValue)).
		And(expression.Key(attrDueAt).LessThanEqual(expression.Value(numberValue(now))))
	names, err := r.planned(ctx, due, limit)
	if err != nil {
		return nil, fmt.Errorf("due streams: %w", err)
	}
	return names, nil
}
