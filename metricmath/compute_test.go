package metricmath

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// minutes is a range of minutes from start on.
func minutes(n int) Range {
	return Range{From: start, To: start.Add(time.Duration(n) * time.Minute), Period: time.Minute}
}

func TestCompute(t *testing.T) {
	five := Range{From: start.Add(20 * time.Second), To: start.Add(11 * time.Minute), Period: 5 * time.Minute}
	nan := math.NaN()
	tests := []struct {
		expression string
		stat       Statistic
		over       Range
		values     []float64
		want       map[int64]float64 // by minute after start
	}{
		{"m1", Sum, minutes(3), []float64{1, nan, 3, 4}, map[int64]float64{0: 1, 2: 3}},
		{"FILL(m1, REPEAT)", Sum, minutes(4), []float64{nan, 1, nan, 3}, map[int64]float64{1: 1, 2: 1, 3: 3}},
		{"m1 / MAX(m1)", Sum, minutes(3), []float64{1, 2, 4, 100}, map[int64]float64{0: 0.25, 1: 0.5, 2: 1}},
		// Three periods begin in the range; of the last, the data ends with it.
		{"m1", Sum, five, []float64{1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3}, map[int64]float64{0: 5, 5: 10, 10: 3}},
		{"m1", Average, five, []float64{1, 1, 1, 1, 6, nan, nan, nan, nan, nan, 3}, map[int64]float64{0: 2, 10: 3}},
		{"DIFF(m1)", Maximum, five, []float64{1, 7, 1, 1, 1, 2, 2, 9}, map[int64]float64{5: 2}},
		{"PERIOD(m1) + 0 * m1", Sum, five, []float64{1}, map[int64]float64{0: 300}},
		{"SUM(METRICS())", Sum, minutes(1), []float64{1}, map[int64]float64{0: 1}},
		{"TIME_SERIES(7)", Sum, minutes(2), nil, map[int64]float64{0: 7, 1: 7}},
	}
	for _, tt := range tests {
		got, err := Compute(tt.expression, map[string]Input{"m1": {Recorded(start, tt.values...), tt.stat}}, tt.over)
		if err != nil {
			t.Errorf("%s: %v", tt.expression, err)
			continue
		}
		var want []Datapoint
		for minute := range int64(60) {
			if v, ok := tt.want[minute]; ok {
				want = append(want, Datapoint{at(minute), v})
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s:\n%s", tt.expression, diff)
		}
	}
}

// TestTheCalendarIsUTC: HOUR is 0 to 23, DAY is 1 to 7 from Monday to Sunday,
// each of the start of the period, whether or not the metric has a value (user
// guide; "Enhance CloudWatch metrics with metric math functions", AWS blog; both
// read 2026-11-26).
func TestTheCalendarIsUTC(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		minute := rapid.Int64Range(-5_000_000, 50_000_000).Draw(t, "minute")
		period := rapid.Int64Range(1, 3000).Draw(t, "period")
		from := time.Unix(minute*60, 0).In(time.FixedZone("elsewhere", 5*3600))
		over := Range{From: from, To: from.Add(1), Period: time.Duration(period) * time.Minute}
		inputs := map[string]Input{"m1": {Samples{}, Sum}}
		day := int(from.UTC().Weekday())
		if day == 0 {
			day = 7
		}
		for expression, want := range map[string]int{"HOUR(m1)": from.UTC().Hour(), "DAY(m1)": day} {
			got, err := Compute(expression, inputs, over)
			if err != nil || len(got) != 1 || got[0].Value != float64(want) {
				t.Fatalf("%s at %v: %v, %v, want %d", expression, from.UTC(), got, err, want)
			}
		}
	})
}

func TestComputeRefusesBadInput(t *testing.T) {
	inputs := map[string]Input{"m1": {Samples{}, Sum}}
	ok := minutes(3)
	tests := []struct {
		name, expression string
		inputs           map[string]Input
		over             Range
		want             string
	}{
		{"syntax", "m1 +", inputs, ok, "found the end"},
		{"empty", "", inputs, ok, "the expression is empty"},
		{"number", "4", inputs, ok, "this is a number"},
		{"array", "[m1]", inputs, ok, "this is an array"},
		{"unknown", "m1 + m2", inputs, ok, `no query has the id "m2"`},
		{"bad id", "m1", map[string]Input{"M1": {Samples{}, Sum}}, ok, `input "M1": an id is`},
		{"no statistic", "m1", map[string]Input{"m1": {Metric: Samples{}}}, ok, `input "m1": statistic ""`},
		{"percentile", "m1", map[string]Input{"m1": {Samples{}, "p99"}}, ok, "p99"},
		{"no metric", "m1", map[string]Input{"m1": {Stat: Sum}}, ok, "there is no such metric"},
		{"no range", "m1", inputs, Range{Period: time.Minute}, "is empty"},
		{"backwards", "m1", inputs, Range{From: ok.To, To: ok.From, Period: time.Minute}, "is empty"},
		{"no period", "m1", inputs, Range{From: ok.From, To: ok.To}, "period 0s is not a multiple of a minute"},
		{"short period", "m1", inputs, Range{ok.From, ok.To, 10 * time.Second}, "period 10s is not modelled"},
		{"endless period", "m1", inputs, Range{ok.From, ok.To, 500 * day}, "more than 455 days"},
		{"all time", "m1", inputs, Range{time.Time{}, ok.To, time.Minute}, "at most 100800"},
	}
	for _, tt := range tests {
		if _, err := Compute(tt.expression, tt.inputs, tt.over); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
	_, err := Compute("m1 + m2", inputs, ok)
	if _, named := errors.AsType[*QueryError](err); named {
		t.Errorf("%v names a query, and there is none", err)
	}
}
