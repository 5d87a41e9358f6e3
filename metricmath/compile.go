package metricmath

// Queries become a list of steps over registers, once, so that an evaluation
// neither looks up names nor walks trees. Types are settled here: whether a
// value is a number, a time series or an array is known without data. Arrays
// exist only here; a step sees series and numbers.

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

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

// register describes a register while compiling. A constant one holds the same
// point at every time and is never written by a step.
type register struct {
	scalar   bool
	constant bool
	point    point
}

type compiler struct {
	queries     []Query
	period      time.Duration
	expressions map[string]*Expression
	done        map[string]value
	open        []string // ids being compiled, outermost first
	expression  *Expression
	registers   []register
	steps       []step
	metrics     []MetricStat
	wholeSeries bool
}

// compileQueries builds the program of a definition whose queries are valid one
// by one. It compiles the watched query first and keeps only what that needs;
// the others are compiled to report their faults.
func compileQueries(d Definition) (*program, error) {
	c := &compiler{queries: d.Queries, period: d.period(), expressions: map[string]*Expression{}, done: map[string]value{}}
	var errs []error
	for _, q := range d.Queries {
		if q.Expression == "" {
			continue
		}
		e, err := Parse(q.Expression)
		errs = append(errs, err)
		c.expressions[q.ID] = e
	}
	watched := slices.IndexFunc(d.Queries, func(q Query) bool { return q.ReturnData })
	p, err := c.watch(d.Queries[watched].ID, d.Range())
	errs = append(errs, err)
	for _, q := range d.Queries {
		_, err := c.query(q.ID)
		errs = append(errs, err)
	}
	if err := joinOnce(errs); err != nil {
		return nil, err
	}
	return p, nil
}

// joinOnce joins errors and drops repetitions: a faulty query is met again by
// each query that uses it.
func joinOnce(errs []error) error {
	seen := map[string]bool{}
	return errors.Join(slices.DeleteFunc(errs, func(err error) bool {
		if err == nil || seen[err.Error()] {
			return true
		}
		seen[err.Error()] = true
		return false
	})...)
}

// watch compiles the query that the alarm watches.
func (c *compiler) watch(id string, rangeLength int) (*program, error) {
	v, err := c.query(id)
	if err != nil {
		return nil, err
	}
	switch v.kind {
	case array:
		return nil, fmt.Errorf("query %q: an alarm watches one time series and this is an array; take MAX() or another function of it", id)
	case scalar:
		return nil, fmt.Errorf("query %q: an alarm watches a time series and this is a number", id)
	case series:
	}
	return newProgram(c, v.register(), rangeLength), nil
}

func (c *compiler) find(id string) *Query {
	i := slices.IndexFunc(c.queries, func(q Query) bool { return q.ID == id })
	if i < 0 {
		return nil
	}
	return &c.queries[i]
}

// query compiles a query, once. Errors name the query.
func (c *compiler) query(id string) (value, error) {
	if v, ok := c.done[id]; ok {
		return v, nil
	}
	q := c.find(id)
	if q.MetricStat != nil {
		return value{series, []int{c.metric(q)}}, nil
	}
	outer := c.expression
	c.open, c.expression = append(c.open, id), c.expressions[id]
	v, err := c.compile(c.expression.root)
	c.open, c.expression = c.open[:len(c.open)-1], outer
	if err != nil {
		if _, named := errors.AsType[*queryError](err); named {
			return value{}, err // already names the query at fault
		}
		return value{}, &queryError{id: id, err: err}
	}
	c.done[id] = v
	return v, nil
}

// queryError says which query is at fault.
type queryError struct {
	id  string
	err error
}

func (e *queryError) Error() string { return fmt.Sprintf("query %q: %v", e.id, e.err) }
func (e *queryError) Unwrap() error { return e.err }

// metric returns the register of a metric's series.
func (c *compiler) metric(q *Query) int {
	if v, ok := c.done[q.ID]; ok {
		return v.register()
	}
	r := c.emit(step{op: opMetric, metric: len(c.metrics)}, series)
	c.metrics = append(c.metrics, *q.MetricStat)
	c.done[q.ID] = value{series, []int{r}}
	return r
}

