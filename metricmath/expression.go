package metricmath

// The syntax tree of an expression.

import (
	"slices"
	"strconv"
	"strings"
)

// Expression is a parsed metric math expression. It is immutable. The zero
// value is not an expression; get one from [Parse].
type Expression struct {
	text string
	root node
}

// String returns the expression in one canonical form, with no more brackets
// than it needs. Parsing that gives the same expression again.
func (e *Expression) String() string {
	var b strings.Builder
	e.root.write(&b)
	return b.String()
}

// IDs returns the ids that the expression names, sorted, each once. Metrics
// that METRICS() brings in are not among them.
func (e *Expression) IDs() []string {
	var ids []string
	visit(e.root, func(n node) {
		if id, ok := n.(*idNode); ok {
			ids = append(ids, id.name)
		}
	})
	slices.Sort(ids)
	return slices.Compact(ids)
}

// node is a part of an expression.
type node interface {
	position() int // byte offset in the text
	write(b *strings.Builder)
}

// place is where in the text a node stands.
type place int

func (p place) position() int { return int(p) }

type (
	numberNode struct {
		place
		value float64
	}
	idNode struct {
		place
		name string
	}
	// wordNode is a keyword that is an argument: REPEAT or LINEAR.
	wordNode struct {
		place
		word string
	}
	textNode struct {
		place
		text string
	}
	negateNode struct {
		place
		x node
	}
	binaryNode struct {
		place
		sign string // AND and OR for && and ||
		x, y node
	}
	arrayNode struct {
		place
		items []node
	}
	callNode struct {
		place
		name string
		args []node
	}
)

func (n *numberNode) write(b *strings.Builder) {
	b.WriteString(strconv.FormatFloat(n.value, 'f', -1, 64))
}
func (n *idNode) write(b *strings.Builder)   { b.WriteString(n.name) }
func (n *wordNode) write(b *strings.Builder) { b.WriteString(n.word) }
func (n *textNode) write(b *strings.Builder) { b.WriteString(`"` + n.text + `"`) }

func (n *negateNode) write(b *strings.Builder) {
	b.WriteString("-")
	writeOperand(b, n.x, levelUnary)
}

func (n *binaryNode) write(b *strings.Builder) {
	level := levelOf(n)
	left, right := level, level+1 // a-b-c is (a-b)-c
	if n.sign == "^" {
		left, right = levelPrimary, levelUnary // a^b^c is a^(b^c)
	}
	writeOperand(b, n.x, left)
	b.WriteString(" " + n.sign + " ")
	writeOperand(b, n.y, right)
}

func (n *arrayNode) write(b *strings.Builder) {
	b.WriteString("[")
	writeList(b, n.items)
	b.WriteString("]")
}

func (n *callNode) write(b *strings.Builder) {
	b.WriteString(n.name + "(")
	writeList(b, n.args)
	b.WriteString(")")
}

// How strongly the parts of an expression bind, from the grammar in parse.go.
const (
	levelOr = iota + 1
	levelAnd
	levelComparison
	levelSum
	levelProduct
	levelUnary
	levelPower
	levelPrimary
)

func levelOf(n node) int {
	switch n := n.(type) {
	case *negateNode:
		return levelUnary
	case *binaryNode:
		switch n.sign {
		case "OR":
			return levelOr
		case "AND":
			return levelAnd
		case "+", "-":
			return levelSum
		case "*", "/":
			return levelProduct
		case "^":
			return levelPower
		}
		return levelComparison
	}
	return levelPrimary
}

// writeOperand writes n, in brackets when it binds more weakly than least.
func writeOperand(b *strings.Builder, n node, least int) {
	if levelOf(n) >= least {
		n.write(b)
		return
	}
	b.WriteString("(")
	n.write(b)
	b.WriteString(")")
}

func writeList(b *strings.Builder, nodes []node) {
	for i, n := range nodes {
		if i > 0 {
			b.WriteString(", ")
		}
		n.write(b)
	}
}

// visit calls f for n and every node below it.
func visit(n node, f func(node)) {
	f(n)
	var below []node
	switch n := n.(type) {
	case *negateNode:
		below = []node{n.x}
	case *binaryNode:
		below = []node{n.x, n.y}
	case *arrayNode:
		below = n.items
	case *callNode:
		below = n.args
	}
	for _, child := range below {
		visit(child, f)
	}
}
