package metricmath

import "testing"

// metricMathPage is the page that the examples and rules come from. The text
// read is its last public source: awsdocs/amazon-cloudwatch-user-guide,
// doc_source/using-metric-math.md at commit 20a560c.
const metricMathPage = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html, read 2026-11-23"

// TestUserGuideMath holds the worked examples of the user guide, "Using math
// expressions with CloudWatch metrics".
func TestUserGuideMath(t *testing.T) {
	t.Log(metricMathPage)
	const (
		metric1, metric2             = "30 20 0 0", "20 - 20 -"
		condition, valueA, valueB    = "1 1 0 0 -", "30 - 0 0 30", "0 0 20 - 20"
		comparison, ifMetrics        = "Comparison and logical operators", "IF(metric1, metric2, metric3)"
		ifScalarMetric, ifMetricElse = "IF(metric1, scalar2, metric3)", "IF(metric1, metric2, scalar3)"
	)
	tests := []struct {
		section, expression string
		data                []string
		want                string
	}{
		{comparison, "(m1 < m2)", []string{metric1, metric2}, "0 0 1 0"},
		{comparison, "(m1 >= 30)", []string{metric1, metric2}, "1 0 0 0"},
		{comparison, "(m1 > 15 AND m2 > 15)", []string{metric1, metric2}, "1 0 0 0"},
		{ifMetrics, "IF(m1, m2, m3)", []string{condition, valueA, valueB}, "30 0 20 - -"},
		{ifScalarMetric, "IF(m1, 5, m2)", []string{condition, valueB}, "5 5 20 - -"},
		{ifMetricElse, "IF(m1, m2, 5)", []string{condition, valueA}, "30 0 5 5 -"},
		// "To display only the low values of a metric".
		{"Use case examples", "IF(m1<400, m1)", []string{"100 400 - 399"}, "100 - - 399"},
		// "To change each data point in a metric to one of two values".
		{"Use case examples", "IF(m1<400, 10, 2)", []string{"100 400 - 399"}, "10 2 - 10"},
	}
	for _, tt := range tests {
		if got := calculate(t, tt.expression, tt.data...); got != tt.want {
			t.Errorf("%s: %s = %s, want %s", tt.section, tt.expression, got, tt.want)
		}
	}
}

