package metricmath

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestReasons: the wording is that of real state changes, as shown in the user
// guide ("How partial data is handled", read 2026-11-23, first row) and in
// notifications that users published.
func TestReasons(t *testing.T) {
	const breaching, within = 20000, 0
	tests := []struct {
		name      string
		n, m      int
		operator  ComparisonOperator
		threshold float64
		missing   MissingData
		values    map[int64]float64 // by minutes before 11:26
		want      string
	}{
		{
			"3 of 3, M = 1", 3, 1, GreaterThanThreshold, 0, TreatMissing,
			map[int64]float64{1: breaching, 2: breaching, 3: breaching},
			"Threshold Crossed: 3 out of the last 3 datapoints [20000.0 (08/11/22 11:25:00), 20000.0 (08/11/22 11:24:00), 20000.0 (08/11/22 11:23:00)] were greater than the threshold (0.0) (minimum 1 datapoint for OK -> ALARM transition).",
		},
		{
			"back to OK", 2, 2, GreaterThanOrEqualToThreshold, 1, TreatMissing,
			map[int64]float64{1: within, 2: 3},
			"Threshold Crossed: 1 out of the last 2 datapoints [0.0 (08/11/22 11:25:00)] was not greater than or equal to the threshold (1.0) (minimum 1 datapoint for ALARM -> OK transition).",
		},
		{
			"all of N", 1, 0, LessThanThreshold, 65, TreatMissing,
			map[int64]float64{1: 3.25},
			"Threshold Crossed: 1 datapoint [3.25 (08/11/22 11:25:00)] was less than the threshold (65.0).",
		},
		{
			"all of N, OK", 2, 0, LessThanOrEqualToThreshold, 42, TreatMissing,
			map[int64]float64{1: 43, 2: 44},
			"Threshold Crossed: 2 datapoints [43.0 (08/11/22 11:25:00), 44.0 (08/11/22 11:24:00)] were not less than or equal to the threshold (42.0).",
		},
		{
			"filled", 20, 1, GreaterThanOrEqualToThreshold, 1, TreatNotBreaching,
			map[int64]float64{1: 613},
			"Threshold Crossed: 1 out of the last 20 datapoints [613.0 (08/11/22 11:25:00)] was greater than or equal to the threshold (1.0) and 19 missing datapoints were treated as [NonBreaching] (minimum 1 datapoint for OK -> ALARM transition).",
		},
		{
			"no data", 3, 3, GreaterThanThreshold, 1, TreatBreaching, nil,
			"Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as [Breaching].",
		},
		{
			"no data for one period", 1, 0, GreaterThanThreshold, 1, TreatNotBreaching, nil,
			"Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].",
		},
		{
			"decided by the missing ones", 3, 2, GreaterThanThreshold, 1, TreatBreaching,
			map[int64]float64{1: within},
			"Threshold Crossed: 1 datapoint was received for 3 periods and 2 missing datapoints were treated as [Breaching].",
		},
		{
			"premature", 3, 3, LessThanThreshold, 1, TreatMissing,
			map[int64]float64{3: 0},
			"Threshold Crossed: 1 out of the last 3 datapoints [0.0 (08/11/22 11:23:00)] was less than the threshold (1.0) (minimum 3 datapoints for OK -> ALARM transition).",
		},
		{"unknown", 5, 5, GreaterThanThreshold, 1, TreatMissing, nil, "Insufficient Data: 5 datapoints were unknown."},
		{"unknown, one", 1, 0, GreaterThanThreshold, 1, "", nil, "Insufficient Data: 1 datapoint was unknown."},
	}
	now := time.Date(2022, 11, 8, 11, 26, 5, 0, time.UTC)
	for _, tt := range tests {
		d := metricAlarm(tt.n, tt.m, tt.missing)
		d.ComparisonOperator, d.Threshold = tt.operator, tt.threshold
		metrics := namedMetrics{}
		for ago, v := range tt.values {
			metrics.put("m1", Minute(now)-ago, v)
		}
		r, err := Evaluate(d, metrics, now, OK)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, r.Reason); diff != "" {
			t.Errorf("%s:\n%s", tt.name, diff)
		}
		if len(r.Datapoints) != len(tt.values) || r.Missing != tt.n-len(tt.values) {
			t.Errorf("%s: %d datapoints and %d missing", tt.name, len(r.Datapoints), r.Missing)
		}
	}
}

func TestNumbersAreWrittenAsJavaDoes(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0.0", 1: "1.0", -2.5: "-2.5", 0.2411688854917884: "0.2411688854917884", 9999999: "9999999.0",
		1e7: "1.0E7", 123456789: "1.23456789E8", 0.001: "0.001", 0.00015: "1.5E-4",
	} {
		if got := javaNumber(v); got != want {
			t.Errorf("%v is written %s, want %s", v, got, want)
		}
	}
}
