package cloudwatch_test

import (
	"errors"
	"fmt"
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

const pager = "arn:aws:sns:eu-west-1:123456789012:pager"

// predecessors gives an alarm the form of aws-samples/kinesis-auto-scaling, for a stream.
func predecessors(stream string) func(*types.MetricAlarm) {
	return func(a *types.MetricAlarm) {
		*a = types.MetricAlarm{AlarmName: a.AlarmName, AlarmActions: []string{pager}, Threshold: aws.Float64(0.25)}
		for id, name := range map[string]string{"m1": "IncomingBytes", "m2": "IncomingRecords"} {
			a.Metrics = append(a.Metrics, types.MetricDataQuery{Id: aws.String(id), MetricStat: &types.MetricStat{
				Metric: &types.Metric{
					Namespace: aws.String("AWS/Kinesis"), MetricName: aws.String(name),
					Dimensions: []types.Dimension{{Name: aws.String("StreamName"), Value: aws.String(stream)}},
				},
				Stat: aws.String("Sum"), Period: aws.Int32(300),
			}})
		}
		for id, formula := range map[string]string{
			"s1": "4", "e1": "FILL(m1,0)", "e2": "FILL(m2,0)", "e3": "e1/(1024*1024*60*5*s1)", "e4": "e2/(1000*60*5*s1)", "e6": "MAX([e3,e4])",
		} {
			a.Metrics = append(a.Metrics, types.MetricDataQuery{Id: aws.String(id), Expression: aws.String(formula)})
		}
	}
}

// What DescribeAlarms says of an alarm tells whose it is. One that is not ours is not touched by any call,
// and its neighbour is not made.
func TestWhoseAnAlarmIs(t *testing.T) {
	described := func(text string, actions ...string) func(*types.MetricAlarm) {
		return func(a *types.MetricAlarm) { a.AlarmDescription, a.AlarmActions = aws.String(text), actions }
	}
	of := func(table string) string { return cloudwatch.Description(wantOf(4), scaling.Up, table) }
	older := "Shardkeeper scales up the Kinesis data stream orders (open shards: 4) when 3 of 5 datapoints of 1 min are at 0.75 utilization or above. " +
		"Shardkeeper keeps this formula up to date: to change it, change the stream's tags."
	tests := []struct {
		name string
		edit func(*types.MetricAlarm)
		ours bool
	}{
		{"as we make it", func(*types.MetricAlarm) {}, true},
		{"our mark, and our topic was taken away", described(of(table), pager), true},
		{"our mark within somebody's words", described("Team: orders. " + of(table) + " Call Ana."), true},
		{"our topic, and a description of somebody's own", described("Page the orders team.", pager, topic), true},
		{"our topic, made by a version that named no table", described(older, topic), true},
		{"the predecessor's, for this stream", predecessors("orders"), true},

		{"another table's mark", described(of("shardkeeper-test"), pager), false},
		{"a table whose name begins like ours", described(of(table + "-2")), false},
		{"made by another stack's version that named no table", described(older, pager), false},
		{"the predecessor's, for another stream", predecessors("payments"), false},
		{"the predecessor's form, with another table's mark", func(a *types.MetricAlarm) {
			predecessors("orders")(a)
			a.AlarmDescription = aws.String(of("shardkeeper-test"))
		}, false},
		{"of another service", func(a *types.MetricAlarm) {
			*a = types.MetricAlarm{
				AlarmName: a.AlarmName, Namespace: aws.String("AWS/ECS"), MetricName: aws.String("CPUUtilization"), Threshold: aws.Float64(70),
				AlarmActions: []string{pager}, AlarmDescription: aws.String("scales the service orders"),
			}
		}, false},
		{"of the same metrics, made by hand", func(a *types.MetricAlarm) { a.AlarmDescription, a.AlarmActions = nil, nil }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := after(t, wantOf(4))
			f.edit(up, tt.edit)
			before := f.alarms[up]
			status, err := f.client().Status(t.Context(), []scaling.AlarmWant{wantOf(4)})
			if err != nil || status["orders"].Up.Foreign == tt.ours || !status["orders"].Up.Exists {
				t.Errorf("status %+v, %v; ours: %t", status["orders"].Up, err, tt.ours)
			}
			err = f.client().Update(t.Context(), wantOf(8))
			if errors.Is(err, scaling.ErrForeignAlarm) == tt.ours || tt.ours && err != nil {
				t.Errorf("update: %v; ours: %t", err, tt.ours)
			}
			if untouched := cmp.Equal(before, f.alarms[up], cmpopts.IgnoreUnexported(types.MetricAlarm{}, types.MetricDataQuery{}, types.MetricStat{}, types.Metric{}, types.Dimension{})); untouched == tt.ours {
				t.Errorf("untouched: %t; ours: %t", untouched, tt.ours)
			}
			// Taking the stack away leaves the predecessor's alone, which we have not taken over.
			left := !tt.ours || strings.HasPrefix(tt.name, "the predecessor's")
			f.alarms[up] = before
			names, err := whole{f}.client().Ours(t.Context())
			if err != nil || slices.Contains(names, up) == left || !slices.Contains(names, down) {
				t.Errorf("to take away: %v, %v; ours: %t", names, err, tt.ours)
			}
			if err := (whole{f}).client().Remove(t.Context(), []string{up}, func(int) {}); err != nil {
				t.Fatal(err)
			}
			if _, there := f.alarms[up]; there != left {
				t.Errorf("there after the stack is taken away: %t; ours: %t", there, tt.ours)
			}
			f.alarms[up] = before
			if err := f.client().Delete(t.Context(), "orders"); err != nil {
				t.Fatal(err)
			}
			if _, there := f.alarms[up]; there == tt.ours {
				t.Errorf("there after its stream left: %t; ours: %t", there, tt.ours)
			}
			if _, there := f.alarms[down]; there {
				t.Error("the other alarm, which is ours, is still there")
			}
		})
	}
}

// The one that is taken over gets our mark, so that it is ours from then on.
func TestATakenOverAlarmIsMarked(t *testing.T) {
	f := after(t, wantOf(4))
	f.edit(up, predecessors("orders"))
	if err := f.client().Update(t.Context(), wantOf(4)); err != nil {
		t.Fatal(err)
	}
	f.edit(up, func(a *types.MetricAlarm) { a.AlarmActions = nil })
	status, err := f.client().Status(t.Context(), []scaling.AlarmWant{wantOf(4)})
	if err != nil || status["orders"].Up.Foreign {
		t.Errorf("%s: %+v, %v", fmt.Sprint(aws.ToString(f.alarms[up].AlarmDescription)), status["orders"].Up, err)
	}
}
