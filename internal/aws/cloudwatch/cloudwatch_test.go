package cloudwatch_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/shardkeeper/shardkeeper/internal/aws/cloudwatch"
	"github.com/shardkeeper/shardkeeper/scaling"
)

const (
	up   = "orders-scale-up"
	down = "orders-scale-down"
)

func TestUpdateMakesBothAlarms(t *testing.T) {
	f := after(t)
	if err := f.client().Update(t.Context(), wantOf(4)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"DescribeAlarms " + up, "PutMetricAlarm " + up, "PutMetricAlarm " + down}, f.calls); diff != "" {
		t.Error(diff)
	}
	for _, name := range []string{up, down} {
		a := f.alarms[name]
		if !aws.ToBool(a.ActionsEnabled) || !slices.Equal(a.AlarmActions, []string{topic}) || len(a.OKActions)+len(a.InsufficientDataActions) != 0 {
			t.Errorf("%s: actions enabled %v: %v, %v, %v", name, aws.ToBool(a.ActionsEnabled), a.AlarmActions, a.OKActions, a.InsufficientDataActions)
		}
		want := []types.Tag{{Key: aws.String("shardkeeper"), Value: aws.String("orders")}}
		if diff := cmp.Diff(want, f.tags[name], cmpopts.IgnoreUnexported(types.Tag{})); diff != "" {
			t.Error(diff)
		}
	}
}

func TestUpdateLeavesAloneWhatIsRight(t *testing.T) {
	tests := []struct {
		name   string
		want   scaling.AlarmWant
		change func(*fake)
		calls  []string
	}{
		{"both are right", wantOf(4), func(*fake) {}, nil},
		{"both are for other shards", wantOf(5), func(*fake) {}, []string{"PutMetricAlarm " + up, "PutMetricAlarm " + down}},
		{"one is missing", wantOf(4), func(f *fake) { delete(f.alarms, down) }, []string{"PutMetricAlarm " + down}},
		{
			"one was changed", wantOf(4),
			func(f *fake) {
				f.edit(up, func(a *types.MetricAlarm) { a.Threshold = aws.Float64(0.5) })
			},
			[]string{"PutMetricAlarm " + up},
		},
		{
			"one setting is about one alarm", wantOf(4, func(s *scaling.Settings) { s.ScaleDownThreshold = 0.2 }), func(*fake) {},
			[]string{"PutMetricAlarm " + down},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := after(t, wantOf(4))
			tt.change(f)
			if err := f.client().Update(t.Context(), tt.want); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(append([]string{"DescribeAlarms " + up}, tt.calls...), f.calls); diff != "" {
				t.Error(diff)
			}
			status, err := f.client().Status(t.Context(), []scaling.AlarmWant{tt.want})
			if err != nil || !status["orders"].Up.InSync || !status["orders"].Down.InSync {
				t.Errorf("afterwards: %+v, %v", status, err)
			}
		})
	}
}

// The predecessor overwrote the whole alarm: paging was silently lost.
func TestUpdateKeepsWhatPeopleAdded(t *testing.T) {
	const pager, other = "arn:aws:sns:eu-west-1:123456789012:pager", "arn:aws:sns:eu-west-1:123456789012:other"
	additions := func(a *types.MetricAlarm) {
		a.AlarmActions = []string{pager, topic, other}
		a.OKActions = []string{pager}
		a.InsufficientDataActions = []string{other}
		a.AlarmDescription = aws.String("Page the orders team.")
		a.ActionsEnabled = aws.Bool(false)
		a.WarmUpConfiguration = &types.WarmUpConfiguration{WarmUpPeriodDurationInMinutes: aws.Int32(5)}
		a.ActionConfiguration = &types.ActionConfiguration{AlarmTagsPropagation: &types.AlarmTagsPropagation{}}
		a.StateValue = types.StateValueAlarm
	}
	f := after(t, wantOf(4))
	f.edit(up, additions)
	before := f.alarms[up]

	status, err := f.client().Status(t.Context(), []scaling.AlarmWant{wantOf(4)})
	if err != nil || !status["orders"].Up.InSync {
		t.Errorf("additions are drift: %+v, %v", status["orders"].Up, err)
	}
	if err := f.client().Update(t.Context(), wantOf(8)); err != nil {
		t.Fatal(err)
	}
	ours := cmpopts.IgnoreFields(types.MetricAlarm{}, "Metrics")
	if diff := cmp.Diff(before, f.alarms[up], ours, cmpopts.IgnoreUnexported(types.MetricAlarm{}, types.WarmUpConfiguration{}, types.ActionConfiguration{}, types.AlarmTagsPropagation{})); diff != "" {
		t.Errorf("the update changed more than the formula:\n%s", diff)
	}
	if s1 := f.alarms[up].Metrics[3]; *s1.Id != "s1" || *s1.Expression != "8" {
		t.Errorf("%s = %s, want s1 = 8", *s1.Id, *s1.Expression)
	}
}

