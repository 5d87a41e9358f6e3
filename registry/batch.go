package registry

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// BatchAPI is what Batch calls of DynamoDB. [dynamodb.Client] has it.
type BatchAPI interface {
	BatchGetItem(context.Context, *dynamodb.BatchGetItemInput, ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error)
}

// Batch reads many streams' items at once, for people who look and for the sweep, which only compares. Who is about to change an
// item loads it by itself, consistently.
type Batch struct {
	api   BatchAPI
	table string
	wait  func(context.Context, time.Duration) error
}

// NewBatch returns what reads many items of a table. Wait pauses where DynamoDB gives none of them for a while.
func NewBatch(api BatchAPI, table string, wait func(context.Context, time.Duration) error) *Batch {
	return &Batch{api: api, table: table, wait: wait}
}

const (
	// batchSize is how many items one call reads at most (BatchGetItem, read 2026-11).
	batchSize = 100
	// batchTries is how often in a row DynamoDB may give nothing of what is asked for.
	batchTries = 6
	firstWait  = 100 * time.Millisecond
)

// Items returns the items of streams in the order of their names, without those that have none. It is one call for a
// hundred streams. The reads are not consistent: an item may be as it was a moment ago. DynamoDB may leave out a
// part of a batch, as when it is throttled; that is asked for again, and an error in the end.
func (b *Batch) Items(ctx context.Context, names ...string) ([]ledger.Item, error) {
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	var items []ledger.Item
	for part := range slices.Chunk(names, batchSize) {
		read, err := b.read(ctx, part)
		if err != nil {
			return nil, fmt.Errorf("load %d streams from %s on: %w", len(part), part[0], err)
		}
		items = append(items, read...)
	}
	slices.SortFunc(items, func(x, y ledger.Item) int { return strings.Compare(x.Name, y.Name) })
	return items, nil
}

// read reads one batch until nothing of it is left.
func (b *Batch) read(ctx context.Context, names []string) ([]ledger.Item, error) {
	keys := make([]map[string]types.AttributeValue, len(names))
	for i, name := range names {
		keys[i] = streamKey(name)
	}
	var items []ledger.Item
	left := map[string]types.KeysAndAttributes{b.table: {Keys: keys}}
	for tries, wait := 0, firstWait; len(left) > 0; {
		out, err := b.api.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: left})
		if err != nil {
			return nil, err
		}
		left = out.UnprocessedKeys
		for _, item := range out.Responses[b.table] {
			items = append(items, decodeStream(streamName(item), item))
		}
		if len(out.Responses[b.table]) > 0 || len(left) == 0 {
			tries, wait = 0, firstWait
			continue
		}
		if tries++; tries == batchTries {
			return nil, errors.New("DynamoDB gives none of them: it has too many calls on this table")
		}
		if err := b.wait(ctx, wait); err != nil {
			return nil, err
		}
		wait *= 2
	}
	return items, nil
}
