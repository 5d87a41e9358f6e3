package metricmath

// Queries become a list of steps over registers, once, so that an evaluation
// neither looks up names nor walks trees.

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// compiler walks the trees of expressions; the builder takes what it finds.
type compiler struct {
	builder
	expressions map[string]*Expression
	done        map[string]value
	open        []string // ids being compiled, outermost first
}

// compileQueries builds the program of a query, of several that are valid one by
// one and have one period. It compiles the watched query first and keeps only
// what that needs; the others are compiled to report their faults.
func compileQueries(queries []Query, watched string, period time.Duration) (*program, error) {
	c := &compiler{
		builder:     builder{queries: queries, known: map[string]int{}},
		expressions: map[string]*Expression{}, done: map[string]value{},
	}
	var errs []error
	for _, q := range queries {
		if q.Expression == "" {
			continue
		}
		e, err := Parse(q.Expression)
		if err != nil {
			return nil, &QueryError{q.ID, err}
		}
		c.expressions[q.ID] = e
	}
	p, err := c.watch(watched, period)
	errs = append(errs, err)
	for _, q := range queries {
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

// watch compiles the query whose series is wanted.
func (c *compiler) watch(id string, period time.Duration) (*program, error) {
	v, err := c.query(id)
	if err != nil {
		return nil, err
	}
	problem := ""
	switch v.kind {
	case array:
		problem = "one time series is wanted and this is an array; take MAX() or another function of it"
	case scalar:
		problem = "a time series is wanted and this is a number"
	case series:
	}
	if problem != "" {
		e := c.expressions[id]
		return nil, &QueryError{id, &SyntaxError{Expression: e.text, Offset: e.root.position(), Problem: problem}}
	}
	return &program{
		steps: slices.Clip(c.steps), registers: slices.Clip(c.registers), metrics: slices.Clip(c.metrics),
		minutes: int64(period / time.Minute), result: v.register(), looks: c.looks, looksAround: c.looksAround,
	}, nil
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
		if _, named := errors.AsType[*QueryError](err); named {
			return value{}, err // already names the query at fault
		}
		return value{}, &QueryError{id, err}
	}
	c.done[id] = v
	return v, nil
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
		return c.compileCall(n)
	case *wordNode:
		return value{}, c.fault(n, n.word+" is only used as the second argument of FILL")
	}
	return value{}, c.fault(n, "text is only used in METRICS()")
}

func (c *compiler) compileID(n *idNode) (value, error) {
	if slices.Contains(c.open, n.name) {
		names := make([]string, 0, len(c.open)+1)
		for _, id := range append(c.open, n.name) {
			names = append(names, shortened(id))
		}
		return value{}, c.fault(n, "the queries form a cycle: "+strings.Join(names, " -> "))
	}
	if c.find(n.name) == nil {
		return value{}, c.unknownID(n)
	}
	return c.query(n.name)
}

func (c *compiler) compileCall(n *callNode) (value, error) {
	args := make([]argument, len(n.args))
	for i, arg := range n.args {
		args[i].node = arg
		if takesAsWritten(n.name, i, arg) {
			continue
		}
		v, err := c.compile(arg)
		if err != nil {
			return value{}, err
		}
		args[i].value = v
	}
	return c.apply(n, args)
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
		return value{}, c.fault(n, fmt.Sprintf("%q compares time series and numbers, not arrays", n.sign))
	}
	if x.kind == array && y.kind == array {
		return value{}, c.fault(n, fmt.Sprintf("%q takes one array at most", n.sign))
	}
	join := func(a, b int) int {
		k := series
		if c.registers[a].number && c.registers[b].number {
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
			return value{}, c.fault(item, "an array holds time series; wrap this number in TIME_SERIES()")
		}
		all.registers = append(all.registers, x.registers...)
	}
	return all, nil
}
