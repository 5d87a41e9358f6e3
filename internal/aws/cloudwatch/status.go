package cloudwatch

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// Status returns what CloudWatch holds for the alarms of streams, by stream name; every stream
// asked for has an entry. One call covers 50 streams.
//
// An alarm is in sync when [Client.Update] would leave it alone. ChangedAt is zero while the
// alarm's actions are disabled: its changes of state tell nobody, so none of them can be lost.
func (c *Client) Status(ctx context.Context, wants []scaling.AlarmWant) (map[string]scaling.AlarmPair, error) {
	streams := make([]string, len(wants))
	for i, want := range wants {
		streams[i] = want.Stream
	}
	existing, err := c.describe(ctx, namesOf(streams...))
	if err != nil {
		return nil, err
	}
	pairs := make(map[string]scaling.AlarmPair, len(wants))
	for _, want := range wants {
		pairs[want.Stream] = scaling.AlarmPair{
			Up:   c.status(want, scaling.Up, existing),
			Down: c.status(want, scaling.Down, existing),
		}
	}
	return pairs, nil
}

func (c *Client) status(want scaling.AlarmWant, dir scaling.Direction, existing map[string]types.MetricAlarm) scaling.AlarmStatus {
	found, exists := existing[scaling.AlarmName(want.Stream, dir)]
	if !exists {
		return scaling.AlarmStatus{}
	}
	if !c.owns(found, want.Stream) {
		return scaling.AlarmStatus{Exists: true, Foreign: true, State: scaling.AlarmState(found.StateValue)}
	}
	in := c.input(want, dir)
	keepAdditions(in, found)
	status := scaling.AlarmStatus{Exists: true, InSync: inSync(in, found), State: scaling.AlarmState(found.StateValue), Evaluated: evaluated(found)}
	if actionsEnabled(found) {
		others := func(action string) bool { return action != c.opts.TopicARN }
		status.Watched = len(found.OKActions) > 0 || slices.ContainsFunc(found.AlarmActions, others)
		status.ChangedAt = aws.ToTime(found.StateTransitionedTimestamp)
		if status.ChangedAt.IsZero() { // an alarm that is older than the field
			status.ChangedAt = aws.ToTime(found.StateUpdatedTimestamp)
		}
	}
	return status
}

// actionsEnabled reports whether an alarm notifies anybody. The API's default is that it does.
func actionsEnabled(a types.MetricAlarm) bool { return a.ActionsEnabled == nil || *a.ActionsEnabled }

// describe returns the metric alarms among the names that exist, by name.
func (c *Client) describe(ctx context.Context, names []string) (map[string]types.MetricAlarm, error) {
	found := make(map[string]types.MetricAlarm, len(names))
	for len(names) > 0 {
		batch := names[:min(len(names), maxNames)]
		names = names[len(batch):]
		in := &cloudwatch.DescribeAlarmsInput{
			AlarmNames: batch,
			AlarmTypes: []types.AlarmType{types.AlarmTypeMetricAlarm},
			MaxRecords: aws.Int32(maxNames), // the default is 50
		}
		for more := true; more; {
			var out *cloudwatch.DescribeAlarmsOutput
			err := c.call(ctx, "DescribeAlarms", subjectOf(batch), func() (err error) {
				out, err = c.api.DescribeAlarms(ctx, in)
				return err
			})
			if err != nil {
				return nil, err
			}
			for _, a := range out.MetricAlarms {
				found[aws.ToString(a.AlarmName)] = a
			}
			in.NextToken = out.NextToken
			more = aws.ToString(out.NextToken) != ""
		}
	}
	return found, nil
}
