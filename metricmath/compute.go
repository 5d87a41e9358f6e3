package metricmath

// A series of an expression, without an alarm.

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Input is a metric that an expression names.
type Input struct {
	Metric Metric
	Stat   Statistic // how the samples of a period become a datapoint
}

// Range is a time and the length of its datapoints.
type Range struct {
	From, To time.Time     // From is rounded down to the minute
	Period   time.Duration // a multiple of a minute
}

// maxDatapoints is the most that one call of GetMetricData returns (API
// reference, read 2026-11-26).
const maxDatapoints = 100_800

// Compute returns the series of an expression over a range, oldest first. The
// expression names the inputs by their ids. The first datapoint begins with the
// range, the last before its end; a time without a value has no datapoint. FILL,
// DIFF and other functions that look at more than one time see the range only.
//
// The error is a [*SyntaxError], an [*UnknownIDError] or a [*NotModelledError]
// about the expression, or says what is wrong with the range or an input.
func Compute(expression string, inputs map[string]Input, over Range) ([]Datapoint, error) {
	length, err := over.length()
	if err != nil {
		return nil, err
	}
	if _, err := Parse(expression); err != nil {
		return nil, err
	}
	queries := []Query{{Expression: expression}} // its id is empty: nothing can name it
	for _, id := range slices.Sorted(maps.Keys(inputs)) {
		if !validID(id) {
			return nil, fmt.Errorf("input %q: %w", shortened(id), errID)
		}
		if err := inputs[id].Stat.validate(); err != nil {
			return nil, fmt.Errorf("input %q: %w", shortened(id), err)
		}
		stat := MetricStat{Metric: MetricName{Namespace: "inputs", Name: id}, Stat: inputs[id].Stat, Period: over.Period}
		queries = append(queries, Query{ID: id, MetricStat: &stat})
	}
	p, err := compileQueries(queries, "", over.Period)
	if err != nil {
		if about, ok := errors.AsType[*QueryError](err); ok {
			err = about.Err // there is only one expression to be named
		}
		return nil, err
	}
	minutes := length * int(p.minutes)
	e, err := newEvaluator(p, named(inputs), length, minutes, 0)
	if err != nil {
		return nil, err
	}
	first := Minute(over.From)
	var out []Datapoint
	for i, x := range e.window(first + int64(minutes)) {
		if x.ok {
			out = append(out, Datapoint{startOf(first + int64(i)*p.minutes), x.value})
		}
	}
	return out, nil
}

// length returns how many periods begin in the range.
func (r Range) length() (int, error) {
	if err := validatePeriod(r.Period); err != nil {
		return 0, err
	}
	if r.Period > retention {
		return 0, fmt.Errorf("period %v is more than %d days, which is how long CloudWatch keeps metrics", r.Period, retention/day)
	}
	from := startOf(Minute(r.From))
	if !r.To.After(from) {
		return 0, fmt.Errorf("the range from %v to %v is empty", r.From, r.To)
	}
	length := (r.To.Sub(from)-1)/r.Period + 1
	if length > maxDatapoints {
		return 0, fmt.Errorf("the range from %v to %v has %d periods of %v; at most %d are allowed", r.From, r.To, length, r.Period, maxDatapoints)
	}
	return int(length), nil
}

// named finds the inputs by the names that Compute gives them.
type named map[string]Input

// Metric returns an input's metric.
func (n named) Metric(name MetricName) Metric { return n[name.Name].Metric }
