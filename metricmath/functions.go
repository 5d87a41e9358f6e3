package metricmath

// The functions of metric math that this package knows, and how they are typed.

import (
	"fmt"
	"slices"
	"strings"
)

const (
	wordRepeat = "REPEAT"
	wordLinear = "LINEAR"
)

// function describes a function: how it is written and how a call of it is
// compiled. The typing follows the table of the user guide, "Using math
// expressions with CloudWatch metrics", section "Functions supported for metric
// math" (read 2026-11-23).
type function struct {
	usage       string
	least, most int // number of arguments
	compile     func(*compiler, *callNode) (value, error)
}

func findFunction(name string) (function, error) {
	switch name {
	case "ABS", "CEIL", "FLOOR", "LOG", "LOG10":
		return function{name + "(m1)", 1, 1, (*compiler).compileUnary}, nil
	case "MAX", "MIN", "SUM", "AVG":
		return function{name + "([m1, m2])", 1, 1, (*compiler).compileAggregate}, nil
	case "DIFF", "RATE":
		return function{name + "(m1)", 1, 1, (*compiler).compileUnary}, nil
	case "FILL":
		return function{"FILL(m1, number), FILL(m1, REPEAT) or FILL(m1, LINEAR)", 2, 2, (*compiler).compileFill}, nil
	case "IF":
		return function{"IF(condition, x) or IF(condition, x, y)", 2, 3, (*compiler).compileIf}, nil
	case "METRICS":
		return function{`METRICS() or METRICS("part of an id")`, 0, 1, (*compiler).compileMetrics}, nil
	case "METRIC_COUNT":
		return function{"METRIC_COUNT([m1, m2])", 1, 1, (*compiler).compileMetricCount}, nil
	case "PERIOD":
		return function{"PERIOD(m1)", 1, 1, (*compiler).compilePeriod}, nil
	case "TIME_SERIES":
		return function{"TIME_SERIES(number)", 1, 1, (*compiler).compileTimeSeries}, nil
	}
	return function{}, unknownFunction(name)
}

// unknownFunction tells apart what CloudWatch refuses in an alarm, what it has
// and this package does not model, and what is no function at all.
func unknownFunction(name string) error {
	notInAlarms := []string{"SEARCH"}
	notModelled := []string{
		"ANOMALY_DETECTION_BAND", "DATAPOINT_COUNT", "DATE", "DAY", "DIFF_TIME", "EPOCH", "FIRST", "HOUR",
		"INSIGHT_RULE_METRIC", "LAST", "MINUTE", "MONTH", "REMOVE_EMPTY", "RUNNING_SUM", "SERVICE_QUOTA", "SLICE",
		"SORT", "STDDEV", "YEAR",
	}
	switch {
	case slices.Contains(notInAlarms, name):
		return fmt.Errorf("%s cannot be used in an alarm: an alarm watches one time series", name)
	case slices.Contains(notModelled, name):
		return fmt.Errorf("%s is a CloudWatch function that this evaluator does not model", name)
	}
	return fmt.Errorf("unknown function %q", name)
}

// compileUnary handles the functions of one series or of each series of an array.
func (c *compiler) compileUnary(n *callNode) (value, error) {
	x, err := c.compile(n.args[0])
	if err != nil {
		return value{}, err
	}
	if x.kind == scalar {
		return value{}, c.expression.fault(n, n.name+" takes a time series or an array, not a number")
	}
	op, wholeSeries := unaryOperation(n.name)
	if wholeSeries {
		c.wholeSeries = true
	}
	return c.each(x, func(r int) int { return c.emit(step{op: op, a: r}, series) }), nil
}

// unaryOperation reports whether a point of the result needs other points than
// the one at its own time.
func unaryOperation(name string) (op operation, wholeSeries bool) {
	switch name {
	case "ABS":
		return opAbs, false
	case "CEIL":
		return opCeil, false
	case "FLOOR":
		return opFloor, false
	case "LOG":
		return opLog, false
	case "LOG10":
		return opLog10, false
	case "DIFF":
		return opDiff, true
	}
	return opRate, true
}

