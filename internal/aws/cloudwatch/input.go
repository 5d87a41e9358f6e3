package cloudwatch

// From the wanted definition to the API's own types, with what people added to an alarm, and the
// comparison with what CloudWatch holds.

import (
	"cmp"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/shardkeeper/shardkeeper/metricmath"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// streamTag is the tag of a new alarm that holds the stream's name.
const streamTag = "shardkeeper"

// maxActions is how many actions an alarm has for a state (PutMetricAlarm, read 2026-11).
const maxActions = 5

// input returns the call that makes a new alarm.
func (c *Client) input(want scaling.AlarmWant, dir scaling.Direction) *cloudwatch.PutMetricAlarmInput {
	d := Definition(want, dir)
	in := &cloudwatch.PutMetricAlarmInput{
		AlarmName:          aws.String(scaling.AlarmName(want.Stream, dir)),
		AlarmDescription:   aws.String(Description(want, dir, c.opts.Table)),
		ActionsEnabled:     aws.Bool(true),
		AlarmActions:       []string{c.opts.TopicARN},
		ComparisonOperator: types.ComparisonOperator(d.ComparisonOperator),
		Threshold:          aws.Float64(d.Threshold),
		EvaluationPeriods:  aws.Int32(int32(d.EvaluationPeriods)), //nolint:gosec // at most 1440, see scaling.AlarmWindow
		DatapointsToAlarm:  aws.Int32(int32(d.DatapointsToAlarm)), //nolint:gosec // not above EvaluationPeriods
		TreatMissingData:   aws.String(string(d.TreatMissingData)),
		Tags:               []types.Tag{{Key: aws.String(streamTag), Value: aws.String(want.Stream)}},
	}
	for _, q := range d.Queries {
		in.Metrics = append(in.Metrics, query(q))
	}
	return in
}

func query(q metricmath.Query) types.MetricDataQuery {
	out := types.MetricDataQuery{Id: aws.String(q.ID), Label: aws.String(q.Label), ReturnData: aws.Bool(q.ReturnData)}
	if q.MetricStat == nil {
		out.Expression = aws.String(q.Expression)
		return out
	}
	m := q.MetricStat
	metric := &types.Metric{Namespace: aws.String(m.Metric.Namespace), MetricName: aws.String(m.Metric.Name)}
	for _, d := range m.Metric.Dimensions {
		metric.Dimensions = append(metric.Dimensions, types.Dimension{Name: aws.String(d.Name), Value: aws.String(d.Value)})
	}
	out.MetricStat = &types.MetricStat{
		Metric: metric,
		Stat:   aws.String(string(m.Stat)),
		Period: aws.Int32(int32(m.Period / time.Second)), //nolint:gosec // at most an hour
	}
	return out
}

// keepAdditions turns the call that makes an alarm into one that changes it: PutMetricAlarm
// replaces everything, so what people added is taken over. Tags are not: on a change CloudWatch
// ignores them, and they stay.
func keepAdditions(in *cloudwatch.PutMetricAlarmInput, existing types.MetricAlarm) {
	topic := in.AlarmActions[0]
	in.AlarmActions = slices.Clone(existing.AlarmActions)
	if !slices.Contains(in.AlarmActions, topic) {
		in.AlarmActions = append(in.AlarmActions[:min(len(in.AlarmActions), maxActions-1)], topic)
	}
	in.OKActions = existing.OKActions
	in.InsufficientDataActions = existing.InsufficientDataActions
	in.ActionsEnabled = aws.Bool(actionsEnabled(existing))
	in.ActionConfiguration = existing.ActionConfiguration
	in.WarmUpConfiguration = existing.WarmUpConfiguration
	in.AlarmDescription = aws.String(described(aws.ToString(existing.AlarmDescription), aws.ToString(in.AlarmDescription)))
	in.Tags = nil
}

// inSync reports whether a call would change nothing of what Shardkeeper owns. The rest of the
// call was taken over from the alarm.
func inSync(in *cloudwatch.PutMetricAlarmInput, existing types.MetricAlarm) bool {
	_, wallClock := existing.EvaluationWindow.(*types.EvaluationWindowMemberWallClockWindow)
	toAlarm := existing.DatapointsToAlarm
	if toAlarm == nil {
		toAlarm = existing.EvaluationPeriods // the API's default: all of them
	}
	return !wallClock && // the windows here slide
		equal(in.Threshold, existing.Threshold) &&
		in.ComparisonOperator == existing.ComparisonOperator &&
		equal(in.EvaluationPeriods, existing.EvaluationPeriods) &&
		equal(in.DatapointsToAlarm, toAlarm) &&
		aws.ToString(in.TreatMissingData) == cmp.Or(aws.ToString(existing.TreatMissingData), string(metricmath.TreatMissing)) &&
		aws.ToString(in.AlarmDescription) == aws.ToString(existing.AlarmDescription) &&
		slices.Equal(in.AlarmActions, existing.AlarmActions) &&
		slices.EqualFunc(byID(in.Metrics), byID(existing.Metrics), sameQuery)
}

func byID(queries []types.MetricDataQuery) []types.MetricDataQuery {
	return slices.SortedFunc(slices.Values(queries), func(a, b types.MetricDataQuery) int {
		return cmp.Compare(aws.ToString(a.Id), aws.ToString(b.Id))
	})
}

func sameQuery(a, b types.MetricDataQuery) bool {
	returns := func(q types.MetricDataQuery) bool { return q.ReturnData == nil || *q.ReturnData } // the API's default
	return aws.ToString(a.Id) == aws.ToString(b.Id) &&
		aws.ToString(a.Label) == aws.ToString(b.Label) &&
		aws.ToString(a.Expression) == aws.ToString(b.Expression) &&
		aws.ToString(a.AccountId) == aws.ToString(b.AccountId) &&
		returns(a) == returns(b) &&
		sameStat(a.MetricStat, b.MetricStat)
}

func sameStat(a, b *types.MetricStat) bool {
	if a == nil || b == nil || a.Metric == nil || b.Metric == nil {
		return a == nil && b == nil
	}
	return equal(a.Period, b.Period) && equal(a.Stat, b.Stat) && a.Unit == b.Unit &&
		equal(a.Metric.Namespace, b.Metric.Namespace) &&
		equal(a.Metric.MetricName, b.Metric.MetricName) &&
		slices.Equal(dimensions(a.Metric), dimensions(b.Metric))
}

// dimensions returns a metric's dimensions in a fixed order.
func dimensions(m *types.Metric) []string {
	all := make([]string, len(m.Dimensions))
	for i, d := range m.Dimensions {
		all[i] = aws.ToString(d.Name) + "=" + aws.ToString(d.Value)
	}
	slices.Sort(all)
	return all
}

// equal reports whether both are there and the same.
func equal[T comparable](a, b *T) bool { return a != nil && b != nil && *a == *b }