func TestOurTopicIsAlwaysNotified(t *testing.T) {
	tests := []struct {
		name      string
		had, want []string
	}{
		{"no action is left", nil, []string{topic}},
		{"others are there", []string{"a", "b"}, []string{"a", "b", topic}},
		{"it is there", []string{"a", topic, "b", "c", "d"}, []string{"a", topic, "b", "c", "d"}},
		{"all five are others", []string{"a", "b", "c", "d", "e"}, []string{"a", "b", "c", "d", topic}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := after(t, wantOf(4))
			f.edit(up, func(a *types.MetricAlarm) { a.AlarmActions = tt.had })
			if err := f.client().Update(t.Context(), wantOf(4)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, f.alarms[up].AlarmActions); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A throttle on one alarm must not leave the other with a stale shard count too.
func TestUpdateTellsWhichAlarmFailed(t *testing.T) {
	f := after(t, wantOf(4))
	f.fails["PutMetricAlarm "+up] = &types.LimitExceededFault{}
	err := f.client().Update(t.Context(), wantOf(8))
	if !errors.Is(err, scaling.ErrLimitExceeded) || !strings.Contains(err.Error(), up) || strings.Contains(err.Error(), down) {
		t.Errorf("err = %v", err)
	}
	status, err := f.client().Status(t.Context(), []scaling.AlarmWant{wantOf(8)})
	if err != nil || status["orders"].Up.InSync || !status["orders"].Down.InSync {
		t.Errorf("status = %+v, %v", status["orders"], err)
	}
}

func TestUpdateChangesNothingItCannotRead(t *testing.T) {
	f := after(t, wantOf(4))
	f.fails["DescribeAlarms"] = &types.InternalServiceFault{}
	if err := f.client().Update(t.Context(), wantOf(8)); !errors.Is(err, scaling.ErrOutcomeUnknown) {
		t.Errorf("err = %v", err)
	}
	if diff := cmp.Diff([]string{"DescribeAlarms " + up}, f.calls); diff != "" {
		t.Error(diff)
	}
}

func TestUpdateRefusesWhatCannotBe(t *testing.T) {
	f := after(t)
	for _, want := range []scaling.AlarmWant{wantOf(0), wantOf(-1), {OpenShards: 4, Settings: wantOf(4).Settings}} {
		if err := f.client().Update(t.Context(), want); !errors.Is(err, scaling.ErrRefused) || len(f.calls) != 0 {
			t.Errorf("%+v: err = %v after %v", want, err, f.calls)
		}
	}
}

func TestRearmSetsTheAlarmToOK(t *testing.T) {
	f := after(t, wantOf(4))
	f.edit(down, func(a *types.MetricAlarm) { a.StateValue = types.StateValueAlarm })
	if err := f.client().Rearm(t.Context(), "orders", scaling.Down, `deferred "until" now`); err != nil {
		t.Fatal(err)
	}
	a := f.alarms[down]
	var data map[string]string
	if err := json.Unmarshal([]byte(*a.StateReasonData), &data); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"by": "shardkeeper", "stream": "orders", "direction": "down", "reason": `deferred "until" now`}
	if diff := cmp.Diff(want, data); diff != "" {
		t.Error(diff)
	}
	if a.StateValue != types.StateValueOk || *a.StateReason != `deferred "until" now` {
		t.Errorf("state %s, reason %q", a.StateValue, *a.StateReason)
	}
	if diff := cmp.Diff([]string{"SetAlarmState " + down}, f.calls); diff != "" {
		t.Error(diff)
	}
}

func TestThereIsNoAlarmForHold(t *testing.T) {
	f := after(t)
	if err := f.client().Rearm(t.Context(), "orders", scaling.Hold, "why"); !errors.Is(err, scaling.ErrRefused) || len(f.calls) != 0 {
		t.Errorf("err = %v after %v", err, f.calls)
	}
}

func TestDelete(t *testing.T) {
	f := after(t, wantOf(4))
	delete(f.alarms, up)
	f.alarms["billing-scale-up"] = types.MetricAlarm{AlarmName: aws.String("billing-scale-up"), AlarmActions: []string{"arn:of-somebody-else"}}
	if err := f.client().Delete(t.Context(), "orders", "billing", "gone"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"billing-scale-up"}, slices.Collect(maps.Keys(f.alarms))); diff != "" {
		t.Errorf("left: %s", diff)
	}
	f.calls = nil
	if err := f.client().Delete(t.Context(), "orders"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"DescribeAlarms " + up}, f.calls); diff != "" {
		t.Errorf("nothing is there: %s", diff)
	}
	if err := f.client().Delete(t.Context()); err != nil || len(f.calls) != 1 {
		t.Errorf("no stream: %v after %v", err, f.calls)
	}
}

