package metricmath_test

import (
	"fmt"
	"time"

	"github.com/shardkeeper/shardkeeper/metricmath"
)

// stream serves the metrics of one Kinesis stream.
type stream map[string]*metricmath.Ring

func (s stream) Metric(name metricmath.MetricName) metricmath.Metric { return s[name.Name] }

func kinesis(id, metric string) metricmath.Query {
	return metricmath.Query{ID: id, Label: metric, MetricStat: &metricmath.MetricStat{
		Metric: metricmath.MetricName{
			Namespace: "AWS/Kinesis", Name: metric, Dimensions: []metricmath.Dimension{{Name: "StreamName", Value: "orders"}},
		},
		Stat: metricmath.Sum, Period: time.Minute,
	}}
}

// An alarm that tells when a stream of four shards is three quarters full, or
// when more than one write in a hundred is throttled. FILL gives e3, and so e4, a
// point at every time: before the first minute of data the utilization is 0.
func Example() {
	up := metricmath.Definition{
		Queries: []metricmath.Query{
			kinesis("m1", "IncomingBytes"),
			kinesis("m2", "IncomingRecords"),
			kinesis("m3", "WriteProvisionedThroughputExceeded"),
			{ID: "s1", Label: "shards", Expression: "4"},
			{ID: "e1", Label: "bytes", Expression: "m1/(1048576*60*s1)"},
			{ID: "e2", Label: "records", Expression: "m2/(1000*60*s1)"},
			{ID: "e3", Label: "throttled", Expression: "IF(FILL(m3,0) > 0.01*(m2+m3), 1, 0)"},
			{ID: "e4", Label: "utilization", Expression: "MAX([e1,e2,e3])", ReturnData: true},
		},
		Threshold: 0.75, ComparisonOperator: metricmath.GreaterThanOrEqualToThreshold,
		EvaluationPeriods: 5, DatapointsToAlarm: 3,
	}
	metrics := stream{}
	for _, q := range up.Queries[:3] {
		metrics[q.Label] = metricmath.NewRing(up.Reach())
	}
	alarm, err := metricmath.New(up, metrics, time.Minute)
	if err != nil {
		fmt.Println(err)
		return
	}

	start := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for minute := range 12 {
		now := start.Add(time.Duration(minute+1) * time.Minute)
		records := 60_000.0 // a quarter of 4,000 a second
		if minute >= 6 {
			records = 216_000 // nine tenths
		}
		metrics["IncomingRecords"].Put(metricmath.Minute(now)-1, metricmath.Value(records))
		metrics["IncomingBytes"].Put(metricmath.Minute(now)-1, metricmath.Value(records*500))
		if t, changed := alarm.Evaluate(now); changed {
			fmt.Printf("%s %s -> %s\n%s\n", t.At.Format("15:04"), t.From, t.To, t.Reason)
		}
	}

	// The stream has eight shards now: the next evaluation sees the past with them.
	up.Queries[3].Expression = "8"
	if err := alarm.Put(up); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("after Put:", alarm.State())
	t, _ := alarm.Evaluate(start.Add(12 * time.Minute))
	fmt.Println("evaluated:", t.To)

	// Output:
	// 12:01 INSUFFICIENT_DATA -> OK
	// Threshold Crossed: 5 out of the last 5 datapoints [0.25 (23/11/26 12:00:00), 0.0 (23/11/26 11:59:00), 0.0 (23/11/26 11:58:00), 0.0 (23/11/26 11:57:00), 0.0 (23/11/26 11:56:00)] were not greater than or equal to the threshold (0.75) (minimum 3 datapoints for ALARM -> OK transition).
	// 12:09 OK -> ALARM
	// Threshold Crossed: 3 out of the last 5 datapoints [0.9 (23/11/26 12:08:00), 0.9 (23/11/26 12:07:00), 0.9 (23/11/26 12:06:00)] were greater than or equal to the threshold (0.75) (minimum 3 datapoints for OK -> ALARM transition).
	// after Put: ALARM
	// evaluated: OK
}

func ExampleParse() {
	e, err := metricmath.Parse("m1/(1048576*60*s1) > .75 && m2 != 0")
	fmt.Println(e, err)
	fmt.Println(e.IDs())
	_, err = metricmath.Parse("MAX([m1, m2)")
	fmt.Println(err)
	// Output:
	// m1 / (1048576 * 60 * s1) > 0.75 AND m2 != 0 <nil>
	// [m1 m2 s1]
	// expression "MAX([m1, m2)": at character 12: expected "]", found ")"
}

func ExampleDefinition_Validate() {
	d := metricmath.Definition{
		Queries: []metricmath.Query{
			kinesis("m1", "IncomingBytes"),
			{ID: "e1", Expression: "m1/s1", ReturnData: true},
		},
		ComparisonOperator: metricmath.GreaterThanThreshold, EvaluationPeriods: 5,
	}
	fmt.Println(d.Validate())
	// Output:
	// query "e1": expression "m1/s1": at character 4: no query has the id "s1"
}
