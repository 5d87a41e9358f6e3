// Package pace says how fast Shardkeeper's reconciler calls AWS. It is the one that makes calls in bulk, and the
// quotas are those of the whole account: it leaves something of each to others.
package pace

// Rate is how many calls there may be: a token bucket that fills at PerSecond and holds Burst. The zero Rate
// allows none.
type Rate struct {
	PerSecond float64
	Burst     int
}

// Reconciler returns the rate of each operation that the reconciler makes in bulk, by the operation's name; others
// have none and need not wait. A second allows an account 20 DescribeStreamSummary, 5 ListTagsForStream and
// ListStreams, 15 GetResources of the tagging service, 9 DescribeAlarms, 3 PutMetricAlarm, SetAlarmState and DeleteAlarms each, and 15 control calls of
// Lambda in all (pages on quotas of Kinesis, CloudWatch and Lambda, read 2026-11).
func Reconciler() map[string]Rate {
	return map[string]Rate{
		"DescribeStreamSummary":  {10, 10},
		"ListTagsForStream":      {3, 3},
		"ListStreams":            {2, 1},
		"GetResources":           {5, 1},
		"DescribeAlarms":         {4, 1},
		"PutMetricAlarm":         {2.5, 1},
		"SetAlarmState":          {2.5, 1},
		"DeleteAlarms":           {2.5, 1},
		"GetFunctionConcurrency": {4, 1},
		"PutFunctionConcurrency": {4, 1},
	}
}