func TestManyAlarmsGoInBatchesAndPages(t *testing.T) {
	var wants []scaling.AlarmWant
	var streams []string
	for i := range 120 { // 240 alarms
		want := wantOf(4)
		want.Stream = fmt.Sprintf("stream-%03d", i)
		wants, streams = append(wants, want), append(streams, want.Stream)
	}
	f := after(t, wants...)
	f.page = 60
	delete(f.alarms, "stream-119-scale-down")
	status, err := f.client().Status(t.Context(), wants)
	if err != nil || len(status) != 120 {
		t.Fatalf("%d entries, %v", len(status), err)
	}
	for stream, pair := range status {
		if !pair.Up.InSync || pair.Down.InSync != (stream != "stream-119") {
			t.Errorf("%s: %+v", stream, pair)
		}
	}
	if len(f.calls) != 5 { // 100 in two pages, 100 in two, 39 in one
		t.Errorf("calls %v", f.calls)
	}
	f.page, f.calls = 0, nil
	if err := f.client().Delete(t.Context(), streams...); err != nil || len(f.alarms) != 0 {
		t.Errorf("%v, left %d", err, len(f.alarms))
	}
	if len(f.calls) != 6 {
		t.Errorf("calls %v", f.calls)
	}
}

func TestPaceIsAskedBeforeEachScarceCall(t *testing.T) {
	f := after(t)
	var asked []string
	over := errors.New("would exceed the deadline")
	var answer error
	client := cloudwatch.New(f, cloudwatch.Options{TopicARN: topic, Table: table, Pace: func(_ context.Context, operation string) error {
		asked = append(asked, operation)
		return answer
	}})
	for _, err := range []error{
		client.Update(t.Context(), wantOf(4)),
		client.Rearm(t.Context(), "orders", scaling.Up, "why"),
		client.Delete(t.Context(), "orders"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"DescribeAlarms", "PutMetricAlarm", "PutMetricAlarm", "SetAlarmState", "DescribeAlarms", "DeleteAlarms"}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Error(diff)
	}
	answer, f.calls = over, nil
	err := client.Rearm(t.Context(), "orders", scaling.Up, "why")
	if !errors.Is(err, scaling.ErrThrottled) || !errors.Is(err, over) || len(f.calls) != 0 {
		t.Errorf("err = %v after %v", err, f.calls)
	}
}
