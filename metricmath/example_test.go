package metricmath_test

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/shardkeeper/shardkeeper/metricmath"
)

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// The share of failed requests, from recorded metrics. At 12:02 nothing was
// recorded: FILL makes no failure of that, and without requests there is no share.
func ExampleCompute() {
	share, err := metricmath.Compute("100 * FILL(errors, 0) / requests",
		map[string]metricmath.Input{
			"requests": {Metric: metricmath.Recorded(noon, 50, 80, math.NaN(), 100), Stat: metricmath.Sum},
			"errors":   {Metric: metricmath.Recorded(noon, 1, 4, math.NaN(), math.NaN()), Stat: metricmath.Sum},
		},
		metricmath.Range{From: noon, To: noon.Add(4 * time.Minute), Period: time.Minute},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range share {
		fmt.Println(p.Start.Format("15:04"), p.Value)
	}
	// Output:
	// 12:00 2
	// 12:01 5
	// 12:03 0
}

// fleet finds metrics by their name.
type fleet map[string]metricmath.Metric

func (f fleet) Metric(name metricmath.MetricName) metricmath.Metric { return f[name.Name] }

// metric is a query of one of the metrics of an application, minute by minute.
func metric(id, name string) metricmath.Query {
	return metricmath.Query{ID: id, Label: name, MetricStat: &metricmath.MetricStat{
		Metric: metricmath.MetricName{Namespace: "Shop", Name: name}, Stat: metricmath.Sum, Period: time.Minute,
	}}
}

// Would this alarm have gone off? Three of the newest five minutes must breach;
// minutes without data are looked for further back, two of them here.
func ExampleEvaluate() {
	alarm := metricmath.Definition{
		Queries: []metricmath.Query{
			metric("m1", "Errors"),
			metric("m2", "Requests"),
			{ID: "e1", Expression: "m1 / m2", ReturnData: true},
		},
		ComparisonOperator: metricmath.GreaterThanThreshold, Threshold: 0.05,
		EvaluationPeriods: 5, DatapointsToAlarm: 3,
	}
	recorded := fleet{
		"Errors":   metricmath.Recorded(noon, 0, 1, 8, math.NaN(), 9, 7),
		"Requests": metricmath.Recorded(noon, 90, 100, 100, math.NaN(), 100, 100),
	}
	result, err := metricmath.Evaluate(alarm, recorded, noon.Add(6*time.Minute), metricmath.OK)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(result.State)
	fmt.Println(result.Reason)
	for _, p := range result.Datapoints {
		fmt.Println(p.Start.Format("15:04"), p.Value)
	}
	// Output:
	// ALARM
	// Threshold Crossed: 3 out of the last 5 datapoints [0.07 (26/11/26 12:05:00), 0.09 (26/11/26 12:04:00), 0.08 (26/11/26 12:02:00)] were greater than the threshold (0.05) (minimum 3 datapoints for OK -> ALARM transition).
	// 12:05 0.07
	// 12:04 0.09
	// 12:02 0.08
	// 12:01 0.01
	// 12:00 0
}

// An alarm that follows something with four units of capacity, each of which
// takes 1 MiB and 1,000 records a second. It tells when three quarters of that is
// used, or when more than one record in a hundred is refused. FILL gives e3, and
// so e4, a point at every time: before the first minute of data the use is 0. The
// number of units is a query of its own, so that a change of capacity is a Put.
func ExampleAlarm() {
	up := metricmath.Definition{
		Queries: []metricmath.Query{
			metric("m1", "Bytes"),
			metric("m2", "Records"),
			metric("m3", "Refused"),
			{ID: "s1", Label: "units", Expression: "4"},
			{ID: "e1", Label: "bytes", Expression: "m1/(1048576*60*s1)"},
			{ID: "e2", Label: "records", Expression: "m2/(1000*60*s1)"},
			{ID: "e3", Label: "refused", Expression: "IF(FILL(m3,0) > 0.01*(m2+m3), 1, 0)"},
			{ID: "e4", Label: "use", Expression: "MAX([e1,e2,e3])", ReturnData: true},
		},
		Threshold: 0.75, ComparisonOperator: metricmath.GreaterThanOrEqualToThreshold,
		EvaluationPeriods: 5, DatapointsToAlarm: 3,
	}
	bytes, records := metricmath.NewRing(up.Reach()), metricmath.NewRing(up.Reach())
	metrics := fleet{"Bytes": bytes, "Records": records, "Refused": metricmath.Samples{}}
	alarm, err := metricmath.New(up, metrics, time.Minute)
	if err != nil {
		fmt.Println(err)
		return
	}

	for minute := range 12 {
		now := noon.Add(time.Duration(minute+1) * time.Minute)
		count := 60_000.0 // a quarter of 4,000 a second
		if minute >= 6 {
			count = 216_000 // nine tenths
		}
		records.Put(metricmath.Minute(now)-1, metricmath.Value(count))
		bytes.Put(metricmath.Minute(now)-1, metricmath.Value(count*500))
		if t, changed := alarm.Evaluate(now); changed {
			fmt.Printf("%s %s -> %s\n%s\n", t.At.Format("15:04"), t.From, t.To, t.Reason)
		}
	}

	// There are eight units now: the next evaluation sees the past with them.
	up.Queries[3].Expression = "8"
	if err := alarm.Put(up); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("after Put:", alarm.State())
	t, _ := alarm.Evaluate(noon.Add(12 * time.Minute))
	fmt.Println("evaluated:", t.To)

	// Output:
	// 12:01 INSUFFICIENT_DATA -> OK
	// Threshold Crossed: 5 out of the last 5 datapoints [0.25 (26/11/26 12:00:00), 0.0 (26/11/26 11:59:00), 0.0 (26/11/26 11:58:00), 0.0 (26/11/26 11:57:00), 0.0 (26/11/26 11:56:00)] were not greater than or equal to the threshold (0.75) (minimum 3 datapoints for ALARM -> OK transition).
	// 12:09 OK -> ALARM
	// Threshold Crossed: 3 out of the last 5 datapoints [0.9 (26/11/26 12:08:00), 0.9 (26/11/26 12:07:00), 0.9 (26/11/26 12:06:00)] were greater than or equal to the threshold (0.75) (minimum 3 datapoints for OK -> ALARM transition).
	// after Put: ALARM
	// evaluated: OK
}

func ExampleParse() {
	e, err := metricmath.Parse("m1/(1048576*60*s1) > .75 && m2 != 0")
	fmt.Println(e, err)
	fmt.Println(e.IDs())
	_, err = metricmath.Parse("MAX([m1, m2)")
	fmt.Println(err)
	_, err = metricmath.Parse("m1 / STDDEV(m1)")
	if missing, ok := errors.AsType[*metricmath.NotModelledError](err); ok {
		fmt.Println("not modelled:", missing.Feature)
	}
	// Output:
	// m1 / (1048576 * 60 * s1) > 0.75 AND m2 != 0 <nil>
	// [m1 m2 s1]
	// expression "MAX([m1, m2)": at character 12: expected "]", found ")"
	// not modelled: STDDEV
}

func ExampleDefinition_Validate() {
	d := metricmath.Definition{
		Queries: []metricmath.Query{
			metric("m1", "Bytes"),
			{ID: "e1", Expression: "m1/s1", ReturnData: true},
		},
		ComparisonOperator: metricmath.GreaterThanThreshold, EvaluationPeriods: 5,
	}
	fmt.Println(d.Validate())
	// Output:
	// query "e1": expression "m1/s1": at character 4: no query has the id "s1"
}