// TestMath holds the rules that the same page states in words.
func TestMath(t *testing.T) {
	t.Log(metricMathPage)
	tests := []struct {
		rule, expression string
		data             []string
		want             string
	}{
		{"arithmetic", "m1 + m2", []string{"1 2 3", "10 20 30"}, "11 22 33"},
		{"missing counts as 0 where the other has a point", "m1 + m2", []string{"1 - 3 -", "- 20 30 -"}, "1 20 33 -"},
		{"missing counts as 0 where the other has a point", "m1 - m2", []string{"1 - 3 -", "- 20 30 -"}, "1 -20 -27 -"},
		{"missing counts as 0 where the other has a point", "m1 * m2", []string{"1 - 3", "- 20 30"}, "0 0 90"},
		{"division by zero drops the point", "m1 / m2", []string{"1 - 3 4", "- 20 0 2"}, "- 0 - 2"},
		{"division by a number that is zero drops all", "m1 / (2 - 2)", []string{"1 2"}, "- -"},
		{"a number has no points of its own", "5 + m1", []string{"1 - 3"}, "6 - 8"},
		{"a result that is no number is dropped", "m1 ^ 0.5", []string{"4 -4 9"}, "2 - 3"},
		{"power binds more strongly than minus", "-m1 ^ 2", []string{"2 3 4"}, "-4 -9 -16"},
		{"power groups to the right", "m1 ^ 1 ^ 3", []string{"2 3 4"}, "2 3 4"},
		{"left to right", "m1 - 1 - 1", []string{"2 3 4"}, "0 1 2"},
		{"operators on arrays", "SUM(100 / [m1, m2])", []string{"1 2 4", "10 50 -"}, "110 52 25"},
		{"operators on arrays", "AVG([m1, m2] / m3)", []string{"2 4 6", "4 8 12", "2 2 0"}, "1.5 3 -"},
		{"operators on arrays", "SUM(-[m1, m2])", []string{"1 2 3", "10 20 30"}, "-11 -22 -33"},
		{"array functions, point by point", "MAX([m1, m2])", []string{"1 5 - -", "3 2 -7 -"}, "3 5 -7 -"},
		{"array functions, point by point", "MIN([m1, m2])", []string{"1 5 9 -", "3 2 - -"}, "1 2 9 -"},
		{"array functions, point by point", "SUM([m1, m2])", []string{"1 5 9 -", "3 2 - -"}, "4 7 9 -"},
		{"AVG: missing values are treated as 0", "AVG([m1, m2])", []string{"1 5 9 -", "3 2 - -"}, "2 3.5 4.5 -"},
		{"METRICS, all", "SUM(METRICS())", []string{"1 2 3", "10 20 30"}, "11 22 33"},
		{"METRICS, by id", `SUM(METRICS("2"))`, []string{"1 2 3", "10 20 30"}, "10 20 30"},
		{"DATAPOINT_COUNT of one series: a number", "m1 / DATAPOINT_COUNT(m1)", []string{"2 - 4"}, "1 - 2"},
		{"DATAPOINT_COUNT of an empty series: 0", "m1 + DATAPOINT_COUNT(m2)", []string{"1 2 3", "- - -"}, "1 2 3"},
		{"DATAPOINT_COUNT of an array, point by point", "DATAPOINT_COUNT([m1, m2])", []string{"1 5 - -", "3 - 0 -"}, "2 1 1 -"},
		{"the guide's average of a sparse metric", "TIME_SERIES(SUM(m1) / DATAPOINT_COUNT(m1))", []string{"2 - 4 -"}, "3 3 3 3"},
		{"METRIC_COUNT", "m1 / METRIC_COUNT(METRICS())", []string{"2 4 6", "1 1 1"}, "1 2 3"},
		{"arrays in arrays", `SUM([METRICS("1"), METRICS("2")])`, []string{"1 2 3", "10 20 30"}, "11 22 33"},
		{"of one series: a number", "MAX(m1) / m1", []string{"1 4 2"}, "4 1 2"},
		{"of one series: a number", "m1 - MIN(m1)", []string{"1 4 2"}, "0 3 1"},
		{"of one series: a number", "m1 / SUM(m1)", []string{"1 - 3"}, "0.25 - 0.75"},
		{"AVG: missing values are treated as 0", "m1 - AVG(m1)", []string{"3 - 3"}, "1 - 1"},
		{"of an empty series: no number", "m1 + MAX(m2)", []string{"1 2 3", "- - -"}, "- - -"},
		{"FILL", "FILL(m1, 10)", []string{"- 1 - -"}, "10 1 10 10"},
		{"FILL with a number of a series", "FILL(m1, MIN(m1))", []string{"- 4 - 2"}, "2 4 2 2"},
		{"FILL REPEAT: the most recent value before", "FILL(m1, REPEAT)", []string{"- 1 - - 4 -"}, "- 1 1 1 4 4"},
		{"FILL LINEAR: a line between both ends of the gap", "FILL(m1, LINEAR)", []string{"- 1 - - 4 -"}, "- 1 2 3 4 -"},
		{"FILL of an array", "SUM(FILL(METRICS(), 1))", []string{"- 1 5", "2 - -"}, "3 2 6"},
		{"FILL of an array with a series", "SUM(FILL([m1], m2))", []string{"- 1 -", "2 3 -"}, "2 1 -"},
		{"ABS", "ABS(m1 - m2)", []string{"1 5 -", "3 2 -"}, "2 3 -"},
		{"CEIL", "CEIL(m1)", []string{"1.2 -1.2 3"}, "2 -1 3"},
		{"FLOOR", "FLOOR(m1)", []string{"1.2 -1.2 3"}, "1 -2 3"},
		{"LOG", "LOG(m1)", []string{"1 0 -1"}, "0 - -"},
		{"LOG10", "LOG10(m1)", []string{"1000 1 0"}, "3 0 -"},
		{"PERIOD, in seconds", "m1 / PERIOD(m1)", []string{"60 120 30"}, "1 2 0.5"},
		{"TIME_SERIES: not sparse", "TIME_SERIES(4) + m1", []string{"1 - 3"}, "5 4 7"},
		{"DIFF", "DIFF(m1)", []string{"1 4 - 2"}, "- 3 - -2"},
		{"RATE, a second", "RATE(m1)", []string{"0 60 - 300"}, "- 1 - 2"},
		{"IF with a number as condition", "IF(2 > 1, m1, m2)", []string{"1 - 3", "9 9 9"}, "1 - 3"},
		{"IF with a number as condition", "IF(1 > 2, m1, m2)", []string{"1 - 3", "9 9 9"}, "9 9 9"},
		{"IF with a number as condition, nothing else", "IF(1 > 2, m1)", []string{"1 - 3"}, "- - -"},
		{"any value but 0 is true", "IF(m1, 1, 0)", []string{"-3 0 0.1"}, "1 0 1"},
		{"logic of values", "m1 || m2", []string{"0 0 2 -", "0 1 - -"}, "0 1 1 -"},
		{"comparison", "m1 == m2", []string{"0 1 2", "- 1 3"}, "1 1 0"},
		{"comparison", "m1 != m2", []string{"0 1 2", "- 1 3"}, "0 0 1"},
		{"comparison", "m1 <= m2", []string{"0 1 4", "- 1 3"}, "1 1 0"},
	}
	for _, tt := range tests {
		if got := calculate(t, tt.expression, tt.data...); got != tt.want {
			t.Errorf("%s: %s = %s, want %s", tt.rule, tt.expression, got, tt.want)
		}
	}
}

func TestStatistics(t *testing.T) {
	ring := NewRing(16)
	ring.Put(0, Sample{Sum: 6, Minimum: 1, Maximum: 3, Count: 3})
	ring.Put(2, Sample{Sum: 10, Minimum: 10, Maximum: 10, Count: 1})
	ring.Put(3, Sample{}) // no value
	tests := []struct {
		stat Statistic
		want float64
	}{{Sum, 16}, {Average, 4}, {Minimum, 1}, {Maximum, 10}, {SampleCount, 4}}
	for _, tt := range tests {
		if got := aggregate(ring, 5, 5, tt.stat); got != (point{tt.want, true}) {
			t.Errorf("%s = %v, want %v", tt.stat, got, tt.want)
		}
	}
	if got := aggregate(ring, 5, 2, Sum); got.ok {
		t.Errorf("a period without values gave %v, want none", got)
	}
}

func TestRingForgetsOldMinutes(t *testing.T) {
	ring := NewRing(4)
	for minute := int64(-3); minute < 6; minute++ {
		ring.Put(minute, Value(float64(minute)))
	}
	for minute := int64(-3); minute < 8; minute++ {
		s, ok := ring.At(minute)
		if want := minute >= 2 && minute < 6; ok != want || ok && s.Sum != float64(minute) {
			t.Errorf("minute %d: %v, %v", minute, s, ok)
		}
	}
}
