package cloudwatch

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// owns reports whether an alarm with a name of ours is ours, by what DescribeAlarms says of it: its
// description names our table, or it notifies our topic, as those do whose description a person wrote and
// those of versions that did not name the table, or it is one of aws-samples/kinesis-auto-scaling for this
// very stream, whose users move over in place. All others are somebody else's, another stack's too.
func (c *Client) owns(a types.MetricAlarm, stream string) bool {
	return c.wrote(a) || tableOf(aws.ToString(a.AlarmDescription)) == "" && isPredecessors(a, stream)
}

// wrote reports whether an alarm with a name of ours was made or taken over by us: it names our table, or it
// notifies our topic.
func (c *Client) wrote(a types.MetricAlarm) bool {
	table := tableOf(aws.ToString(a.AlarmDescription))
	return table != "" && table == c.opts.Table || slices.Contains(a.AlarmActions, c.opts.TopicARN)
}

// isPredecessors reports whether an alarm has the form that aws-samples/kinesis-auto-scaling gives it, in its
// Go code and in its templates: traffic of one stream, filled with 0, the larger of two usage factors.
func isPredecessors(a types.MetricAlarm, stream string) bool {
	metrics, formulas := map[string]bool{}, map[string]bool{}
	for _, q := range a.Metrics {
		if q.MetricStat == nil {
			formulas[strings.ReplaceAll(aws.ToString(q.Expression), " ", "")] = true
			continue
		}
		m := q.MetricStat.Metric
		if m == nil || aws.ToString(m.Namespace) != namespace || !slices.Equal(dimensions(m), []string{"StreamName=" + stream}) {
			return false
		}
		metrics[aws.ToString(m.MetricName)] = true
	}
	larger := false
	for formula := range formulas {
		larger = larger || strings.HasPrefix(formula, "MAX([e3,e4")
	}
	return metrics["IncomingBytes"] && metrics["IncomingRecords"] && formulas["FILL(m1,0)"] && formulas["FILL(m2,0)"] && larger
}
