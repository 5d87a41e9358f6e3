//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"

	"github.com/shardkeeper/shardkeeper/internal/app"
	"github.com/shardkeeper/shardkeeper/registry"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

const (
	table = "shardkeeper"
	month = 30 * 24 * time.Hour
)

// books are what the table holds.
type books struct {
	now     time.Time
	streams int
	entries int // of each stream, spread over a month
}

func (b books) check() error {
	if b.streams < 2 || b.streams > 20_000 {
		return fmt.Errorf("%d streams: want 2 to 20000", b.streams)
	}
	if b.entries < 1 || b.entries > 40 {
		return fmt.Errorf("%d entries: want 1 to 40, which one write takes with their events", b.entries)
	}
	return nil
}

// name is that of a stream.
func name(i int) string { return fmt.Sprintf("fleet-orders-%05d", i) }

// fill makes the table at an endpoint. One stream with its history is written by the real registry; the others are copies
// of it, since a transaction for each takes an emulator too long. A stream that is looked at by itself is there in
// Kinesis too.
func (b books) fill(ctx context.Context, endpoint string) error {
	sdk, err := app.LoadAWS(ctx, account(endpoint)...)
	if err != nil {
		return err
	}
	api := dynamodb.NewFromConfig(sdk)
	if _, err := api.CreateTable(ctx, registry.TableDefinition(table)); err != nil {
		return err
	}
	if _, err := registry.New(api, table, registry.Options{}).Save(ctx, b.stream(name(0)), b.history(name(0))...); err != nil {
		return err
	}
	first, err := api.Scan(ctx, &dynamodb.ScanInput{TableName: aws.String(table)})
	if err != nil {
		return err
	}
	for i := 1; i < b.streams; i++ {
		if err := write(ctx, api, copies(first.Items, name(i))); err != nil {
			return err
		}
	}
	_, err = kinesis.NewFromConfig(sdk).CreateStream(ctx, &kinesis.CreateStreamInput{StreamName: aws.String(name(b.streams / 2)), ShardCount: aws.Int32(4)})
	return err
}

// write puts items, as many in a call as BatchWriteItem takes.
func write(ctx context.Context, api *dynamodb.Client, items []map[string]types.AttributeValue) error {
	for part := range slices.Chunk(items, 25) {
		var puts []types.WriteRequest
		for _, item := range part {
			puts = append(puts, types.WriteRequest{PutRequest: &types.PutRequest{Item: item}})
		}
		out, err := api.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{table: puts}})
		if err != nil {
			return err
		}
		if len(out.UnprocessedItems) > 0 {
			return errors.New("the emulator did not take all items of a batch")
		}
	}
	return nil
}

// copies are the items of the first stream as another one would have them.
func copies(items []map[string]types.AttributeValue, stream string) []map[string]types.AttributeValue {
	all := make([]map[string]types.AttributeValue, len(items))
	for i, item := range items {
		all[i] = map[string]types.AttributeValue{}
		for attribute, value := range item {
			if text, is := value.(*types.AttributeValueMemberS); is {
				value = &types.AttributeValueMemberS{Value: strings.ReplaceAll(text.Value, name(0), stream)}
			}
			all[i][attribute] = value
		}
	}
	return all
}

// stream is one that has been scaled for a while: all ten operations, tags and overrides, and what was learned of it.
func (b books) stream(name string) ledger.Item {
	at := b.now.Add(-time.Minute)
	settings := scaling.Defaults(scaling.TargetTracking)
	s := ledger.Item{
		Name: name, ARN: "arn:aws:kinesis:eu-west-1:123456789012:stream/" + name, CreatedAt: b.now.Add(-2 * month), EnrolledAt: b.now.Add(-month),
		Status: ledger.Enrolled, Settings: settings, SettingsRevision: 3, OpenShards: 4, SeenAt: at, UpdatedAt: at, Fence: 40, DueAt: b.now.Add(10 * time.Minute),
		Measured: ledger.Measured{At: at, Utilization: 0.4}, Alarms: ledger.AlarmsHeld{Shards: 4, SettingsRevision: 3, Usable: 0.8, At: at},
		Usable: scaling.UsableShare{Start: 0.8, Since: at, To: at, Sizes: []scaling.SizeShare{{Size: 4, Share: 0.8, SeenAt: at}, {Size: 8, Share: 0.7, SeenAt: at}}},
	}
	for n := range 10 {
		s.Operations = append(s.Operations, scaling.Operation{
			At: at.Add(-time.Duration(n+1) * 2 * time.Hour), Direction: scaling.Up, From: 2, To: 4, Fence: int64(40 - n), Actor: "scaler/9b2c6d0e-8c9a-4f6b-a1f5-3d7e5c0b1a2f",
		})
	}
	return s
}

// history is a stream's, spread over the month: holds, and now and then an operation.
func (b books) history(name string) []ledger.Entry {
	entries := make([]ledger.Entry, b.entries)
	for n := range entries {
		at := b.now.Add(-month * time.Duration(n+1) / time.Duration(b.entries+1))
		e := ledger.Entry{
			Stream: name, At: at, ID: fmt.Sprintf("hold-%d", n), Kind: ledger.KindHold, Direction: scaling.Down, From: 4, To: 4, Utilization: 0.31, Alarm: name + "-scale-down",
			TransitionAt: at.Add(-time.Minute), Actor: "scaler/9b2c6d0e-8c9a-4f6b-a1f5-3d7e5c0b1a2f",
			Reasons: scaling.Trail{{Code: "utilization_measured", Detail: "0.31 of records"}, {Code: scaling.HoldConsumersLag, Detail: "iterator age 45m0s, limit 30m0s"}},
		}
		if n%5 == 0 {
			e.ID, e.Kind, e.Outcome, e.To, e.Fence = fmt.Sprintf("op-%d", n), ledger.KindOperation, ledger.OutcomeCompleted, 2, int64(n+1)
			e.Reasons = scaling.Trail{{Code: "utilization_measured", Detail: "0.31 of records"}, {Code: "halved"}}
		}
		entries[n] = e
	}
	return entries
}
