package metricmath

// Building a program: registers, and the steps that fill them. A value of an
// expression has a type: whether it is a number, a time series or an array is
// known without data. Arrays exist only here; a step sees series and numbers.

import "slices"

type kind uint8

const (
	scalar kind = iota
	series
	array
)

// value is a typed result: the register that holds it, or for an array the
// registers of its series.
type value struct {
	kind      kind
	registers []int
}

func (v value) register() int { return v.registers[0] }

// builder collects the steps of a program.
type builder struct {
	queries     []Query
	expression  *Expression // the one being compiled, for its errors
	registers   []register
	steps       []step
	metrics     []MetricStat
	known       map[string]int // registers of metrics, by id
	looks       int            // steps that look back
	looksAround bool
}

func (b *builder) find(id string) *Query {
	i := slices.IndexFunc(b.queries, func(q Query) bool { return q.ID == id })
	if i < 0 {
		return nil
	}
	return &b.queries[i]
}

// fault is an error about a part of the expression being compiled.
func (b *builder) fault(n node, problem string) error {
	return &SyntaxError{Expression: b.expression.text, Offset: n.position(), Problem: problem}
}

func (b *builder) unknownID(n *idNode) error {
	return &UnknownIDError{ID: n.name, Expression: b.expression.text, Offset: n.position()}
}

// metric returns the register of a metric's series.
func (b *builder) metric(q *Query) int {
	if r, ok := b.known[q.ID]; ok {
		return r
	}
	r := b.emit(step{op: opMetric, metric: len(b.metrics)}, series)
	b.metrics = append(b.metrics, *q.MetricStat)
	b.known[q.ID] = r
	return r
}

// each applies f to every register of x and keeps its kind of value, except
// that a number and a series may give a series.
func (b *builder) each(x value, f func(register int) int) value {
	out := value{kind: x.kind}
	for _, r := range x.registers {
		out.registers = append(out.registers, f(r))
	}
	if x.kind != array {
		out.kind = b.kindOf(out.register())
	}
	return out
}

func (b *builder) kindOf(r int) kind {
	if b.registers[r].number {
		return scalar
	}
	return series
}

func (b *builder) number(v float64) value {
	return value{scalar, []int{b.add(register{number: true, constant: true, point: finite(v)})}}
}

// missing returns a register that has no point at any time.
func (b *builder) missing() int { return b.add(register{constant: true}) }

func (b *builder) add(r register) int {
	b.registers = append(b.registers, r)
	return len(b.registers) - 1
}

// emit appends a step and returns the register of its result. An operation on
// constant numbers is done at once and needs no step.
func (b *builder) emit(s step, k kind) int {
	if s.op.pointwise() && !s.op.binary() {
		s.b = s.a
	}
	if k == scalar && s.op.pointwise() && b.registers[s.a].constant && b.registers[s.b].constant {
		x, y := b.registers[s.a].point, b.registers[s.b].point
		result := transform(s.op, x)
		if s.op.binary() {
			result = combine(s.op, x, y, true)
		}
		return b.add(register{number: true, constant: true, point: result})
	}
	if s.op.looksBack() {
		s.look = b.looks
		b.looks++
	}
	b.looksAround = b.looksAround || s.op.looksBack() || s.op.over()
	s.strict = s.op.binary() && (b.registers[s.a].number || b.registers[s.b].number)
	s.out = b.add(register{number: k == scalar})
	b.steps = append(b.steps, s)
	return s.out
}
