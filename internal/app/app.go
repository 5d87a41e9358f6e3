package app

import (
	"context"
	"math"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	awseventbridge "github.com/aws/aws-sdk-go-v2/service/eventbridge"
	awskinesis "github.com/aws/aws-sdk-go-v2/service/kinesis"
	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	awssns "github.com/aws/aws-sdk-go-v2/service/sns"
	smithytime "github.com/aws/smithy-go/time"

	"github.com/shardkeeper/shardkeeper/internal/aws/cloudwatch"
	"github.com/shardkeeper/shardkeeper/internal/aws/eventbridge"
	"github.com/shardkeeper/shardkeeper/internal/aws/kinesis"
	"github.com/shardkeeper/shardkeeper/internal/aws/lambda"
	"github.com/shardkeeper/shardkeeper/internal/aws/pace"
	"github.com/shardkeeper/shardkeeper/internal/aws/sns"
	"github.com/shardkeeper/shardkeeper/internal/aws/tagging"
	"github.com/shardkeeper/shardkeeper/registry"
	"github.com/shardkeeper/shardkeeper/scaling/enroller"
	"github.com/shardkeeper/shardkeeper/scaling/notification"
	"github.com/shardkeeper/shardkeeper/scaling/reconciler"
	"github.com/shardkeeper/shardkeeper/scaling/scaler"
)

// What the use cases need is what the registry and the adapters have.
var (
	_ scaler.Registry     = (*registry.Registry)(nil)
	_ enroller.Registry   = (*registry.Registry)(nil)
	_ reconciler.Registry = (*registry.Registry)(nil)
	_ reconciler.Fleet    = (*registry.Registry)(nil)
	_ reconciler.Items    = (*registry.Batch)(nil)

	_ scaler.Streams     = (*kinesis.Client)(nil)
	_ enroller.Streams   = (*kinesis.Client)(nil)
	_ reconciler.Streams = (*kinesis.Client)(nil)
	_ reconciler.Tagging = (*tagging.Client)(nil)

	_ scaler.Alarms     = (*cloudwatch.Client)(nil)
	_ enroller.Alarms   = (*cloudwatch.Client)(nil)
	_ reconciler.Alarms = (*cloudwatch.Client)(nil)

	_ scaler.Consumers     = (*lambda.Client)(nil)
	_ reconciler.Consumers = (*lambda.Client)(nil)

	_ reconciler.Enroller = (*enroller.Enroller)(nil)
	_ reconciler.Notifier = (*notification.Sender)(nil)
	_ notification.Outbox = (*registry.Registry)(nil)
)

// Who acts, as the history shows it.
const (
	actorScaler     = "scaler"
	actorEnroller   = "enroller"
	actorReconciler = "reconciler"
)

// ScalerTimeout is how long Lambda lets the scaler run; the template sets the same. The lease of
// a claim rests on it.
const ScalerTimeout = 60 * time.Second

// ReconcilerTimeout is how long Lambda lets a run of the reconciler last; the template sets the same. A run's lease
// is as long: what was killed has ended by the next minute.
const ReconcilerTimeout = 55 * time.Second

// services are the AWS services by the calls that are made of them. A use case that does not
// talk to Lambda has no client for it, and its program not the code.
type services struct {
	dynamodb    registry.API
	items       registry.BatchAPI
	kinesis     kinesis.API
	tagging     tagging.API
	cloudwatch  cloudwatch.API
	lambda      lambda.API
	eventbridge eventbridge.API
	sns         sns.API
}

// NewScaler builds the scaler of a stack.
func NewScaler(ctx context.Context, c Config, now func() time.Time) (*scaler.Scaler, error) {
	if c.World != nil {
		return embeddedScaler(c.World, c, now), nil
	}
	sdk, err := loadAWS(ctx, nil)
	if err != nil {
		return nil, err
	}
	return joinScaler(c, now, services{
		dynamodb: dynamodb.NewFromConfig(sdk), kinesis: awskinesis.NewFromConfig(sdk),
		cloudwatch: awscloudwatch.NewFromConfig(sdk), lambda: awslambda.NewFromConfig(sdk),
	}), nil
}

func joinScaler(c Config, now func() time.Time, s services) *scaler.Scaler {
	return &scaler.Scaler{
		Registry:  newRegistry(c, now, s.dynamodb),
		Streams:   kinesis.New(s.kinesis),
		Alarms:    cloudwatch.New(triedOnce{s.cloudwatch}, cloudwatch.Options{TopicARN: c.Home.TopicARN, Table: c.Table}),
		Consumers: lambda.New(s.lambda),
		Rules:     c.Rules,
		Now:       now, Wait: smithytime.SleepWithContext, Actor: actorScaler, Lease: scaler.LeaseFor(ScalerTimeout),
	}
}

