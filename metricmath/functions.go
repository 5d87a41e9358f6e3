package metricmath

// The functions of metric math by name: which there are, and how they are
// written. What they do with their arguments is in apply.go.

import (
	"fmt"
	"slices"
)

const (
	wordRepeat = "REPEAT"
	wordLinear = "LINEAR"
)

// function describes how a function is written. The list follows the table of
// the user guide, "Using math expressions with CloudWatch metrics", section
// "Functions supported for metric math" (read 2026-11-26).
type function struct {
	usage       string
	least, most int // number of arguments
}

// findFunction returns the function that a token of an expression names.
func findFunction(t token, expression string) (function, error) {
	name := t.text
	switch name {
	case "ABS", "CEIL", "FLOOR", "LOG", "LOG10", "DIFF", "RATE", "HOUR", "DAY", "PERIOD":
		return function{name + "(m1)", 1, 1}, nil
	case "MAX", "MIN", "SUM", "AVG", "DATAPOINT_COUNT", "METRIC_COUNT":
		return function{name + "([m1, m2])", 1, 1}, nil
	case "FILL":
		return function{"FILL(m1, number), FILL(m1, REPEAT) or FILL(m1, LINEAR)", 2, 2}, nil
	case "IF":
		return function{"IF(condition, x) or IF(condition, x, y)", 2, 3}, nil
	case "METRICS":
		return function{`METRICS() or METRICS("part of an id")`, 0, 1}, nil
	case "TIME_SERIES":
		return function{"TIME_SERIES(number)", 1, 1}, nil
	}
	notModelled := []string{
		"ANOMALY_DETECTION_BAND", "DATE", "DB_PERF_INSIGHTS", "DIFF_TIME", "EPOCH", "FIRST", "INSIGHT_RULE_METRIC",
		"LAMBDA", "LAST", "MINUTE", "MONTH", "REMOVE_EMPTY", "RUNNING_SUM", "SERVICE_QUOTA", "SLICE", "SORT", "STDDEV", "YEAR",
	}
	switch {
	case name == "SEARCH":
		return function{}, &NotModelledError{
			Feature: name, Why: "it finds any number of time series, and CloudWatch has no alarm on it either", Expression: expression, Offset: t.at,
		}
	case slices.Contains(notModelled, name):
		return function{}, &NotModelledError{Feature: name, Expression: expression, Offset: t.at}
	}
	return function{}, &SyntaxError{Expression: expression, Offset: t.at, Problem: fmt.Sprintf("unknown function %q", shortened(name))}
}
