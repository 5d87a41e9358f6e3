package cloudwatch_test

import (
	"maps"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/internal/aws/cloudwatch"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// predecessorsDown gives an alarm the form of the predecessor's scale-down alarm, for a stream of more than one shard.
func predecessorsDown(stream string) func(*types.MetricAlarm) {
	return func(a *types.MetricAlarm) {
		predecessors(stream)(a)
		a.EvaluationPeriods, a.DatapointsToAlarm = aws.Int32(60), aws.Int32(57)
		for i, q := range a.Metrics {
			if aws.ToString(q.Id) == "e6" {
				a.Metrics[i].Expression = aws.String("MAX([e3,e4,e5])")
			}
		}
		for id, formula := range map[string]string{"s2": "30", "e5": "(FILL(m3,0)/1000/60)*(0.25000/s2)"} {
			a.Metrics = append(a.Metrics, types.MetricDataQuery{Id: aws.String(id), Expression: aws.String(formula)})
		}
	}
}

func predecessorsUp(stream string) func(*types.MetricAlarm) {
	return func(a *types.MetricAlarm) {
		predecessors(stream)(a)
		a.Threshold, a.EvaluationPeriods = aws.Float64(0.75), aws.Int32(5)
	}
}

// put adds an alarm of a name.
func (w whole) put(name string, form func(*types.MetricAlarm)) {
	a := types.MetricAlarm{AlarmName: aws.String(name)}
	form(&a)
	w.alarms[name] = a
}

func TestThePredecessorsStreamsAreFoundWithTheirSettings(t *testing.T) {
	w := crowd(t, 60) // ours, and one of somebody else
	w.put("a-scale-up", predecessorsUp("a"))
	w.put("a-scale-down", predecessorsDown("a"))
	w.put("b-scale-down", func(a *types.MetricAlarm) { predecessorsDown("b")(a); a.Threshold = aws.Float64(-1) }) // of one shard; up is missing
	w.put("c-scale-up", predecessorsUp("other"))
	w.put("d-scale-up", func(a *types.MetricAlarm) {
		predecessorsUp("d")(a)
		a.AlarmActions = []string{topic}
	}) // taken over
	w.put("e-scale-up", func(a *types.MetricAlarm) {
		predecessorsUp("e")(a)
		a.Threshold, a.EvaluationPeriods, a.Metrics[0].MetricStat.Period, a.Metrics[1].MetricStat.Period = nil, nil, nil, nil
	})
	found, others, err := w.client().Predecessors(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	up := scaling.Layer{"scale-up-threshold": "0.75", "scale-up-period-minutes": "5", "scale-up-evaluation-periods": "5", "scale-up-datapoints-to-alarm": "5"}
	down := scaling.Layer{
		"policy": "double-halve", "scale-down-threshold": "0.25", "scale-down-period-minutes": "5", "scale-down-evaluation-periods": "60",
		"scale-down-datapoints-to-alarm": "57", "iterator-age-minutes": "30",
	}
	both := maps.Clone(down)
	maps.Copy(both, up)
	want := []cloudwatch.Predecessor{
		{Stream: "a", Settings: both, Notifies: []string{pager}},
		{Stream: "b", Settings: down, Notifies: []string{pager}},
		{Stream: "e", Settings: scaling.Layer{"policy": "double-halve"}, Notifies: []string{pager}},
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"c-scale-up", "theirs-scale-up"}, others); diff != "" {
		t.Error(diff)
	}
	for _, p := range found {
		if _, err := scaling.Effective(p.Settings); err != nil {
			t.Errorf("%s: %v", p.Stream, err)
		}
	}
}

// The alarms fire at the same load when the settings are those that were read.
func TestThePredecessorsSettingsMakeTheSameAlarms(t *testing.T) {
	w := crowd(t, 0)
	w.put("a-scale-up", predecessorsUp("a"))
	w.put("a-scale-down", predecessorsDown("a"))
	found, _, err := w.client().Predecessors(t.Context())
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	before := map[string]types.MetricAlarm{}
	maps.Copy(before, w.alarms)
	settings, err := scaling.Effective(found[0].Settings)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.client().Update(t.Context(), scaling.AlarmWant{Stream: "a", OpenShards: 4, Settings: settings}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a-scale-up", "a-scale-down"} {
		was, is := before[name], w.alarms[name]
		toAlarm := was.DatapointsToAlarm
		if toAlarm == nil {
			toAlarm = was.EvaluationPeriods
		}
		if *is.EvaluationPeriods != *was.EvaluationPeriods || *is.DatapointsToAlarm != *toAlarm {
			t.Errorf("%s: %d of %d, was %d of %d", name, *is.DatapointsToAlarm, *is.EvaluationPeriods, *toAlarm, *was.EvaluationPeriods)
		}
		if *is.Threshold != *was.Threshold {
			t.Errorf("%s: %v, was %v", name, *is.Threshold, *was.Threshold)
		}
	}
}
