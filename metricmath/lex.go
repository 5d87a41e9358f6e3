package metricmath

// The tokens of the metric math language.

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

type tokenKind uint8

const (
	tokenEnd tokenKind = iota
	tokenNumber
	tokenID   // starts with a lower-case letter: a query's id
	tokenWord // starts with an upper-case letter: a function or a keyword
	tokenText // "quoted"
	tokenSign // operators and brackets
)

type token struct {
	kind  tokenKind
	text  string
	at    int // byte offset in the expression
	value float64
}

type lexer struct {
	text string
	next int
}

// scan returns the next token. At the end of the text it returns tokenEnd,
// however often it is called.
func (l *lexer) scan() (token, error) {
	for l.next < len(l.text) && strings.IndexByte(" \t\r\n", l.text[l.next]) >= 0 {
		l.next++
	}
	at := l.next
	if at == len(l.text) {
		return token{kind: tokenEnd, at: at}, nil
	}
	switch c := l.text[at]; {
	case isDigit(c) || c == '.':
		return l.scanNumber()
	case isLower(c):
		return token{kind: tokenID, text: l.take(isNameByte), at: at}, nil
	case isUpper(c):
		return token{kind: tokenWord, text: l.take(isNameByte), at: at}, nil
	case c == '"':
		return l.scanText()
	}
	return l.scanSign()
}

// scanNumber reads digits with an optional decimal point. Exponents such as
// 1e6 are refused: the user guide shows none, so an alarm with one might be
// refused by the service.
func (l *lexer) scanNumber() (token, error) {
	at := l.next
	text := l.take(func(c byte) bool { return isDigit(c) || c == '.' })
	if l.next < len(l.text) && isNameByte(l.text[l.next]) {
		return token{}, l.fault(l.next, fmt.Sprintf("%q follows a number; exponents are not documented, write the number out", l.text[l.next]))
	}
	value, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return token{}, l.fault(at, fmt.Sprintf("%q is not a number", shortened(text)))
	}
	return token{kind: tokenNumber, text: text, at: at, value: value}, nil
}

func (l *lexer) scanText() (token, error) {
	at := l.next
	length := strings.IndexByte(l.text[at+1:], '"')
	if length < 0 {
		return token{}, l.fault(at, "this quotation mark is never closed")
	}
	l.next = at + length + 2
	return token{kind: tokenText, text: l.text[at+1 : at+1+length], at: at}, nil
}

func (l *lexer) scanSign() (token, error) {
	at := l.next
	for _, sign := range [...]string{"==", "!=", "<=", ">=", "&&", "||"} {
		if strings.HasPrefix(l.text[at:], sign) {
			l.next += len(sign)
			return token{kind: tokenSign, text: sign, at: at}, nil
		}
	}
	if strings.IndexByte("+-*/^<>()[],", l.text[at]) >= 0 {
		l.next++
		return token{kind: tokenSign, text: l.text[at : at+1], at: at}, nil
	}
	r, _ := utf8.DecodeRuneInString(l.text[at:])
	return token{}, l.fault(at, fmt.Sprintf("%q has no meaning here", r))
}

func (l *lexer) take(accept func(byte) bool) string {
	at := l.next
	for l.next < len(l.text) && accept(l.text[l.next]) {
		l.next++
	}
	return l.text[at:l.next]
}

func (l *lexer) fault(at int, problem string) error {
	return &SyntaxError{Expression: l.text, Offset: at, Problem: problem}
}

func isDigit(c byte) bool    { return c >= '0' && c <= '9' }
func isLower(c byte) bool    { return c >= 'a' && c <= 'z' }
func isUpper(c byte) bool    { return c >= 'A' && c <= 'Z' }
func isNameByte(c byte) bool { return isDigit(c) || isLower(c) || isUpper(c) || c == '_' }