// compileAggregate handles MAX, MIN, SUM and AVG: of an array they give a
// series, point by point; of one series they give a number.
func (c *compiler) compileAggregate(n *callNode) (value, error) {
	x, err := c.compile(n.args[0])
	if err != nil {
		return value{}, err
	}
	ops := map[string][2]operation{
		"MAX": {opMaxOf, opMaxOver}, "MIN": {opMinOf, opMinOver}, "SUM": {opSumOf, opSumOver}, "AVG": {opAvgOf, opAvgOver},
	}[n.name]
	switch x.kind {
	case array:
		return value{series, []int{c.emit(step{op: ops[0], inputs: x.registers}, series)}}, nil
	case series:
		c.wholeSeries = true
		return value{scalar, []int{c.emit(step{op: ops[1], a: x.register()}, scalar)}}, nil
	case scalar:
	}
	return value{}, c.expression.fault(n, n.name+" takes a time series or an array such as [m1, m2], not a number")
}

func (c *compiler) compileFill(n *callNode) (value, error) {
	x, err := c.compile(n.args[0])
	if err != nil {
		return value{}, err
	}
	if x.kind == scalar {
		return value{}, c.expression.fault(n, "FILL takes a time series or an array, not a number")
	}
	if w, ok := n.args[1].(*wordNode); ok {
		op := opFillRepeat
		if w.word == wordLinear {
			op = opFillLinear
		}
		c.wholeSeries = true
		return c.each(x, func(r int) int { return c.emit(step{op: op, a: r}, series) }), nil
	}
	filler, err := c.compile(n.args[1])
	if err != nil {
		return value{}, err
	}
	if filler.kind == array || (filler.kind == series && x.kind != array) {
		return value{}, c.expression.fault(n.args[1], "FILL fills with a number, REPEAT or LINEAR; an array also with a time series")
	}
	return c.each(x, func(r int) int { return c.emit(step{op: opFill, a: r, b: filler.register()}, series) }), nil
}

// compileIf accepts the forms that the user guide lists under "Using IF
// expressions": the condition is a series and the others are series or numbers,
// or the condition is a number and the others are series.
func (c *compiler) compileIf(n *callNode) (value, error) {
	parts := make([]value, len(n.args))
	for i, arg := range n.args {
		x, err := c.compile(arg)
		if err != nil {
			return value{}, err
		}
		if x.kind == array {
			return value{}, c.expression.fault(arg, "IF takes time series and numbers, not arrays")
		}
		if i > 0 && x.kind == scalar && parts[0].kind == scalar {
			return value{}, c.expression.fault(arg, "IF with a number as its condition takes time series; wrap this in TIME_SERIES()")
		}
		parts[i] = x
	}
	s := step{op: opIf, a: parts[0].register(), b: parts[1].register(), c: c.missing()}
	if len(parts) == 3 {
		s.c = parts[2].register()
	}
	return value{series, []int{c.emit(s, series)}}, nil
}

func (c *compiler) compileMetrics(n *callNode) (value, error) {
	part := ""
	if len(n.args) == 1 {
		text, ok := n.args[0].(*textNode)
		if !ok {
			return value{}, c.expression.fault(n.args[0], `METRICS takes text in quotation marks, as in METRICS("errors")`)
		}
		part = text.text
	}
	all := value{kind: array}
	for i := range c.queries {
		q := &c.queries[i]
		if q.MetricStat != nil && strings.Contains(q.ID, part) {
			all.registers = append(all.registers, c.metric(q))
		}
	}
	if len(all.registers) == 0 {
		return value{}, c.expression.fault(n, fmt.Sprintf("no metric has an id that contains %q", part))
	}
	return all, nil
}

func (c *compiler) compileMetricCount(n *callNode) (value, error) {
	x, err := c.compile(n.args[0])
	if err != nil {
		return value{}, err
	}
	if x.kind != array {
		return value{}, c.expression.fault(n, "METRIC_COUNT takes an array such as METRICS()")
	}
	return c.number(float64(len(x.registers))), nil
}

func (c *compiler) compilePeriod(n *callNode) (value, error) {
	if id, ok := n.args[0].(*idNode); ok {
		if q := c.find(id.name); q != nil && q.MetricStat != nil {
			return c.number(q.MetricStat.Period.Seconds()), nil
		}
	}
	return value{}, c.expression.fault(n.args[0], "PERIOD takes the id of a metric")
}

func (c *compiler) compileTimeSeries(n *callNode) (value, error) {
	x, err := c.compile(n.args[0])
	if err != nil {
		return value{}, err
	}
	if x.kind != scalar {
		return value{}, c.expression.fault(n, "TIME_SERIES takes a number")
	}
	return value{series, []int{c.emit(step{op: opCopy, a: x.register()}, series)}}, nil
}
