// Package pace says how fast Shardkeeper's reconciler calls AWS. It is the one that makes calls in bulk, and the
// quotas are those of the whole account: it leaves something of each to others.
package pace

// Rate is how many calls there may be: a token bucket that fills at PerSecond and holds Burst. The zero Rate
// allows none.
type Rate struct {
	PerSecond float64
	Burst     int
}

// call is an operation that the reconciler makes in bulk.
type call struct {
	perSecond float64 // that an account may make
	ours      float64 // of them that the reconciler makes, unless it is told its share
	burst     int
}

// calls are the reconciler's, by the operation's name. The quotas are those of the pages on quotas of Kinesis,
// CloudWatch, Lambda (15 control calls in all) and Tag Editor, read 2026-11.
func calls() map[string]call {
	return map[string]call{
		"DescribeStreamSummary":  {20, 10, 10},
		"ListTagsForStream":      {5, 3, 3},
		"ListStreams":            {5, 2, 1},
		"GetResources":           {15, 8, 1},
		"DescribeAlarms":         {9, 4, 1},
		"PutMetricAlarm":         {3, 2.5, 1},
		"SetAlarmState":          {3, 2.5, 1},
		"DeleteAlarms":           {3, 2.5, 1},
		"GetFunctionConcurrency": {15, 4, 1},
		"PutFunctionConcurrency": {15, 4, 1},
	}
}

// LeastShare and MostShare bound the share of the quotas that can be given: with less the reconciler does not keep up
// with a few hundred streams, with more it takes turns from others at each small burst.
const (
	LeastShare = 10
	MostShare  = 90
)

// Reconciler returns the rate of each operation that the reconciler makes in bulk, by the operation's name; others
// have none and need not wait. The share is that of each quota, in percent, LeastShare to MostShare. 0: about half of
// what Kinesis, DescribeAlarms and the tagging service allow, most of what changes alarms, and a quarter of Lambda's.
func Reconciler(share int) map[string]Rate {
	rates := map[string]Rate{}
	for name, c := range calls() {
		r := Rate{c.ours, c.burst}
		if share > 0 {
			r.PerSecond = c.perSecond * float64(share) / 100
			r.Burst = max(1, min(c.burst, int(c.perSecond-r.PerSecond))) // a second has the burst too
		}
		rates[name] = r
	}
	return rates
}

// Idle is how many looks a second there are at streams that do nothing: the rest of the reconciler's
// DescribeStreamSummary calls is for those that do something, and for what comes in between.
func Idle(rates map[string]Rate) float64 { return 0.6 * rates["DescribeStreamSummary"].PerSecond }