// NewEnroller builds the enroller of a stack.
func NewEnroller(ctx context.Context, c Config, now func() time.Time) (*enroller.Enroller, error) {
	if c.World != nil {
		return embeddedEnroller(c.World, c, now, actorEnroller), nil
	}
	sdk, err := loadAWS(ctx, nil)
	if err != nil {
		return nil, err
	}
	return joinEnroller(c, now, services{
		dynamodb: dynamodb.NewFromConfig(sdk), kinesis: awskinesis.NewFromConfig(sdk, patient), cloudwatch: awscloudwatch.NewFromConfig(sdk),
	}), nil
}

func joinEnroller(c Config, now func() time.Time, s services) *enroller.Enroller {
	return &enroller.Enroller{
		Registry: newRegistry(c, now, s.dynamodb),
		Streams:  kinesis.New(s.kinesis),
		Alarms:   cloudwatch.New(triedOnce{s.cloudwatch}, cloudwatch.Options{TopicARN: c.Home.TopicARN, Table: c.Table}),
		Rules:    c.Rules, Now: now, Actor: actorEnroller,
	}
}

// NewReconciler builds the reconciler of a stack. It keeps to a pace, since it is the one that
// makes calls in bulk.
func NewReconciler(ctx context.Context, c Config, now func() time.Time) (*reconciler.Reconciler, error) {
	if c.World != nil {
		return embeddedReconciler(c.World, c, now), nil
	}
	turns := reconcilerPace(pace.Reconciler(c.QuotaShare))
	sdk, err := loadAWS(ctx, turns)
	if err != nil {
		return nil, err
	}
	table := dynamodb.NewFromConfig(sdk)
	sdk = leavesTime(sdk)
	return joinReconciler(c, now, turns, services{
		dynamodb: table, items: table, kinesis: awskinesis.NewFromConfig(sdk), tagging: resourcegroupstaggingapi.NewFromConfig(sdk),
		cloudwatch: awscloudwatch.NewFromConfig(sdk), lambda: awslambda.NewFromConfig(sdk),
		eventbridge: awseventbridge.NewFromConfig(sdk), sns: awssns.NewFromConfig(sdk),
	}), nil
}

func joinReconciler(c Config, now func() time.Time, turns pacer, s services) *reconciler.Reconciler {
	registry, streams := newRegistry(c, now, s.dynamodb), kinesis.New(s.kinesis)
	alarms := cloudwatch.New(s.cloudwatch, cloudwatch.Options{TopicARN: c.Home.TopicARN, Table: c.Table, Pace: turns.waitInTime})
	return &reconciler.Reconciler{
		Registry:  registry,
		Fleet:     registry,
		Owners:    registry,
		Items:     newBatch(c, s.items),
		Streams:   streams,
		Tagging:   tagging.New(s.tagging),
		Alarms:    alarms,
		Metrics:   alarms,
		Consumers: lambda.New(s.lambda),
		Enroller: &enroller.Enroller{
			Registry: registry, Streams: streams, Alarms: alarms, Rules: c.Rules, Now: now, Actor: actorReconciler,
		},
		Notifier: joinNotifier(c, now, registry, s),
		Rules:    c.Rules, Now: now, Left: leftBy(now), Wait: smithytime.SleepWithContext, Actor: actorReconciler, Lease: ReconcilerTimeout,
		Pace: reconciler.Pace{IdlePerSecond: pace.Idle(pace.Reconciler(c.QuotaShare))},
	}
}

// leftBy returns how long the invocation of a context may still run: until the deadline that Lambda gives it. One
// without a deadline runs for as long as it likes.
func leftBy(now func() time.Time) func(context.Context) time.Duration {
	return func(ctx context.Context) time.Duration {
		deadline, set := ctx.Deadline()
		if !set {
			return math.MaxInt64
		}
		return deadline.Sub(now())
	}
}

func newRegistry(c Config, now func() time.Time, api registry.API) *registry.Registry {
	return registry.New(api, c.Table, registry.Options{Retention: c.Retention, Now: now})
}

func newBatch(c Config, api registry.BatchAPI) *registry.Batch {
	return registry.NewBatch(api, c.Table, smithytime.SleepWithContext)
}

// triedOnce makes the calls that CloudWatch allows only a few times a second once, without trying
// again: in the scaler and the enroller, what the quota refuses is left to the reconciler. When
// a thousand alarms come together, trying again would only make the queue longer.
type triedOnce struct{ cloudwatch.API }

func once(o *awscloudwatch.Options) { o.Retryer = aws.NopRetryer{} }

// DescribeAlarms is allowed nine times a second.
func (t triedOnce) DescribeAlarms(ctx context.Context, in *awscloudwatch.DescribeAlarmsInput, opts ...func(*awscloudwatch.Options)) (*awscloudwatch.DescribeAlarmsOutput, error) {
	return t.API.DescribeAlarms(ctx, in, append(opts, once)...)
}

// PutMetricAlarm is allowed three times a second.
func (t triedOnce) PutMetricAlarm(ctx context.Context, in *awscloudwatch.PutMetricAlarmInput, opts ...func(*awscloudwatch.Options)) (*awscloudwatch.PutMetricAlarmOutput, error) {
	return t.API.PutMetricAlarm(ctx, in, append(opts, once)...)
}
