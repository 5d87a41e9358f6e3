package operator

import (
	"context"
	"time"

	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	awskinesis "github.com/aws/aws-sdk-go-v2/service/kinesis"
	smithytime "github.com/aws/smithy-go/time"

	"golang.org/x/time/rate"

	"github.com/shardkeeper/shardkeeper/internal/aws/cloudwatch"
	"github.com/shardkeeper/shardkeeper/internal/aws/kinesis"
	"github.com/shardkeeper/shardkeeper/registry"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// Table is a table as people read it: the registry, and many streams' items at once.
type Table struct {
	*registry.Registry
	*registry.Batch
}

// Registry returns the registry in a table.
func (a *Account) Registry(table string) Table {
	api := dynamodb.NewFromConfig(a.sdk)
	return Table{registry.New(api, table, registry.Options{Now: a.now, AsFunctions: true}), registry.NewBatch(api, table, Wait)}
}

// Wait waits on the real clock, or until the context ends, which is an error.
func Wait(ctx context.Context, d time.Duration) error { return smithytime.SleepWithContext(ctx, d) }

// Streams reads streams.
type Streams struct {
	client           *kinesis.Client
	describes, lists *rate.Limiter
}

// Streams returns what reads streams. It needs the rights to DescribeStreamSummary and ListStreams, and nothing else. All
// that one account returns share a pace.
func (a *Account) Streams() Streams {
	return Streams{kinesis.New(awskinesis.NewFromConfig(a.sdk)), a.describes, a.lists}
}

// A second allows an account in a Region 20 DescribeStreamSummary, of which the reconciler takes ten and the scaler one for each
// decision, and 5 ListStreams, of which the reconciler takes two (Kinesis quotas, read 2026-11). People may wait.
const (
	streamsPerSecond = 4
	listsPerSecond   = 2
)

// Describe is [kinesis.Client.Describe], four a second at most.
func (s Streams) Describe(ctx context.Context, stream string) (scaling.Summary, error) {
	if err := s.describes.Wait(ctx); err != nil {
		return scaling.Summary{}, err
	}
	summary, err := s.client.Describe(ctx, stream)
	return summary, readFault(err)
}

// List is [kinesis.Client.List], two a second at most.
func (s Streams) List(ctx context.Context, after string) (names []string, more bool, err error) {
	if err := s.lists.Wait(ctx); err != nil {
		return nil, false, err
	}
	names, more, err = s.client.List(ctx, after)
	return names, more, readFault(err)
}

// Alarms reads the alarms of a stack's streams, and the metrics that decisions are made of. It changes none.
type Alarms struct{ client *cloudwatch.Client }

// Alarms returns what reads the alarms of the stack that has a topic and a table. It needs the rights to
// DescribeAlarms and GetMetricData, and nothing else.
func (a *Account) Alarms(topicARN, table string) Alarms {
	limit := rate.NewLimiter(describesPerSecond, 1)
	pace := func(ctx context.Context, operation string) error {
		if operation != "DescribeAlarms" {
			return nil
		}
		return limit.Wait(ctx)
	}
	return Alarms{cloudwatch.New(awscloudwatch.NewFromConfig(a.sdk), cloudwatch.Options{TopicARN: topicARN, Table: table, Pace: pace})}
}

// describesPerSecond leaves some of the nine DescribeAlarms a second that CloudWatch allows to the functions
// (CloudWatch service quotas, read 2026-11).
const describesPerSecond = 6

// Status is [cloudwatch.Client.Status].
func (a Alarms) Status(ctx context.Context, wants []scaling.AlarmWant) (map[string]scaling.AlarmPair, error) {
	pairs, err := a.client.Status(ctx, wants)
	return pairs, readFault(err)
}

// Traffic is [cloudwatch.Client.Traffic].
func (a Alarms) Traffic(ctx context.Context, stream string, s scaling.Settings, from, to time.Time) (scaling.Traffic, error) {
	traffic, err := a.client.Traffic(ctx, stream, s, from, to)
	return traffic, readFault(err)
}

// What Latest costs: metrics of each stream, and USD for each (CloudWatch pricing, us-east-1, read 2026-11).
const (
	MetricsOfLatest = cloudwatch.MetricsOfLatest
	PricePerMetric  = 0.01 / 1000
)

// Latest is [cloudwatch.Client.Latest].
func (a Alarms) Latest(ctx context.Context, streams []string, from, to time.Time) (map[string]scaling.Traffic, error) {
	traffic, err := a.client.Latest(ctx, streams, from, to)
	return traffic, readFault(err)
}
