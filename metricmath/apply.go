package metricmath

// What the functions make of their arguments, and of which type. The types are
// those of the user guide's table, see functions.go.

import (
	"fmt"
	"strings"
)

// argument is an argument of a call: compiled, or as it is written where the
// function wants a word, a text or an id.
type argument struct {
	node  node
	value value
}

// takesAsWritten reports whether a function wants an argument uncompiled.
func takesAsWritten(function string, i int, arg node) bool {
	switch function {
	case "METRICS", "PERIOD":
		return true
	case "FILL":
		_, isWord := arg.(*wordNode)
		return i == 1 && isWord
	}
	return false
}

// apply returns the value of a call. The parser has checked that there is such a
// function and that the number of arguments is right.
func (b *builder) apply(n *callNode, args []argument) (value, error) {
	switch n.name {
	case "MAX", "MIN", "SUM", "AVG", "DATAPOINT_COUNT":
		return b.applyAggregate(n, args[0].value)
	case "FILL":
		return b.applyFill(n, args[0].value, args[1])
	case "IF":
		return b.applyIf(args)
	case "METRICS":
		return b.applyMetrics(n)
	case "METRIC_COUNT":
		return b.applyMetricCount(n, args[0].value)
	case "PERIOD":
		return b.applyPeriod(n.args[0])
	case "TIME_SERIES":
		return b.applyTimeSeries(n, args[0].value)
	case "HOUR", "DAY":
		return b.applyCalendar(n, args[0].value)
	}
	return b.applyUnary(n, args[0].value)
}

// applyUnary handles the functions of one series or of each series of an array.
func (b *builder) applyUnary(n *callNode, x value) (value, error) {
	if x.kind == scalar {
		return value{}, b.fault(n, n.name+" takes a time series or an array, not a number")
	}
	op := map[string]operation{
		"ABS": opAbs, "CEIL": opCeil, "FLOOR": opFloor, "LOG": opLog, "LOG10": opLog10, "DIFF": opDiff, "RATE": opRate,
	}[n.name]
	return b.each(x, func(r int) int { return b.emit(step{op: op, a: r}, series) }), nil
}

// applyAggregate handles MAX and its kind: of an array they give a series, point
// by point; of one series they give a number.
func (b *builder) applyAggregate(n *callNode, x value) (value, error) {
	ops := map[string][2]operation{
		"MAX": {opMaxOf, opMaxOver}, "MIN": {opMinOf, opMinOver}, "SUM": {opSumOf, opSumOver}, "AVG": {opAvgOf, opAvgOver},
		"DATAPOINT_COUNT": {opCountOf, opCountOver},
	}[n.name]
	switch x.kind {
	case array:
		return value{series, []int{b.emit(step{op: ops[0], inputs: x.registers}, series)}}, nil
	case series:
		return value{scalar, []int{b.emit(step{op: ops[1], a: x.register()}, scalar)}}, nil
	case scalar:
	}
	return value{}, b.fault(n, n.name+" takes a time series or an array such as [m1, m2], not a number")
}

func (b *builder) applyFill(n *callNode, x value, filler argument) (value, error) {
	if x.kind == scalar {
		return value{}, b.fault(n, "FILL takes a time series or an array, not a number")
	}
	if w, ok := filler.node.(*wordNode); ok {
		op := opFillRepeat
		if w.word == wordLinear {
			op = opFillLinear
		}
		return b.each(x, func(r int) int { return b.emit(step{op: op, a: r}, series) }), nil
	}
	if y := filler.value; y.kind == array || (y.kind == series && x.kind != array) {
		return value{}, b.fault(filler.node, "FILL fills with a number, REPEAT or LINEAR; an array also with a time series")
	}
	return b.each(x, func(r int) int { return b.emit(step{op: opFill, a: r, b: filler.value.register()}, series) }), nil
}

// applyIf accepts the forms that the user guide lists under "Using IF
// expressions": the condition is a series and the others are series or numbers,
// or the condition is a number and the others are series.
func (b *builder) applyIf(args []argument) (value, error) {
	condition := args[0].value
	for i, arg := range args {
		if arg.value.kind == array {
			return value{}, b.fault(arg.node, "IF takes time series and numbers, not arrays")
		}
		if i > 0 && arg.value.kind == scalar && condition.kind == scalar {
			return value{}, b.fault(arg.node, "IF with a number as its condition takes time series; wrap this in TIME_SERIES()")
		}
	}
	s := step{op: opIf, a: condition.register(), b: args[1].value.register(), c: b.missing()}
	if len(args) == 3 {
		s.c = args[2].value.register()
	}
	return value{series, []int{b.emit(s, series)}}, nil
}

func (b *builder) applyMetrics(n *callNode) (value, error) {
	part := ""
	if len(n.args) == 1 {
		text, ok := n.args[0].(*textNode)
		if !ok {
			return value{}, b.fault(n.args[0], `METRICS takes text in quotation marks, as in METRICS("errors")`)
		}
		part = text.text
	}
	all := value{kind: array}
	for i := range b.queries {
		q := &b.queries[i]
		if q.MetricStat != nil && strings.Contains(q.ID, part) {
			all.registers = append(all.registers, b.metric(q))
		}
	}
	if len(all.registers) == 0 {
		return value{}, b.fault(n, fmt.Sprintf("no metric has an id that contains %q", shortened(part)))
	}
	return all, nil
}

func (b *builder) applyMetricCount(n *callNode, x value) (value, error) {
	if x.kind != array {
		return value{}, b.fault(n, "METRIC_COUNT takes an array such as METRICS()")
	}
	return b.number(float64(len(x.registers))), nil
}

func (b *builder) applyPeriod(arg node) (value, error) {
	id, isID := arg.(*idNode)
	if !isID {
		return value{}, b.fault(arg, "PERIOD takes the id of a metric")
	}
	switch q := b.find(id.name); {
	case q == nil:
		return value{}, b.unknownID(id)
	case q.MetricStat == nil:
		return value{}, b.fault(arg, "PERIOD takes the id of a metric")
	default:
		return b.number(q.MetricStat.Period.Seconds()), nil
	}
}

func (b *builder) applyTimeSeries(n *callNode, x value) (value, error) {
	if x.kind != scalar {
		return value{}, b.fault(n, "TIME_SERIES takes a number")
	}
	return value{series, []int{b.emit(step{op: opCopy, a: x.register()}, series)}}, nil
}

// applyCalendar handles HOUR and DAY: "a new non-sparse time series where each
// value is based on its timestamp" (user guide), whatever points the series has.
func (b *builder) applyCalendar(n *callNode, x value) (value, error) {
	if x.kind != series {
		return value{}, b.fault(n, n.name+" takes a time series")
	}
	op := opHour
	if n.name == "DAY" {
		op = opDay
	}
	return value{series, []int{b.emit(step{op: op}, series)}}, nil
}
