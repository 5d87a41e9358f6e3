package metricmath

// Shared by the tests: series written as text, and expressions run over them.

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
)

// namedMetrics serves one ring for each metric name.
type namedMetrics map[string]*Ring

func (n namedMetrics) Metric(name MetricName) Metric {
	if n[name.Name] == nil {
		n[name.Name] = NewRing(1 << 13)
	}
	return n[name.Name]
}

// put stores a value for a minute.
func (n namedMetrics) put(name string, minute int64, v float64) {
	ring, _ := n.Metric(MetricName{Name: name}).(*Ring)
	ring.Put(minute, Value(v))
}

// metricQuery returns a query of a metric that is named like its id.
func metricQuery(id string, period time.Duration) Query {
	return Query{ID: id, MetricStat: &MetricStat{Metric: MetricName{Namespace: "Test", Name: id}, Stat: Sum, Period: period}}
}

func expressionQuery(id, expression string) Query { return Query{ID: id, Expression: expression} }

func returned(q Query) Query { q.ReturnData = true; return q }

// parsePoints reads "30 - 0", where - is a missing point.
func parsePoints(t *testing.T, text string) []point {
	t.Helper()
	var out []point
	for field := range strings.FieldsSeq(text) {
		if field == "-" {
			out = append(out, point{})
			continue
		}
		v, err := strconv.ParseFloat(field, 64)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, point{v, true})
	}
	return out
}

func formatPoints(points []point) string {
	out := make([]string, len(points))
	for i, p := range points {
		out[i] = "-"
		if p.ok {
			out[i] = fmt.Sprint(p.value)
		}
	}
	return strings.Join(out, " ")
}

// calculate returns the expression over metrics m1, m2, ... given as text,
// oldest first.
func calculate(t *testing.T, expression string, data ...string) string {
	t.Helper()
	metrics := namedMetrics{}
	length := len(strings.Fields(data[0]))
	d := Definition{
		ComparisonOperator: GreaterThanThreshold, EvaluationPeriods: max(1, length-extraPeriods),
		Queries: []Query{returned(expressionQuery("e", expression))},
	}
	for i, text := range data {
		id := fmt.Sprintf("m%d", i+1)
		d.Queries = append(d.Queries, metricQuery(id, time.Minute))
		for minute, p := range parsePoints(t, text) {
			if p.ok {
				metrics.put(id, int64(minute), p.value)
			}
		}
	}
	w, err := newWatch(d, metrics, 0)
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	points := w.window(int64(length))
	return formatPoints(points[len(points)-length:])
}
