package cloudwatch_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/smithy-go"

	"github.com/shardkeeper/shardkeeper/internal/aws/cloudwatch"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// whole is the fake, asked for all alarms of the account: DescribeAlarms without names.
type whole struct{ *fake }

func (w whole) DescribeAlarms(ctx context.Context, in *awscloudwatch.DescribeAlarmsInput, opts ...func(*awscloudwatch.Options)) (*awscloudwatch.DescribeAlarmsOutput, error) {
	all := *in
	if len(in.AlarmNames) == 0 {
		all.AlarmNames = append([]string{"(all)"}, slices.Sorted(maps.Keys(w.alarms))...)
	}
	return w.fake.DescribeAlarms(ctx, &all, opts...)
}

func (w whole) client() *cloudwatch.Client {
	return cloudwatch.New(w, cloudwatch.Options{TopicARN: topic, Table: table})
}

// crowd are the alarms of some streams, and those of others: of another topic, of a name that is no stream's.
func crowd(t *testing.T, streams int) whole {
	t.Helper()
	var wants []scaling.AlarmWant
	for i := range streams {
		wants = append(wants, scaling.AlarmWant{Stream: fmt.Sprintf("s-%03d", i), OpenShards: 4, Settings: scaling.Defaults(scaling.DoubleHalve)})
	}
	f := after(t, wants...)
	f.page = 37
	f.alarms["theirs-scale-up"] = types.MetricAlarm{AlarmName: aws.String("theirs-scale-up"), AlarmActions: []string{topic + "-other"}}
	f.alarms["shardkeeper-failures"] = types.MetricAlarm{AlarmName: aws.String("shardkeeper-failures"), AlarmActions: []string{topic}}
	return whole{f}
}

func TestOursAreFoundAndRemoved(t *testing.T) {
	w := crowd(t, 130)
	names, err := w.client().Ours(t.Context())
	if err != nil || len(names) != 260 || !slices.IsSorted(names) {
		t.Fatalf("%d names, %v", len(names), err)
	}
	w.edit("s-007-scale-up", func(a *types.MetricAlarm) { a.AlarmActions, a.AlarmDescription = nil, aws.String("Ana's") }) // somebody took it over
	delete(w.alarms, "s-008-scale-up")                                                                                     // somebody was faster
	var done []int
	if err := w.client().Remove(t.Context(), names, func(n int) { done = append(done, n) }); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(done, []int{100, 200, 260}) {
		t.Errorf("told %v", done)
	}
	left := slices.Sorted(maps.Keys(w.alarms))
	if !slices.Equal(left, []string{"s-007-scale-up", "shardkeeper-failures", "theirs-scale-up"}) {
		t.Errorf("left %v", left)
	}
	if names, err = w.client().Ours(t.Context()); err != nil || len(names) > 0 {
		t.Errorf("ours %v, %v", names, err)
	}
	if err := w.client().Remove(t.Context(), nil, func(int) { t.Error("told") }); err != nil {
		t.Error(err)
	}
}

func TestOursAreNotFoundOrRemoved(t *testing.T) {
	for _, operation := range []string{"DescribeAlarms", "DeleteAlarms"} {
		w := crowd(t, 3)
		names, err := w.client().Ours(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		w.fails[operation] = &smithy.GenericAPIError{Code: "Throttling"}
		if err := w.client().Remove(t.Context(), names, func(int) { t.Error("told") }); !errors.Is(err, scaling.ErrThrottled) {
			t.Errorf("%s: remove: %v", operation, err)
		}
		if _, err := w.client().Ours(t.Context()); operation == "DescribeAlarms" && !errors.Is(err, scaling.ErrThrottled) {
			t.Errorf("%s: ours: %v", operation, err)
		}
	}
}
