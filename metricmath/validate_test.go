package metricmath

import (
	"math"
	"strings"
	"testing"
	"time"
)

func validDefinition() Definition {
	return Definition{
		Queries: []Query{
			metricQuery("m1", time.Minute), metricQuery("m2", time.Minute), expressionQuery("s1", "4"),
			expressionQuery("e1", "m1/(1000*s1)"), returned(expressionQuery("e2", "MAX([e1, m2])")),
		},
		Threshold: 0.75, ComparisonOperator: GreaterThanOrEqualToThreshold, EvaluationPeriods: 5, DatapointsToAlarm: 4,
	}
}

func TestValidDefinitions(t *testing.T) {
	single := validDefinition()
	single.Queries = SingleMetric(*metricQuery("m1", time.Minute).MetricStat)
	hour := validDefinition()
	hour.Queries = SingleMetric(*metricQuery("m1", time.Hour).MetricStat)
	hour.EvaluationPeriods, hour.DatapointsToAlarm = 168, 0
	day := validDefinition()
	day.EvaluationPeriods = 1440
	for i, d := range []Definition{validDefinition(), single, hour, day} {
		if err := d.Validate(); err != nil {
			t.Errorf("definition %d: %v", i, err)
		}
	}
	if got := day.Reach(); got != 1442 {
		t.Errorf("Reach = %d, want 1442", got)
	}
	// Over more than a day the range ends with the hour: up to 59 minutes ago.
	if got := hour.Reach(); got != 170*60+59 {
		t.Errorf("Reach = %d, want %d", got, 170*60+59)
	}
}

