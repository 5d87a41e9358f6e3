package metricmath

import (
	"math"
	"time"
)

// reader evaluates a syntax tree at one period after another, with NaN for a
// missing point. It is slow and simple: an independent account of the rules to
// compare the compiled steps with.
type reader struct {
	definition Definition
	metrics    namedMetrics
	length     int
}

var missingValue = math.NaN()

func there(v float64) bool { return !math.IsNaN(v) }

func (r *reader) query(id string, i int) float64 {
	for _, q := range r.definition.Queries {
		if q.ID != id {
			continue
		}
		if q.MetricStat == nil {
			return r.read(parsed(q.Expression), i)
		}
		if s, ok := r.metrics.Metric(q.MetricStat.Metric).At(int64(i)); ok {
			return s.Sum
		}
	}
	return missingValue
}

func parsed(text string) node {
	e, err := Parse(text)
	if err != nil {
		return &numberNode{value: missingValue}
	}
	return e.root
}

// isNumber reports whether n is a number rather than a series.
func (r *reader) isNumber(n node) bool {
	switch n := n.(type) {
	case *numberNode:
		return true
	case *idNode:
		return n.name == "s1"
	case *negateNode:
		return r.isNumber(n.x)
	case *callNode:
		_, ofArray := n.args[0].(*arrayNode)
		aggregate := n.name == "MAX" || n.name == "MIN" || n.name == "SUM" || n.name == "AVG" || n.name == "DATAPOINT_COUNT"
		return aggregate && !ofArray
	}
	return false
}

func (r *reader) read(n node, i int) float64 {
	var v float64
	switch n := n.(type) {
	case *numberNode:
		v = n.value
	case *idNode:
		v = r.query(n.name, i)
	case *negateNode:
		v = -r.read(n.x, i)
	case *binaryNode:
		v = r.binary(n, i)
	case *callNode:
		v = r.call(n, i)
	}
	if math.IsInf(v, 0) {
		return missingValue
	}
	return v
}

func (r *reader) binary(n *binaryNode, i int) float64 {
	x, y := r.read(n.x, i), r.read(n.y, i)
	if !there(x) && !there(y) {
		return missingValue
	}
	if (r.isNumber(n.x) || r.isNumber(n.y)) && (!there(x) || !there(y)) {
		return missingValue
	}
	if !there(x) {
		x = 0
	}
	if !there(y) {
		y = 0
	}
	is := func(b bool) float64 {
		if b {
			return 1
		}
		return 0
	}
	return map[string]func() float64{
		"+": func() float64 { return x + y }, "-": func() float64 { return x - y }, "*": func() float64 { return x * y },
		"/": func() float64 { return x / y }, "^": func() float64 { return math.Pow(x, y) },
		"==": func() float64 { return is(x == y) }, "!=": func() float64 { return is(x != y) },
		"<": func() float64 { return is(x < y) }, "<=": func() float64 { return is(x <= y) },
		">": func() float64 { return is(x > y) }, ">=": func() float64 { return is(x >= y) },
		"AND": func() float64 { return is(x != 0 && y != 0) }, "OR": func() float64 { return is(x != 0 || y != 0) },
	}[n.sign]()
}

func (r *reader) call(n *callNode, i int) float64 {
	first := func(i int) float64 { return r.read(n.args[0], i) }
	switch n.name {
	case "ABS":
		return math.Abs(first(i))
	case "FLOOR":
		return math.Floor(first(i))
	case "HOUR":
		return float64(time.Unix(int64(i)*60, 0).UTC().Hour())
	case "DAY":
		return float64((time.Unix(int64(i)*60, 0).UTC().Weekday()+6)%7 + 1)
	case "DIFF":
		before := r.before(first, i)
		if before < 0 {
			return missingValue
		}
		return first(i) - first(before)
	case "RATE":
		before := r.before(first, i)
		if before < 0 {
			return missingValue
		}
		return (first(i) - first(before)) / (60 * float64(i-before))
	case "FILL":
		return r.fill(n, i)
	case "IF":
		switch condition := first(i); {
		case !there(condition):
			return missingValue
		case condition == 0:
			return r.read(n.args[2], i)
		}
		if x := r.read(n.args[1], i); there(x) {
			return x
		}
		return 0
	}
	return r.aggregate(n, i)
}

func (r *reader) aggregate(n *callNode, i int) float64 {
	var values []float64
	if items, ok := n.args[0].(*arrayNode); ok {
		for _, item := range items.items {
			values = append(values, r.read(item, i))
		}
	} else {
		for j := range r.length {
			values = append(values, r.read(n.args[0], j))
		}
	}
	most, least, sum, count := math.Inf(-1), math.Inf(1), 0.0, 0
	for _, v := range values {
		if there(v) {
			most, least, sum, count = math.Max(most, v), math.Min(least, v), sum+v, count+1
		}
	}
	if _, ofArray := n.args[0].(*arrayNode); n.name == "DATAPOINT_COUNT" && !ofArray {
		return float64(count)
	}
	if count == 0 {
		return missingValue
	}
	return map[string]float64{"MAX": most, "MIN": least, "SUM": sum, "AVG": sum / float64(len(values)), "DATAPOINT_COUNT": float64(count)}[n.name]
}

// before returns the newest period before i with a point, or -1.
func (r *reader) before(of func(int) float64, i int) int {
	for j := i - 1; j >= 0; j-- {
		if there(of(j)) {
			return j
		}
	}
	return -1
}

func (r *reader) fill(n *callNode, i int) float64 {
	of := func(i int) float64 { return r.read(n.args[0], i) }
	if v := of(i); there(v) {
		return v
	}
	word, ok := n.args[1].(*wordNode)
	if !ok {
		return r.read(n.args[1], i)
	}
	before := r.before(of, i)
	if before < 0 {
		return missingValue
	}
	if word.word == wordRepeat {
		return of(before)
	}
	for after := i + 1; after < r.length; after++ {
		if there(of(after)) {
			part := float64(i-before) / float64(after-before)
			return of(before)*(1-part) + of(after)*part
		}
	}
	return missingValue
}
