package metricmath

// A recursive-descent parser. From weakest to strongest binding:
//
//	or         = and { ("OR" | "||") and }
//	and        = comparison { ("AND" | "&&") comparison }
//	comparison = sum { ("==" | "!=" | "<" | "<=" | ">" | ">=") sum }
//	sum        = product { ("+" | "-") product }
//	product    = unary { ("*" | "/") unary }
//	unary      = "-" unary | power
//	power      = primary [ "^" unary ]
//	primary    = number | id | text | FUNCTION "(" [ or { "," or } ] ")" | "(" or ")" | "[" or { "," or } "]"
//
// The user guide does not say how -a^b and a^b^c bind; here -(a^b) and a^(b^c),
// as in mathematics.

import (
	"fmt"
	"slices"
	"strings"
)

const (
	// maxLength is the longest expression, in bytes. It is the API's limit as
	// remembered, not confirmed by a page read; no real alarm comes near.
	maxLength = 2048
	// maxDepth bounds the nesting, so that no input can exhaust the stack.
	maxDepth = 100
)

// Parse reads a metric math expression. It checks the grammar and that every
// function is known with the right number of arguments; types and ids need the
// other queries and are checked by [Definition.Validate] and [Compute]. Every
// error is a [*SyntaxError] or a [*NotModelledError].
func Parse(text string) (*Expression, error) {
	p := &parser{lexer: lexer{text: text}}
	if len(text) > maxLength {
		return nil, p.lexer.fault(maxLength, fmt.Sprintf("longer than %d characters", maxLength))
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	if p.token.kind == tokenEnd {
		return nil, p.fault("the expression is empty")
	}
	if err := p.refuseSelect(); err != nil {
		return nil, err
	}
	root, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.token.kind != tokenEnd {
		return nil, p.fault(fmt.Sprintf("expected an operator or the end, found %s", describe(p.token)))
	}
	return &Expression{text: text, root: root}, nil
}

// refuseSelect tells a query of Metrics Insights, SELECT ... FROM ..., from an
// expression that begins with an id named select.
func (p *parser) refuseSelect() error {
	if !strings.EqualFold(p.token.text, "select") {
		return nil
	}
	rest := lexer{text: p.lexer.text, next: p.lexer.next}
	next, err := rest.scan()
	if p.token.kind == tokenWord || err == nil && (next.kind == tokenID || next.kind == tokenWord && !isOperatorWord(next.text)) {
		return &NotModelledError{Feature: "Metrics Insights query", Expression: p.lexer.text, Offset: p.token.at}
	}
	return nil
}

func isOperatorWord(word string) bool { return word == "AND" || word == "OR" }

type parser struct {
	lexer lexer
	token token // the one to be looked at next
	depth int
}

func (p *parser) advance() error {
	t, err := p.lexer.scan()
	p.token = t
	return err
}

func (p *parser) fault(problem string) error { return p.lexer.fault(p.token.at, problem) }

func (p *parser) or() (node, error)  { return p.chain(p.and, "OR", "||") }
func (p *parser) and() (node, error) { return p.chain(p.comparison, "AND", "&&") }
func (p *parser) comparison() (node, error) {
	return p.chain(p.sum, "==", "!=", "<", "<=", ">", ">=")
}
func (p *parser) sum() (node, error)     { return p.chain(p.product, "+", "-") }
func (p *parser) product() (node, error) { return p.chain(p.unary, "*", "/") }

// chain parses operands joined from left to right by any of the signs.
func (p *parser) chain(operand func() (node, error), signs ...string) (node, error) {
	x, err := operand()
	if err != nil {
		return nil, err
	}
	for (p.token.kind == tokenSign || p.token.kind == tokenWord) && slices.Contains(signs, p.token.text) {
		sign := p.token
		if err := p.advance(); err != nil {
			return nil, err
		}
		y, err := operand()
		if err != nil {
			return nil, err
		}
		x = &binaryNode{place: place(sign.at), sign: spelled(sign.text), x: x, y: y}
	}
	return x, nil
}

func spelled(sign string) string {
	switch sign {
	case "&&":
		return "AND"
	case "||":
		return "OR"
	}
	return sign
}

func (p *parser) unary() (node, error) {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxDepth {
		return nil, p.fault(fmt.Sprintf("nested more than %d deep", maxDepth))
	}
	if !p.at("-") {
		return p.power()
	}
	at := place(p.token.at)
	if err := p.advance(); err != nil {
		return nil, err
	}
	x, err := p.unary()
	if err != nil {
		return nil, err
	}
	return &negateNode{place: at, x: x}, nil
}

func (p *parser) power() (node, error) {
	x, err := p.primary()
	if err != nil || !p.at("^") {
		return x, err
	}
	at := place(p.token.at)
	if err := p.advance(); err != nil {
		return nil, err
	}
	y, err := p.unary()
	if err != nil {
		return nil, err
	}
	return &binaryNode{place: at, sign: "^", x: x, y: y}, nil
}

func (p *parser) primary() (node, error) {
	t := p.token
	switch {
	case t.kind == tokenNumber:
		return &numberNode{place: place(t.at), value: t.value}, p.advance()
	case t.kind == tokenText:
		return &textNode{place: place(t.at), text: t.text}, p.advance()
	case t.kind == tokenID:
		return p.id()
	case t.kind == tokenWord:
		return p.call()
	case p.at("("):
		return p.brackets()
	case p.at("["):
		items, err := p.list("[", "]")
		if err == nil && len(items) == 0 {
			err = p.lexer.fault(t.at, "this array is empty")
		}
		return &arrayNode{place: place(t.at), items: items}, err
	}
	return nil, p.fault(fmt.Sprintf("expected a number, an id, a function or a bracket, found %s", describe(t)))
}

func (p *parser) id() (node, error) {
	t := p.token
	if err := p.advance(); err != nil {
		return nil, err
	}
	if p.at("(") {
		return nil, p.lexer.fault(t.at, fmt.Sprintf("%q is called like a function; functions are written in upper case", shortened(t.text)))
	}
	return &idNode{place: place(t.at), name: t.text}, nil
}

func (p *parser) brackets() (node, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	x, err := p.or()
	if err != nil {
		return nil, err
	}
	return x, p.expect(")")
}

// call parses a function with its arguments, or the keywords REPEAT and LINEAR.
func (p *parser) call() (node, error) {
	t := p.token
	if t.text == wordRepeat || t.text == wordLinear {
		return &wordNode{place: place(t.at), word: t.text}, p.advance()
	}
	f, err := findFunction(t, p.lexer.text)
	if err != nil {
		return nil, err
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	args, err := p.list("(", ")")
	if err != nil {
		return nil, err
	}
	if len(args) < f.least || len(args) > f.most {
		return nil, p.lexer.fault(t.at, fmt.Sprintf("%s has %s; it is written %s", t.text, plural(len(args), "argument"), f.usage))
	}
	return &callNode{place: place(t.at), name: t.text, args: args}, nil
}

// list parses expressions between brackets, separated by commas.
func (p *parser) list(open, closing string) ([]node, error) {
	if err := p.expect(open); err != nil {
		return nil, err
	}
	if p.at(closing) {
		return nil, p.advance()
	}
	var items []node
	for {
		item, err := p.or()
		if err != nil {
			return nil, err
		}
		items = append(items, item)
		if !p.at(",") {
			return items, p.expect(closing)
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
}

func (p *parser) at(sign string) bool { return p.token.kind == tokenSign && p.token.text == sign }

func (p *parser) expect(sign string) error {
	if !p.at(sign) {
		return p.fault(fmt.Sprintf("expected %q, found %s", sign, describe(p.token)))
	}
	return p.advance()
}

func describe(t token) string {
	if t.kind == tokenEnd {
		return "the end"
	}
	return fmt.Sprintf("%q", shortened(strings.TrimSpace(t.text)))
}