func TestInvalidDefinitions(t *testing.T) {
	watch := func(expression string) func(*Definition) {
		return func(d *Definition) { d.Queries[4].Expression = expression }
	}
	tests := []struct {
		name   string
		change func(*Definition)
		want   string
	}{
		{"no queries", func(d *Definition) { d.Queries = nil }, "no query is a metric"},
		{"only numbers", func(d *Definition) { d.Queries = []Query{returned(expressionQuery("s1", "TIME_SERIES(4)"))} }, "no query is a metric"},
		{"two results", func(d *Definition) { d.Queries[0].ReturnData = true }, "2 queries return data; exactly one must"},
		{"no result", func(d *Definition) { d.Queries[4].ReturnData = false }, "0 queries return data"},
		{"same id", func(d *Definition) { d.Queries[1].ID = "m1" }, `query "m1": another query has the same id`},
		{"upper-case id", func(d *Definition) { d.Queries[0].ID = "M1" }, "an id is a lower-case letter"},
		{"empty query", func(d *Definition) { d.Queries[3].Expression = "" }, `query "e1": exactly one of expression and metric`},
		{"no namespace", func(d *Definition) { d.Queries[0].MetricStat.Metric.Namespace = "" }, "needs a namespace"},
		{"percentile", func(d *Definition) { d.Queries[0].MetricStat.Stat = "p99" }, `"p99" is not one of`},
		{"high resolution", func(d *Definition) { d.Queries[0].MetricStat.Period = 10 * time.Second }, "not a multiple of a minute"},
		{"two periods", func(d *Definition) { d.Queries[1].MetricStat.Period = time.Hour }, `query "m2": period 1h0m0s differs`},
		{"no periods", func(d *Definition) { d.EvaluationPeriods = 0 }, "at least 1"},
		{"M above N", func(d *Definition) { d.DatapointsToAlarm = 6 }, "1 to 5"},
		{"M below 0", func(d *Definition) { d.DatapointsToAlarm = -1 }, "1 to 5"},
		{"more than a day", func(d *Definition) { d.EvaluationPeriods = 1441 }, "1441 evaluation periods of 1m0s are more than 24h0m0s"},
		{"overflowing", func(d *Definition) { d.EvaluationPeriods = math.MaxInt }, "are more than"},
		{"range below N", func(d *Definition) { d.EvaluationRange = 4 }, "evaluation range is 4; it must be at least 5"},
		{"endless range", func(d *Definition) { d.EvaluationRange = math.MaxInt }, "more than 455 days"},
		{"threshold", func(d *Definition) { d.Threshold = math.NaN() }, "finite"},
		{"operator", func(d *Definition) { d.ComparisonOperator = "Above" }, `"Above" is not one of`},
		{"treatment", func(d *Definition) { d.TreatMissingData = "zero" }, `"zero"; it must be one of`},
		{"syntax", watch("m1 +"), `query "e2": expression "m1 +": at character 5`},
		{"unknown id", watch("m1 + m9"), `query "e2": expression "m1 + m9": at character 6: no query has the id "m9"`},
		{"cycle", func(d *Definition) { d.Queries[3].Expression = "e2 + m1" }, "cycle: e2 -> e1 -> e2"},
		{"self", watch("e2 + 1"), "cycle: e2 -> e2"},
		{"number", watch("4"), "this is a number"},
		{"number of a series", watch("MAX(m1)"), "this is a number"},
		{"array", watch("[m1, m2]"), "this is an array"},
		{"array operators", watch("MAX([m1] + [m2])"), "takes one array at most"},
		{"array comparison", watch("MAX([m1] > m2)"), "not arrays"},
		{"numbers in arrays", watch("MAX([m1, 4])"), "TIME_SERIES"},
		{"maximum of a number", watch("m1 * MAX(s1)"), "not a number"},
		{"ABS of a number", watch("m1 * ABS(s1)"), "not a number"},
		{"FILL of a number", watch("FILL(s1, 0)"), "not a number"},
		{"FILL with a series", watch("FILL(m1, m2)"), "FILL fills with"},
		{"keyword alone", watch("m1 + REPEAT"), "second argument of FILL"},
		{"text alone", watch(`m1 + "x"`), "only used in METRICS"},
		{"IF of arrays", watch("IF(m1, [m2], 0)"), "not arrays"},
		{"IF of numbers", watch("IF(1, m1, 0)"), "TIME_SERIES"},
		{"METRICS of an id", watch("SUM(METRICS(m1))"), "quotation marks"},
		{"METRICS of nothing", watch(`SUM(METRICS("q"))`), `no metric has an id that contains "q"`},
		{"METRIC_COUNT of a series", watch("m1 * METRIC_COUNT(m1)"), "takes an array"},
		{"PERIOD of an expression", watch("m1 * PERIOD(e1)"), "the id of a metric"},
		{"TIME_SERIES of a series", watch("TIME_SERIES(m1)"), "takes a number"},
		{"fault in an unused query", func(d *Definition) { d.Queries = append(d.Queries, expressionQuery("e9", "m9")) }, `query "e9"`},
		{"too many metrics", func(d *Definition) {
			for id := range strings.FieldsSeq("a b c d e f g h i") {
				d.Queries = append(d.Queries, metricQuery(id, time.Minute))
			}
		}, "11 metrics; at most 10"},
		{"too many expressions", func(d *Definition) {
			for id := range strings.FieldsSeq("a b c d e f g h") {
				d.Queries = append(d.Queries, expressionQuery(id, "m1"))
			}
		}, "11 expressions; at most 10"},
	}
	for _, tt := range tests {
		d := validDefinition()
		tt.change(&d)
		if err := d.Validate(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestValidateReportsEveryFaultOnce(t *testing.T) {
	d := validDefinition()
	d.EvaluationPeriods, d.Threshold = 0, math.Inf(1)
	d.Queries[0].MetricStat.Stat = ""
	err := d.Validate()
	for _, want := range []string{"evaluation periods", "threshold", "statistic"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not mention the %s", err, want)
		}
	}
	d = validDefinition()
	d.Queries[3].Expression = "m9" // e2 uses e1
	if err := d.Validate(); err == nil || strings.Count(err.Error(), "m9") != 2 {
		t.Errorf("want the fault of e1 once, with its expression: %v", err)
	}
}
