package cloudwatch_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/smithy-go"

	"github.com/shardkeeper/shardkeeper/internal/aws/cloudwatch"
	"github.com/shardkeeper/shardkeeper/scaling"
)

const (
	topic = "arn:aws:sns:eu-west-1:123456789012:shardkeeper"
	table = "shardkeeper"
)

// fake keeps alarms as CloudWatch does: a put replaces all but state and tags.
type fake struct {
	cloudwatch.API // GetMetricData is not played

	alarms map[string]types.MetricAlarm
	tags   map[string][]types.Tag
	under  []string // the alarms that somebody's composite alarms rest on, sorted
	page   int      // how many alarms DescribeAlarms gives at once; 0: all
	calls  []string
	fails  map[string]error // by "operation" or "operation name"
}

// with returns a client of the fake.
func (f *fake) client() *cloudwatch.Client {
	return cloudwatch.New(f, cloudwatch.Options{TopicARN: topic, Table: table})
}

// after returns a fake that holds the alarms of some streams, and has forgotten the calls.
func after(t *testing.T, wants ...scaling.AlarmWant) *fake {
	t.Helper()
	f := &fake{alarms: map[string]types.MetricAlarm{}, tags: map[string][]types.Tag{}, fails: map[string]error{}}
	for _, want := range wants {
		if err := f.client().Update(t.Context(), want); err != nil {
			t.Fatal(err)
		}
	}
	f.calls = nil
	return f
}

// edit changes an alarm as somebody in the console does.
func (f *fake) edit(name string, change func(*types.MetricAlarm)) {
	a := f.alarms[name]
	change(&a)
	f.alarms[name] = a
}

func (f *fake) called(operation, name string) error {
	f.calls = append(f.calls, operation+" "+name)
	if err := f.fails[operation+" "+name]; err != nil {
		return err
	}
	return f.fails[operation]
}

func (f *fake) DescribeAlarms(_ context.Context, in *awscloudwatch.DescribeAlarmsInput, _ ...func(*awscloudwatch.Options)) (*awscloudwatch.DescribeAlarmsOutput, error) {
	if err := f.called("DescribeAlarms", in.AlarmNames[0]); err != nil {
		return nil, err
	}
	out := &awscloudwatch.DescribeAlarmsOutput{}
	for _, name := range slices.Sorted(maps.Keys(f.alarms)) {
		if !slices.Contains(in.AlarmNames, name) || name <= aws.ToString(in.NextToken) {
			continue
		}
		if f.page > 0 && len(out.MetricAlarms) == f.page {
			out.NextToken = out.MetricAlarms[f.page-1].AlarmName
			break
		}
		out.MetricAlarms = append(out.MetricAlarms, f.alarms[name])
	}
	return out, nil
}

func (f *fake) PutMetricAlarm(_ context.Context, in *awscloudwatch.PutMetricAlarmInput, _ ...func(*awscloudwatch.Options)) (*awscloudwatch.PutMetricAlarmOutput, error) {
	name := *in.AlarmName
	if err := f.called("PutMetricAlarm", name); err != nil {
		return nil, err
	}
	before, exists := f.alarms[name]
	if !exists {
		before.StateValue, f.tags[name] = types.StateValueInsufficientData, in.Tags
	}
	f.alarms[name] = types.MetricAlarm{
		AlarmName: in.AlarmName, AlarmDescription: in.AlarmDescription, ActionsEnabled: in.ActionsEnabled,
		AlarmActions: in.AlarmActions, OKActions: in.OKActions, InsufficientDataActions: in.InsufficientDataActions,
		ActionConfiguration: in.ActionConfiguration, WarmUpConfiguration: in.WarmUpConfiguration, EvaluationWindow: in.EvaluationWindow,
		ComparisonOperator: in.ComparisonOperator, Threshold: in.Threshold, TreatMissingData: in.TreatMissingData,
		EvaluationPeriods: in.EvaluationPeriods, DatapointsToAlarm: in.DatapointsToAlarm, Metrics: in.Metrics,
		StateValue: before.StateValue, StateTransitionedTimestamp: before.StateTransitionedTimestamp,
	}
	return &awscloudwatch.PutMetricAlarmOutput{}, nil
}

func (f *fake) SetAlarmState(_ context.Context, in *awscloudwatch.SetAlarmStateInput, _ ...func(*awscloudwatch.Options)) (*awscloudwatch.SetAlarmStateOutput, error) {
	if err := f.called("SetAlarmState", *in.AlarmName); err != nil {
		return nil, err
	}
	f.edit(*in.AlarmName, func(a *types.MetricAlarm) {
		a.StateValue, a.StateReason, a.StateReasonData = in.StateValue, in.StateReason, in.StateReasonData
	})
	return &awscloudwatch.SetAlarmStateOutput{}, nil
}

func (f *fake) DeleteAlarms(_ context.Context, in *awscloudwatch.DeleteAlarmsInput, _ ...func(*awscloudwatch.Options)) (*awscloudwatch.DeleteAlarmsOutput, error) {
	if err := f.called("DeleteAlarms", in.AlarmNames[0]); err != nil {
		return nil, err
	}
	for _, name := range in.AlarmNames {
		if _, exists := f.alarms[name]; !exists { // as it was documented for years: none is deleted
			return nil, &types.ResourceNotFound{Message: aws.String(name)}
		}
	}
	// As it is not documented, and users report: https://github.com/cloud-custodian/cloud-custodian/issues/7763 (read 2026-11).
	if held := slices.DeleteFunc(slices.Clone(in.AlarmNames), func(name string) bool { return !slices.Contains(f.under, name) }); len(held) > 0 {
		return nil, &smithy.GenericAPIError{
			Code: "ValidationError", Fault: smithy.FaultClient,
			Message: "Cannot delete " + strings.Join(held, ",") + " as there are composite alarm(s) depending on them.",
		}
	}
	for _, name := range in.AlarmNames {
		delete(f.alarms, name)
	}
	return &awscloudwatch.DeleteAlarmsOutput{}, nil
}

func at(minute int) *time.Time { return aws.Time(noon().Add(time.Duration(minute) * time.Minute)) }
