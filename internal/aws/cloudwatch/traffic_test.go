package cloudwatch_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// result is one metric's part of an answer: values at minutes after noon.
func result(id, status string, minutesAndValues ...float64) object {
	times, values := list{}, list{}
	for i := 0; i < len(minutesAndValues); i += 2 {
		times = append(times, noon().Add(time.Duration(minutesAndValues[i])*time.Minute))
		values = append(values, minutesAndValues[i+1])
	}
	return object{"Id": id, "Label": id, "StatusCode": status, "Timestamps": times, "Values": values}
}

func results(all ...any) answer { return ok(object{"MetricDataResults": all}) }

func TestTrafficJoinsTheMetricsByMinute(t *testing.T) {
	s := wantOf(4, func(s *scaling.Settings) { s.FanOutConsumers = "billing search" }).Settings
	client, calls := wire(t, results(
		result("m1", "Complete", 0, 6000, 1, 12000, 4, 60),
		result("m2", "Complete", 0, 600, 1, 1200),
		result("m3", "Complete", 1, 30),
		result("m4", "Complete", 0, 1500, 3, 60_000),
		result("m5", "Complete", 0, 2500),
		result("m6", "Complete", 0, 2000),
	))
	got, err := client.Traffic(t.Context(), "orders", s, noon(), noon().Add(5*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	minute := func(n int) time.Time { return noon().Add(time.Duration(n) * time.Minute) }
	want := scaling.Traffic{Known: true, From: noon(), To: minute(5), Samples: []scaling.Sample{
		{At: minute(0), Bytes: 100, Records: 10, IteratorAge: 2500 * time.Millisecond},
		{At: minute(1), Bytes: 200, Records: 20, Throttled: 0.5},
		{At: minute(3), IteratorAge: time.Minute},
		{At: minute(4), Bytes: 1},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}

	metric := func(id, label, name, stat string, dimensions ...any) object {
		dimensions = append(list{object{"Name": "StreamName", "Value": "orders"}}, dimensions...)
		return object{"Id": id, "Label": label, "ReturnData": true, "MetricStat": object{
			"Period": 60.0, "Stat": stat, "Metric": object{"Namespace": "AWS/Kinesis", "MetricName": name, "Dimensions": dimensions},
		}}
	}
	asked := []call{{"GetMetricData", object{
		"StartTime": float64(noon().Unix()), "EndTime": float64(minute(5).Unix()), "ScanBy": "TimestampAscending",
		"MetricDataQueries": list{
			metric("m1", "Bytes written", "IncomingBytes", "Sum"),
			metric("m2", "Records written", "IncomingRecords", "Sum"),
			metric("m3", "Records throttled", "WriteProvisionedThroughputExceeded", "Sum"),
			metric("m4", "Iterator age, ms", "GetRecords.IteratorAgeMilliseconds", "Maximum"),
			metric("m5", "Lag of billing, ms", "SubscribeToShardEvent.MillisBehindLatest", "Maximum", object{"Name": "ConsumerName", "Value": "billing"}),
			metric("m6", "Lag of search, ms", "SubscribeToShardEvent.MillisBehindLatest", "Maximum", object{"Name": "ConsumerName", "Value": "search"}),
		},
	}}}
	if diff := cmp.Diff(asked, *calls); diff != "" {
		t.Error(diff)
	}
}

// An export has no use for the consumers' metrics, which are billed too.
func TestWritesLeavesTheConsumersOut(t *testing.T) {
	client, calls := wire(t, results(result("m1", "Complete", 0, 6000), result("m2", "Complete", 0, 600), result("m3", "Complete", 0, 60)))
	got, err := client.Writes(t.Context(), "orders", time.Minute, noon(), noon().Add(5*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	want := scaling.Traffic{Known: true, From: noon(), To: noon().Add(5 * time.Minute), Samples: []scaling.Sample{{At: noon(), Bytes: 100, Records: 10, Throttled: 1}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	queries, _ := (*calls)[0].Body["MetricDataQueries"].([]any)
	var ids []any
	for _, q := range queries {
		asked, _ := q.(map[string]any)
		ids = append(ids, asked["Id"])
	}
	if diff := cmp.Diff([]any{"m1", "m2", "m3"}, ids); diff != "" {
		t.Error(diff)
	}
}

// A sum of five minutes is the mean over them, at their beginning.
func TestWritesTakesSumsOfFiveMinutes(t *testing.T) {
	client, calls := wire(t, results(result("m1", "Complete", 0, 30_000, 5, 60_000), result("m2", "Complete", 0, 3000), result("m3", "Complete", 5, 300)))
	got, err := client.Writes(t.Context(), "orders", 5*time.Minute, noon(), noon().Add(10*time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	want := []scaling.Sample{{At: noon(), Bytes: 100, Records: 10}, {At: noon().Add(5 * time.Minute), Bytes: 200, Throttled: 1}}
	if diff := cmp.Diff(want, got.Samples); diff != "" {
		t.Error(diff)
	}
	queries, _ := (*calls)[0].Body["MetricDataQueries"].([]any)
	for _, q := range queries {
		asked, _ := q.(map[string]any)
		stat, _ := asked["MetricStat"].(map[string]any)
		if period := fmt.Sprint(stat["Period"]); period != "300" {
			t.Errorf("%v is asked for by periods of %s s", asked["Id"], period)
		}
	}
}

func TestTrafficOfAnIdleStreamIsKnownAndEmpty(t *testing.T) {
	client, _ := wire(t, results(result("m1", "Complete"), result("m2", "Complete"), result("m3", "Complete"), result("m4", "Complete")))
	got, err := client.Traffic(t.Context(), "orders", wantOf(4).Settings, noon(), noon().Add(time.Hour))
	if err != nil || !got.Known || len(got.Samples) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestTrafficReadsAllPages(t *testing.T) {
	client, calls := wire(t,
		ok(object{"MetricDataResults": list{result("m1", "PartialData", 0, 60), result("m2", "Complete", 1, 120)}, "NextToken": "more"}),
		results(result("m1", "Complete", 1, 180), result("m2", "Complete")))
	got, err := client.Traffic(t.Context(), "orders", wantOf(4).Settings, noon(), noon().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	want := []scaling.Sample{{At: noon(), Bytes: 1}, {At: noon().Add(time.Minute), Bytes: 3, Records: 2}}
	if diff := cmp.Diff(want, got.Samples); diff != "" {
		t.Error(diff)
	}
	if token := (*calls)[1].Body["NextToken"]; token != "more" || len(*calls) != 2 {
		t.Errorf("%d calls, next token %v", len(*calls), token)
	}
}

// A stream whose bytes are readable and whose records are not would seem to be idle.
func TestTrafficIsAllOrNothing(t *testing.T) {
	tests := []struct {
		name    string
		answers []answer
		want    error
	}{
		{"one metric failed", []answer{results(result("m1", "Complete", 0, 60), result("m2", "InternalError"))}, scaling.ErrOutcomeUnknown},
		{"one metric is forbidden", []answer{results(result("m1", "Complete", 0, 60), result("m2", "Forbidden"))}, scaling.ErrRefused},
		{"a part is missing, and no page follows", []answer{results(result("m1", "Complete", 0, 60), result("m2", "PartialData", 0, 60))}, scaling.ErrOutcomeUnknown},
		{"a part of the last page is missing", []answer{
			ok(object{"MetricDataResults": list{result("m1", "PartialData", 0, 60)}, "NextToken": "more"}),
			results(result("m1", "PartialData", 1, 60)),
		}, scaling.ErrOutcomeUnknown},
		{"the second page failed", []answer{
			ok(object{"MetricDataResults": list{result("m1", "Complete", 0, 60)}, "NextToken": "more"}),
			{status: 400, code: "Throttling"},
		}, scaling.ErrThrottled},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client, _ := wire(t, tt.answers...)
			got, err := client.Traffic(t.Context(), "orders", wantOf(4).Settings, noon(), noon().Add(time.Hour))
			if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), `"orders"`) {
				t.Errorf("err = %v, want %v", err, tt.want)
			}
			if diff := cmp.Diff(scaling.Traffic{}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTrafficTakesAnyNumber(t *testing.T) {
	odd := result("m1", "Complete", -60, 60, 0, 60, 60, 60, 59, 60)
	odd["Values"] = list{60.0, 60.0, 60.0} // fewer values than times
	client, _ := wire(t, results(odd,
		result("m4", "Complete", 0, math.NaN(), 1, -5, 2, math.Inf(1), 3, 1e300, 4, 0.5)))
	got, err := client.Traffic(t.Context(), "orders", wantOf(4).Settings, noon(), noon().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	const decade = 10 * 365 * 24 * time.Hour
	minute := func(n int) time.Time { return noon().Add(time.Duration(n) * time.Minute) }
	want := []scaling.Sample{
		{At: minute(0), Bytes: 1},
		{At: minute(1)},
		{At: minute(2), IteratorAge: decade},
		{At: minute(3), IteratorAge: decade},
		{At: minute(4), IteratorAge: 500 * time.Microsecond},
	}
	if diff := cmp.Diff(want, got.Samples); diff != "" {
		t.Error(diff)
	}
}

// No datapoint is no word of the lag, and 0 is one.
func TestLagOfTheConsumers(t *testing.T) {
	s := wantOf(4, func(s *scaling.Settings) { s.FanOutConsumers = "billing" }).Settings
	for name, c := range map[string]struct {
		lags  []any
		want  time.Duration
		known bool
	}{
		"none":                {[]any{result("m4", "Complete"), result("m5", "Complete")}, 0, false},
		"caught up":           {[]any{result("m4", "Complete", 0, 0, 1, 0)}, 0, true},
		"the longest of both": {[]any{result("m4", "Complete", 0, 1500, 1, 900), result("m5", "Complete", 1, 61_000)}, 61 * time.Second, true},
	} {
		client, calls := wire(t, results(c.lags...))
		lag, known, err := client.Lag(t.Context(), "orders", s, noon(), noon().Add(5*time.Minute))
		if err != nil || lag != c.want || known != c.known {
			t.Errorf("%s: %s, %t, %v; want %s, %t", name, lag, known, err, c.want, c.known)
		}
		if asked, _ := (*calls)[0].Body["MetricDataQueries"].([]any); len(asked) != 2 {
			t.Errorf("%s: asked for %d metrics, want the two lags alone", name, len(asked))
		}
	}
	client, _ := wire(t, answer{status: 500, code: "InternalFailure"})
	if _, known, err := client.Lag(t.Context(), "orders", s, noon(), noon().Add(5*time.Minute)); known || !errors.Is(err, scaling.ErrOutcomeUnknown) {
		t.Errorf("no answer: %t, %v", known, err)
	}
}