func (c *compiler) compile(n node) (value, error) {
	switch n := n.(type) {
	case *numberNode:
		return c.number(n.value), nil
	case *idNode:
		return c.compileID(n)
	case *negateNode:
		return c.compileNegate(n)
	case *binaryNode:
		return c.compileBinary(n)
	case *arrayNode:
		return c.compileArray(n)
	case *callNode:
		f, err := findFunction(n.name)
		if err != nil {
			return value{}, c.expression.fault(n, err.Error())
		}
		return f.compile(c, n)
	case *wordNode:
		return value{}, c.expression.fault(n, n.word+" is only used as the second argument of FILL")
	}
	return value{}, c.expression.fault(n, "text is only used in METRICS()")
}

func (c *compiler) compileID(n *idNode) (value, error) {
	if slices.Contains(c.open, n.name) {
		return value{}, c.expression.fault(n, "the queries form a cycle: "+strings.Join(append(c.open, n.name), " -> "))
	}
	if c.find(n.name) == nil {
		return value{}, c.expression.fault(n, fmt.Sprintf("no query has the id %q", n.name))
	}
	return c.query(n.name)
}

func (c *compiler) compileNegate(n *negateNode) (value, error) {
	x, err := c.compile(n.x)
	if err != nil {
		return value{}, err
	}
	return c.each(x, func(r int) int { return c.emit(step{op: opNegate, a: r}, c.kindOf(r)) }), nil
}

func (c *compiler) compileBinary(n *binaryNode) (value, error) {
	x, err := c.compile(n.x)
	if err != nil {
		return value{}, err
	}
	y, err := c.compile(n.y)
	if err != nil {
		return value{}, err
	}
	op, arithmetic := binaryOperation(n.sign)
	if !arithmetic && (x.kind == array || y.kind == array) {
		return value{}, c.expression.fault(n, fmt.Sprintf("%q compares time series and numbers, not arrays", n.sign))
	}
	if x.kind == array && y.kind == array {
		return value{}, c.expression.fault(n, fmt.Sprintf("%q takes one array at most", n.sign))
	}
	join := func(a, b int) int {
		k := series
		if c.registers[a].scalar && c.registers[b].scalar {
			k = scalar
		}
		return c.emit(step{op: op, a: a, b: b}, k)
	}
	if y.kind == array {
		return c.each(y, func(r int) int { return join(x.register(), r) }), nil
	}
	return c.each(x, func(r int) int { return join(r, y.register()) }), nil
}

func (c *compiler) compileArray(n *arrayNode) (value, error) {
	all := value{kind: array}
	for _, item := range n.items {
		x, err := c.compile(item)
		if err != nil {
			return value{}, err
		}
		if x.kind == scalar {
			return value{}, c.expression.fault(item, "an array holds time series; wrap this number in TIME_SERIES()")
		}
		all.registers = append(all.registers, x.registers...)
	}
	return all, nil
}

// each applies f to every register of x and keeps its kind of value, except
// that a number and a series may give a series.
func (c *compiler) each(x value, f func(register int) int) value {
	out := value{kind: x.kind}
	for _, r := range x.registers {
		out.registers = append(out.registers, f(r))
	}
	if x.kind != array {
		out.kind = c.kindOf(out.register())
	}
	return out
}

func (c *compiler) kindOf(r int) kind {
	if c.registers[r].scalar {
		return scalar
	}
	return series
}

func (c *compiler) number(v float64) value {
	return value{scalar, []int{c.add(register{scalar: true, constant: true, point: finite(v)})}}
}

// missing returns a register that has no point at any time.
func (c *compiler) missing() int { return c.add(register{constant: true}) }

func (c *compiler) add(r register) int {
	c.registers = append(c.registers, r)
	return len(c.registers) - 1
}

// emit appends a step and returns the register of its result. An operation on
// constant numbers is done at once and needs no step.
func (c *compiler) emit(s step, k kind) int {
	if s.op.pointwise() && !s.op.binary() {
		s.b = s.a
	}
	if k == scalar && s.op.pointwise() && c.registers[s.a].constant && c.registers[s.b].constant {
		a, b := c.registers[s.a].point, c.registers[s.b].point
		result := transform(s.op, a)
		if s.op.binary() {
			result = combine(s.op, a, b, true)
		}
		return c.add(register{scalar: true, constant: true, point: result})
	}
	s.strict = s.op.binary() && (c.registers[s.a].scalar || c.registers[s.b].scalar)
	s.out = c.add(register{scalar: k == scalar})
	c.steps = append(c.steps, s)
	return s.out
}
