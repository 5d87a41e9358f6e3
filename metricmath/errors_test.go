package metricmath

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// TestNotModelled: what CloudWatch has and this package lacks is told apart from
// a slip of the pen, by its name.
func TestNotModelled(t *testing.T) {
	expression := func(text string) func(*Definition) {
		return func(d *Definition) { d.Queries[4].Expression = text }
	}
	statistic := func(s Statistic) func(*Definition) {
		return func(d *Definition) { d.Queries[0].MetricStat.Stat = s }
	}
	period := func(p time.Duration) func(*Definition) {
		return func(d *Definition) { d.Queries[0].MetricStat.Period = p }
	}
	tests := []struct {
		change  func(*Definition)
		feature string
		offset  int
	}{
		{expression("m1 + STDDEV(m1)"), "STDDEV", 5},
		{expression("m1 + SEARCH('{AWS/EC2} CPU', 'Sum', 300)"), "SEARCH", 5},
		{expression("FIRST(ANOMALY_DETECTION_BAND(m1, 2))"), "FIRST", 0},
		{expression("ANOMALY_DETECTION_BAND(m1)"), "ANOMALY_DETECTION_BAND", 0},
		{expression("DB_PERF_INSIGHTS('RDS', 'db-1', 'os.cpu')"), "DB_PERF_INSIGHTS", 0},
		{expression(`LAMBDA("source")`), "LAMBDA", 0},
		{expression("MINUTE(m1)"), "MINUTE", 0},
		{expression(` SELECT MAX(CPUUtilization) FROM "AWS/EC2"`), "Metrics Insights query", 1},
		{expression(`select AVG(CPUUtilization) FROM "AWS/EC2"`), "Metrics Insights query", 0},
		{expression(`Select avg(x) from y`), "Metrics Insights query", 0},
		{statistic("p99"), "statistic p99", 0},
		{statistic("tm90"), "statistic tm90", 0},
		{statistic("IQM"), "statistic IQM", 0},
		{statistic("TM(10%:90%)"), "statistic TM(10%:90%)", 0},
		{period(10 * time.Second), "period 10s", 0},
		{period(30 * time.Second), "period 30s", 0},
	}
	for _, tt := range tests {
		d := validDefinition()
		tt.change(&d)
		err := d.Validate()
		got, ok := errors.AsType[*NotModelledError](err)
		if !ok || got.Feature != tt.feature || got.Offset != tt.offset || !strings.Contains(err.Error(), tt.feature) {
			t.Errorf("got %v, want that %s is not modelled, at %d", err, tt.feature, tt.offset)
		}
		if _, ok := errors.AsType[*QueryError](err); !ok {
			t.Errorf("%v does not say which query", err)
		}
	}
}

// What nobody has is not said to be a feature.
func TestNonsenseIsNotAFeature(t *testing.T) {
	for _, change := range []func(*Definition){
		func(d *Definition) { d.Queries[4].Expression = "MEDIUM(m1)" },
		func(d *Definition) { d.Queries[4].Expression = "m1 + select" },
		func(d *Definition) { d.Queries[0].MetricStat.Stat = "sum" },
		func(d *Definition) { d.Queries[0].MetricStat.Stat = "peak" },
		func(d *Definition) { d.Queries[0].MetricStat.Period = 90 * time.Second },
		func(d *Definition) { d.Queries[0].MetricStat.Period = -time.Minute },
	} {
		d := validDefinition()
		change(&d)
		err := d.Validate()
		if _, feature := errors.AsType[*NotModelledError](err); err == nil || feature {
			t.Errorf("got %v, want an error of another kind", err)
		}
	}
	// An id may be called select.
	for _, text := range []string{"select", "select*2", "select AND m1", "(select)", "1+select"} {
		if _, err := Parse(text); err != nil {
			t.Errorf("Parse(%q): %v", text, err)
		}
	}
}

func TestUnknownIDs(t *testing.T) {
	for text, offset := range map[string]int{"m1 + m9": 5, "m1 / PERIOD(m9)": 12, "MAX([m1, m9])": 9} {
		d := validDefinition()
		d.Queries[4].Expression = text
		err := d.Validate()
		got, ok := errors.AsType[*UnknownIDError](err)
		if !ok || got.ID != "m9" || got.Offset != offset || got.Expression != text {
			t.Errorf("%s: got %v, want the unknown id m9 at %d", text, err, offset)
		}
		if query, ok := errors.AsType[*QueryError](err); !ok || query.ID != "e2" {
			t.Errorf("%s: %v does not name the query", text, err)
		}
	}
}

func TestTypeFaultsAreSyntaxErrors(t *testing.T) {
	d := validDefinition()
	d.Queries[4].Expression = "m1 + MAX(4)"
	err := d.Validate()
	if got, ok := errors.AsType[*SyntaxError](err); !ok || got.Offset != 5 {
		t.Errorf("got %v, want a syntax error at 5", err)
	}
}

// A long expression is not echoed whole: the error shows the part around its
// fault.
func TestLongTextsAreShortened(t *testing.T) {
	long := strings.Repeat("m1+", 400)
	for _, tt := range []struct{ text, want string }{
		{long + "$" + long[:300], `m1+$m1+`},
		{long + strings.Repeat("é", 100), `'é' has no meaning here`},
		{"$" + long, `expression "$m1+`},
		{long, "found the end"},
		{"m1 + " + strings.Repeat("9", 1000) + "." + strings.Repeat("9.", 100), "is not a number"},
		{strings.Repeat("Q", 2000) + "()", `unknown function "QQQ`},
		{"m1 " + strings.Repeat("x", 2000), `expected an operator or the end`},
		{strings.Repeat("x", 2000) + "()", `is called like a function`},
		{strings.Repeat("m1+", 1000), "longer than 2048"},
	} {
		_, err := Parse(tt.text)
		if err == nil || !strings.Contains(err.Error(), tt.want) || len(err.Error()) > 450 {
			t.Errorf("got %v, want %q in at most 450 bytes", err, tt.want)
		}
	}
	d := validDefinition()
	d.Queries[4].Expression = long + strings.Repeat("q", 500)
	if err := d.Validate(); err == nil || len(err.Error()) > 450 || !strings.Contains(err.Error(), "no query has the id") {
		t.Errorf("got %v", err)
	}
}
