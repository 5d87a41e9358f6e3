package cloudwatch

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// Ours returns the names of all streams' alarms that we made or took over, sorted, whatever the registry knows of
// them: by the rule of owns, but for the predecessor's alarms that we have not taken over yet. Those scale their
// streams for the predecessor. It reads every metric alarm of the account in the Region.
func (c *Client) Ours(ctx context.Context) ([]string, error) {
	var names []string
	err := c.every(ctx, func(a types.MetricAlarm, _ string, _ scaling.Direction) {
		if c.wrote(a) {
			names = append(names, aws.ToString(a.AlarmName))
		}
	})
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	return names, nil
}

// every finds each metric alarm of the account in the Region that has a name of ours, with its stream.
func (c *Client) every(ctx context.Context, found func(a types.MetricAlarm, stream string, dir scaling.Direction)) error {
	in := &cloudwatch.DescribeAlarmsInput{AlarmTypes: []types.AlarmType{types.AlarmTypeMetricAlarm}, MaxRecords: aws.Int32(maxNames)}
	for more := true; more; {
		var out *cloudwatch.DescribeAlarmsOutput
		err := c.call(ctx, "DescribeAlarms", "all alarms", func() (err error) {
			out, err = c.api.DescribeAlarms(ctx, in)
			return err
		})
		if err != nil {
			return err
		}
		for _, a := range out.MetricAlarms {
			if stream, dir, named := scaling.ParseAlarmName(aws.ToString(a.AlarmName)); named {
				found(a, stream, dir)
			}
		}
		in.NextToken = out.NextToken
		more = aws.ToString(out.NextToken) != ""
	}
	return nil
}
