package app

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	awskinesis "github.com/aws/aws-sdk-go-v2/service/kinesis"
	kinesistypes "github.com/aws/aws-sdk-go-v2/service/kinesis/types"
	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/internal/aws/cloudwatch"
	"github.com/shardkeeper/shardkeeper/internal/aws/kinesis"
	"github.com/shardkeeper/shardkeeper/internal/aws/lambda"
	"github.com/shardkeeper/shardkeeper/registry/inmem"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
	"github.com/shardkeeper/shardkeeper/scaling/scaler"
)

// calls are the names of the AWS calls that were made, in order. What the fakes below do not have
// panics.
type calls struct{ made []string }

func (c *calls) note(name string) { c.made = append(c.made, name) }

type fakeKinesis struct {
	kinesis.API
	*calls
}

func (f fakeKinesis) DescribeStreamSummary(context.Context, *awskinesis.DescribeStreamSummaryInput, ...func(*awskinesis.Options)) (*awskinesis.DescribeStreamSummaryOutput, error) {
	f.note("DescribeStreamSummary")
	return &awskinesis.DescribeStreamSummaryOutput{StreamDescriptionSummary: &kinesistypes.StreamDescriptionSummary{
		StreamName: aws.String("orders"), StreamARN: aws.String("arn:aws:kinesis:us-east-1:123456789012:stream/orders"),
		StreamStatus: kinesistypes.StreamStatusActive, OpenShardCount: aws.Int32(2), StreamCreationTimestamp: aws.Time(noon().AddDate(0, -1, 0)),
	}}, nil
}

func (f fakeKinesis) UpdateShardCount(_ context.Context, in *awskinesis.UpdateShardCountInput, _ ...func(*awskinesis.Options)) (*awskinesis.UpdateShardCountOutput, error) {
	f.note("UpdateShardCount")
	return &awskinesis.UpdateShardCountOutput{TargetShardCount: in.TargetShardCount}, nil
}

type fakeCloudWatch struct {
	cloudwatch.API
	*calls
}

// GetMetricData shows every metric at 1,900 a second, which fills two shards with records.
func (f fakeCloudWatch) GetMetricData(_ context.Context, in *awscloudwatch.GetMetricDataInput, _ ...func(*awscloudwatch.Options)) (*awscloudwatch.GetMetricDataOutput, error) {
	f.note("GetMetricData")
	out := &awscloudwatch.GetMetricDataOutput{}
	for _, q := range in.MetricDataQueries {
		result := types.MetricDataResult{Id: q.Id, StatusCode: types.StatusCodeComplete}
		for at := *in.StartTime; at.Before(*in.EndTime); at = at.Add(time.Minute) {
			result.Timestamps, result.Values = append(result.Timestamps, at), append(result.Values, 1900*60)
		}
		out.MetricDataResults = append(out.MetricDataResults, result)
	}
	return out, nil
}

func (f fakeCloudWatch) DescribeAlarms(context.Context, *awscloudwatch.DescribeAlarmsInput, ...func(*awscloudwatch.Options)) (*awscloudwatch.DescribeAlarmsOutput, error) {
	f.note("DescribeAlarms")
	return &awscloudwatch.DescribeAlarmsOutput{}, nil
}

func (f fakeCloudWatch) PutMetricAlarm(_ context.Context, _ *awscloudwatch.PutMetricAlarmInput, opts ...func(*awscloudwatch.Options)) (*awscloudwatch.PutMetricAlarmOutput, error) {
	f.note("PutMetricAlarm")
	options := awscloudwatch.Options{}
	for _, opt := range opts {
		opt(&options)
	}
	if options.Retryer == nil || options.Retryer.MaxAttempts() != 1 {
		f.note("PutMetricAlarm, tried again")
	}
	return &awscloudwatch.PutMetricAlarmOutput{}, nil
}

type fakeLambda struct {
	lambda.API
	*calls
}

func (f fakeLambda) GetFunctionConcurrency(context.Context, *awslambda.GetFunctionConcurrencyInput, ...func(*awslambda.Options)) (*awslambda.GetFunctionConcurrencyOutput, error) {
	f.note("GetFunctionConcurrency")
	return &awslambda.GetFunctionConcurrencyOutput{ReservedConcurrentExecutions: aws.Int32(2)}, nil
}

func (f fakeLambda) PutFunctionConcurrency(context.Context, *awslambda.PutFunctionConcurrencyInput, ...func(*awslambda.Options)) (*awslambda.PutFunctionConcurrencyOutput, error) {
	f.note("PutFunctionConcurrency")
	return &awslambda.PutFunctionConcurrencyOutput{}, nil
}

// One alarm that doubles a stream with a consumer costs at most eight AWS calls besides the
// registry's; the predecessor made ten. Every call here is one that others cannot make.
func TestOneAlarmMakesAtMostEightCalls(t *testing.T) {
	registry := inmem.New(inmem.Options{Now: noon})
	settings, err := scaling.Effective(scaling.Layer{"consumer": "reader", "fan-out-consumers": "audit"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := registry.Save(t.Context(), ledger.Item{Name: "orders", Status: ledger.Enrolled, OpenShards: 2, Settings: settings, SettingsRevision: 1}); err != nil {
		t.Fatal(err)
	}
	c := &calls{}
	joined := joinScaler(Config{Home: Home{TopicARN: topic}}, noon, services{
		kinesis: fakeKinesis{calls: c}, cloudwatch: fakeCloudWatch{calls: c}, lambda: fakeLambda{calls: c},
	})
	joined.Registry = registry
	done, err := joined.Handle(t.Context(), scaler.Alarm{
		Name: "orders-scale-up", State: scaling.StateAlarm, TransitionAt: noon().Add(-time.Second), RequestID: "r",
	})
	if err != nil || done.Event != report.Operation || done.Target != 4 || len(done.Faults) > 0 {
		t.Fatalf("report %+v, err %v", done, err)
	}
	if len(c.made) > 8 {
		t.Errorf("%d calls: %v", len(c.made), c.made)
	}
	slices.Sort(c.made)
	want := []string{
		"DescribeAlarms", "DescribeStreamSummary", "GetFunctionConcurrency", "GetMetricData",
		"PutFunctionConcurrency", "PutMetricAlarm", "PutMetricAlarm", "UpdateShardCount",
	}
	if diff := cmp.Diff(want, c.made); diff != "" {
		t.Error(diff)
	}
}

func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }
