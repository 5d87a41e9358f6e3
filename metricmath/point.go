package metricmath

// The arithmetic of points and series.
//
// "Missing values in a time series are treated as 0. If the value of a data
// point causes a function to attempt to divide by zero, the data point is
// dropped." (User guide, "Using math expressions with CloudWatch metrics", read
// 2026-11-23.) Where no series has a point there is no result, and a number has
// no points of its own: 5 + m1 is missing where m1 is.

import "math"

// point is one datapoint of a series. A missing point is the zero value.
type point struct {
	value float64
	ok    bool
}

// finite returns a point, or a missing one for infinities and NaN.
func finite(v float64) point {
	if v-v != 0 {
		return point{}
	}
	return point{v, true}
}

func truth(b bool) point {
	if b {
		return point{1, true}
	}
	return point{0, true}
}

// operation is what a step does.
type operation uint8

const (
	opMetric operation = iota
	// Of two points.
	opAdd
	opSubtract
	opMultiply
	opDivide
	opPower
	opEqual
	opNotEqual
	opLess
	opLessOrEqual
	opGreater
	opGreaterOrEqual
	opAnd
	opOr
	// Of one point.
	opNegate
	opAbs
	opCeil
	opFloor
	opLog
	opLog10
	opCopy
	// Of several series, point by point.
	opIf
	opFill
	opMaxOf
	opMinOf
	opSumOf
	opAvgOf
	opCountOf
	// Of the time alone.
	opHour
	opDay
	// Of a whole series: a number.
	opMaxOver
	opMinOver
	opSumOver
	opAvgOver
	opCountOver
	// Of a point and others of its series.
	opFillRepeat
	opFillLinear
	opDiff
	opRate
)

func (op operation) binary() bool    { return op >= opAdd && op <= opOr }
func (op operation) pointwise() bool { return op >= opAdd && op <= opCopy }
func (op operation) over() bool      { return op >= opMaxOver && op <= opCountOver }
func (op operation) looksBack() bool { return op >= opFillRepeat && op <= opRate }

// binaryOperation reports whether the sign is one of arithmetic, which also
// works on arrays.
func binaryOperation(sign string) (op operation, arithmetic bool) {
	switch sign {
	case "+":
		return opAdd, true
	case "-":
		return opSubtract, true
	case "*":
		return opMultiply, true
	case "/":
		return opDivide, true
	case "^":
		return opPower, true
	case "==":
		return opEqual, false
	case "!=":
		return opNotEqual, false
	case "<":
		return opLess, false
	case "<=":
		return opLessOrEqual, false
	case ">":
		return opGreater, false
	case ">=":
		return opGreaterOrEqual, false
	case "AND":
		return opAnd, false
	}
	return opOr, false
}

// combine joins two points. With strict, when one side is a number, both must
// be there; of two series one suffices and the other counts as 0.
func combine(op operation, a, b point, strict bool) point {
	if !a.ok && !b.ok || strict && (!a.ok || !b.ok) {
		return point{}
	}
	x, y := a.value, b.value
	switch op { //nolint:exhaustive // operations of two points only
	case opAdd:
		return finite(x + y)
	case opSubtract:
		return finite(x - y)
	case opMultiply:
		return finite(x * y)
	case opDivide:
		return finite(x / y) // x/0 is not finite
	case opPower:
		return finite(math.Pow(x, y))
	case opEqual:
		return truth(x == y)
	case opNotEqual:
		return truth(x != y)
	case opLess:
		return truth(x < y)
	case opLessOrEqual:
		return truth(x <= y)
	case opGreater:
		return truth(x > y)
	case opGreaterOrEqual:
		return truth(x >= y)
	case opAnd:
		return truth(x != 0 && y != 0)
	}
	return truth(x != 0 || y != 0)
}

// transform changes one point. A missing one stays missing.
func transform(op operation, a point) point {
	if !a.ok {
		return point{}
	}
	switch op { //nolint:exhaustive // operations of one point only
	case opNegate:
		return point{-a.value, true}
	case opAbs:
		return point{math.Abs(a.value), true}
	case opCeil:
		return point{math.Ceil(a.value), true}
	case opFloor:
		return point{math.Floor(a.value), true}
	case opLog:
		return finite(math.Log(a.value))
	case opLog10:
		return finite(math.Log10(a.value))
	}
	return a
}

// choose is IF. "Has the value of 0, if the corresponding data point of metric1
// is TRUE and the corresponding data point does not exist in metric2" (user
// guide, "Using IF expressions", read 2026-11-23); so only when the condition is
// a series.
func choose(condition, x, y point, conditionIsNumber bool) point {
	switch {
	case !condition.ok:
		return point{}
	case condition.value == 0:
		return y
	case !x.ok && !conditionIsNumber:
		return point{0, true}
	}
	return x
}

// fold joins points: those that several series have at one time, or those of one
// series. MAX and MIN look at the points that exist; SUM and AVG count missing
// ones as 0, and all of them are missing where there is no point. So is
// DATAPOINT_COUNT of several series; of one series it is 0.
type fold struct {
	least, most, sum float64
	count            int
}

func (f *fold) take(p point) {
	if !p.ok {
		return
	}
	if f.count == 0 {
		f.least, f.most = p.value, p.value
	}
	f.least, f.most = min(f.least, p.value), max(f.most, p.value)
	f.sum += p.value
	f.count++
}

// result returns the outcome over n points, there or missing.
func (f *fold) result(op operation, n int) point {
	if op == opCountOver {
		return point{float64(f.count), true}
	}
	if f.count == 0 {
		return point{}
	}
	switch op { //nolint:exhaustive // the aggregates only
	case opMaxOf, opMaxOver:
		return point{f.most, true}
	case opMinOf, opMinOver:
		return point{f.least, true}
	case opAvgOf, opAvgOver:
		return finite(f.sum / float64(n))
	case opCountOf:
		return point{float64(f.count), true}
	}
	return finite(f.sum)
}

// calendar is HOUR or DAY of a minute: 0 to 23, or 1 to 7 from Monday to Sunday,
// of UTC.
func calendar(op operation, minute int64) point {
	if op == opHour {
		return point{float64(modulo(minute, minutesOfDay) / minutesOfHour), true}
	}
	const thursday = 3 // the first day of 1970, from Monday
	days := floor(minute, minutesOfDay)
	return point{float64(modulo(days+thursday, 7) + 1), true}
}

const (
	minutesOfHour = 60
	minutesOfDay  = 24 * minutesOfHour
)

// floor divides and rounds down, so that time before 1970 needs no special case.
func floor(a, b int64) int64 { return (a - modulo(a, b)) / b }

// modulo is the remainder of floor, from 0.
func modulo(a, b int64) int64 {
	r := a % b
	if r < 0 {
		r += b
	}
	return r
}
