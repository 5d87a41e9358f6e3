package cloudwatch_test

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/scaling"
)

func TestStatusTellsWhatIsThere(t *testing.T) {
	f := after(t, wantOf(4))
	delete(f.alarms, down)
	f.edit(up, func(a *types.MetricAlarm) {
		a.StateValue, a.StateTransitionedTimestamp, a.StateUpdatedTimestamp = types.StateValueAlarm, at(-7), at(-1)
	})
	absent := wantOf(2)
	absent.Stream = "absent"
	got, err := f.client().Status(t.Context(), []scaling.AlarmWant{wantOf(4), absent})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]scaling.AlarmPair{
		"orders": {Up: scaling.AlarmStatus{Exists: true, InSync: true, State: scaling.StateAlarm, ChangedAt: *at(-7)}},
		"absent": {},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestStatusOfAnOldAlarmUsesTheOlderTimestamp(t *testing.T) {
	f := after(t, wantOf(4))
	f.edit(up, func(a *types.MetricAlarm) { a.StateUpdatedTimestamp = at(-3) })
	got, err := f.client().Status(t.Context(), []scaling.AlarmWant{wantOf(4)})
	if err != nil || !got["orders"].Up.ChangedAt.Equal(*at(-3)) {
		t.Errorf("%+v, %v", got["orders"].Up, err)
	}
}

// Its changes of state tell nobody, so none of them is waiting to be told again.
func TestAnAlarmWithDisabledActionsHasChangedNothing(t *testing.T) {
	f := after(t, wantOf(4))
	f.edit(up, func(a *types.MetricAlarm) {
		a.ActionsEnabled, a.StateValue, a.StateTransitionedTimestamp = aws.Bool(false), types.StateValueAlarm, at(-7)
	})
	got, err := f.client().Status(t.Context(), []scaling.AlarmWant{wantOf(4)})
	want := scaling.AlarmStatus{Exists: true, InSync: true, State: scaling.StateAlarm}
	if err != nil || got["orders"].Up != want {
		t.Errorf("%+v, %v", got["orders"].Up, err)
	}
}

func TestDriftIsSeenFieldByField(t *testing.T) {
	metric := func(a *types.MetricAlarm) *types.MetricStat {
		a.Metrics = slices.Clone(a.Metrics)
		stat := *a.Metrics[0].MetricStat
		m := *stat.Metric
		m.Dimensions = slices.Clone(m.Dimensions)
		stat.Metric = &m
		a.Metrics[0].MetricStat = &stat
		return &stat
	}
	query := func(a *types.MetricAlarm, i int) *types.MetricDataQuery {
		a.Metrics = slices.Clone(a.Metrics)
		return &a.Metrics[i]
	}
	drift := map[string]func(*types.MetricAlarm){
		"threshold":           func(a *types.MetricAlarm) { a.Threshold = aws.Float64(0.7500001) },
		"no threshold":        func(a *types.MetricAlarm) { a.Threshold = nil },
		"operator":            func(a *types.MetricAlarm) { a.ComparisonOperator = types.ComparisonOperatorGreaterThanThreshold },
		"evaluation periods":  func(a *types.MetricAlarm) { a.EvaluationPeriods = aws.Int32(6) },
		"datapoints to alarm": func(a *types.MetricAlarm) { a.DatapointsToAlarm = aws.Int32(4) },
		"all datapoints":      func(a *types.MetricAlarm) { a.DatapointsToAlarm = nil },
		"missing data":        func(a *types.MetricAlarm) { a.TreatMissingData = aws.String("ignore") },
		"missing data unset":  func(a *types.MetricAlarm) { a.TreatMissingData = nil },
		"topic taken away":    func(a *types.MetricAlarm) { a.AlarmActions = nil },
		"description deleted": func(a *types.MetricAlarm) { a.AlarmDescription = nil },
		"shard count":         func(a *types.MetricAlarm) { query(a, 3).Expression = aws.String("5") },
		"expression":          func(a *types.MetricAlarm) { query(a, 8).Expression = aws.String("MAX([e1, e2])") },
		"label":               func(a *types.MetricAlarm) { query(a, 8).Label = nil },
		"id":                  func(a *types.MetricAlarm) { query(a, 8).Id = aws.String("e9") },
		"another returned":    func(a *types.MetricAlarm) { query(a, 0).ReturnData = nil },
		"another account":     func(a *types.MetricAlarm) { query(a, 0).AccountId = aws.String("210987654321") },
		"one metric less":     func(a *types.MetricAlarm) { a.Metrics = a.Metrics[1:] },
		"no metric math":      func(a *types.MetricAlarm) { a.Metrics, a.MetricName = nil, aws.String("IncomingBytes") },
		"period":              func(a *types.MetricAlarm) { metric(a).Period = aws.Int32(300) },
		"statistic":           func(a *types.MetricAlarm) { metric(a).Stat = aws.String("Average") },
		"unit":                func(a *types.MetricAlarm) { metric(a).Unit = types.StandardUnitPercent },
		"metric name":         func(a *types.MetricAlarm) { metric(a).Metric.MetricName = aws.String("OutgoingBytes") },
		"namespace":           func(a *types.MetricAlarm) { metric(a).Metric.Namespace = aws.String("Mine") },
		"stream":              func(a *types.MetricAlarm) { metric(a).Metric.Dimensions[0].Value = aws.String("billing") },
		"dimension added": func(a *types.MetricAlarm) {
			m := metric(a).Metric
			m.Dimensions = append(m.Dimensions, types.Dimension{Name: aws.String("ShardId"), Value: aws.String("1")})
		},
		"metric without a name": func(a *types.MetricAlarm) { metric(a).Metric = nil },
		"wall clock": func(a *types.MetricAlarm) {
			a.EvaluationWindow = &types.EvaluationWindowMemberWallClockWindow{}
		},
	}
	for name, change := range drift {
		t.Run(name, func(t *testing.T) {
			f := after(t, wantOf(4))
			f.edit(up, change)
			status, err := f.client().Status(t.Context(), []scaling.AlarmWant{wantOf(4)})
			if err != nil || status["orders"].Up.InSync || !status["orders"].Down.InSync {
				t.Fatalf("not seen: %+v, %v", status["orders"], err)
			}
			if err := f.client().Update(t.Context(), wantOf(4)); err != nil {
				t.Fatal(err)
			}
			status, err = f.client().Status(t.Context(), []scaling.AlarmWant{wantOf(4)})
			if err != nil || !status["orders"].Up.InSync {
				t.Errorf("not mended: %+v, %v", status["orders"].Up, err)
			}
		})
	}
}

// What the service may give back differently is no drift: it would be rewritten for ever.
func TestTheSameSaidDifferentlyIsNoDrift(t *testing.T) {
	same := map[string]func(*types.MetricAlarm){
		"order of queries": func(a *types.MetricAlarm) {
			a.Metrics = slices.Clone(a.Metrics)
			slices.Reverse(a.Metrics)
		},
		"actions enabled unset":      func(a *types.MetricAlarm) { a.ActionsEnabled = nil },
		"a sliding window":           func(a *types.MetricAlarm) { a.EvaluationWindow = &types.EvaluationWindowMemberSlidingWindow{} },
		"other actions first":        func(a *types.MetricAlarm) { a.AlarmActions = []string{"arn:other", topic} },
		"a description of somebody":  func(a *types.MetricAlarm) { a.AlarmDescription = aws.String("mine") },
		"returned data, by default":  func(a *types.MetricAlarm) { a.Metrics = slices.Clone(a.Metrics); a.Metrics[8].ReturnData = nil },
		"a period on the expression": func(a *types.MetricAlarm) { a.Metrics = slices.Clone(a.Metrics); a.Metrics[8].Period = aws.Int32(60) },
	}
	for name, change := range same {
		t.Run(name, func(t *testing.T) {
			f := after(t, wantOf(4))
			f.edit(up, change)
			status, err := f.client().Status(t.Context(), []scaling.AlarmWant{wantOf(4)})
			if err != nil || !status["orders"].Up.InSync {
				t.Errorf("seen as drift: %+v, %v", status["orders"].Up, err)
			}
		})
	}
}

// Whatever the settings and whatever people did to the alarm, one update puts it in sync and the
// next one changes nothing.
func TestOneUpdateIsEnough(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		want := anyWant(anyWindow()).Draw(rt, "want")
		was := anyWant(anyWindow()).Draw(rt, "was")
		was.Stream = want.Stream
		f := after(t, was)
		f.edit(scaling.AlarmName(want.Stream, scaling.Up), func(a *types.MetricAlarm) {
			a.AlarmActions = rapid.SliceOfN(rapid.SampledFrom([]string{"arn:a", "arn:b", topic}), 0, 5).Draw(rt, "actions")
			a.AlarmDescription = aws.String(rapid.String().Draw(rt, "before") + aws.ToString(a.AlarmDescription) + rapid.String().Draw(rt, "after"))
			a.ActionsEnabled = rapid.SampledFrom([]*bool{nil, aws.Bool(true), aws.Bool(false)}).Draw(rt, "enabled")
		})
		for i := range 2 {
			f.calls = nil
			if err := f.client().Update(t.Context(), want); err != nil {
				rt.Fatal(err)
			}
			if i == 1 && len(f.calls) != 1 {
				rt.Errorf("the second update called %v", f.calls)
			}
		}
		status, err := f.client().Status(t.Context(), []scaling.AlarmWant{want})
		if pair := status[want.Stream]; err != nil || !pair.Up.InSync || !pair.Down.InSync {
			rt.Errorf("%+v, %v", status, err)
		}
	})
}

// Arming an alarm runs what others have it do for OK and for ALARM.
func TestStatusTellsWhetherOthersHearOfIt(t *testing.T) {
	for name, c := range map[string]struct {
		edit    func(*types.MetricAlarm)
		watched bool
	}{
		"as we make it":        {func(*types.MetricAlarm) {}, false},
		"an action for ALARM":  {func(a *types.MetricAlarm) { a.AlarmActions = append(a.AlarmActions, pager) }, true},
		"an action for OK":     {func(a *types.MetricAlarm) { a.OKActions = []string{pager} }, true},
		"one for missing data": {func(a *types.MetricAlarm) { a.InsufficientDataActions = []string{pager} }, false},
		"all disabled": {func(a *types.MetricAlarm) {
			a.OKActions, a.ActionsEnabled = []string{pager}, aws.Bool(false)
		}, false},
	} {
		f := after(t, wantOf(4))
		f.edit(up, c.edit)
		got, err := f.client().Status(t.Context(), []scaling.AlarmWant{wantOf(4)})
		if err != nil || got["orders"].Up.Watched != c.watched || got["orders"].Down.Watched {
			t.Errorf("%s: %+v, %v; want watched %t", name, got["orders"], err, c.watched)
		}
	}
}
