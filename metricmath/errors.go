package metricmath

// What can be wrong with an expression, each kind with a type of its own, so that
// a program can tell a slip of the pen from what this package lacks.

import (
	"fmt"
	"strconv"
	"unicode/utf8"
)

// SyntaxError says where and why an expression is not valid metric math: the
// grammar is broken, a function has the wrong arguments, or a value has the
// wrong type, as in MAX(4).
type SyntaxError struct {
	Expression string
	Offset     int // byte offset of the fault, from 0
	Problem    string
}

// Error names the place, counted from 1, and the fault. Of a long expression it
// shows the part around the fault.
func (e *SyntaxError) Error() string { return located(e.Expression, e.Offset, e.Problem) }

// UnknownIDError says that an expression names an id that nothing has.
type UnknownIDError struct {
	ID         string
	Expression string
	Offset     int // byte offset of the id, from 0
}

// Error names the id and its place.
func (e *UnknownIDError) Error() string {
	return located(e.Expression, e.Offset, fmt.Sprintf("no query has the id %q", shortened(e.ID)))
}

// NotModelledError says that CloudWatch has something which this package does
// not model. The expression or definition may be valid there.
type NotModelledError struct {
	// Feature is what is not modelled: a function by its name, such as STDDEV, or
	// "Metrics Insights query", "statistic p99", "period 10s".
	Feature    string
	Why        string // a reason, where there is one to give
	Expression string // empty when it is not about an expression
	Offset     int    // byte offset in the expression, from 0
}

// Error names the feature, and the place if it is in an expression.
func (e *NotModelledError) Error() string {
	problem := e.Feature + " is not modelled"
	if e.Why != "" {
		problem += ": " + e.Why
	}
	if e.Expression == "" {
		return problem
	}
	return located(e.Expression, e.Offset, problem)
}

// QueryError says which query of several is at fault.
type QueryError struct {
	ID  string
	Err error
}

// Error names the query.
func (e *QueryError) Error() string { return fmt.Sprintf("query %q: %v", shortened(e.ID), e.Err) }

// Unwrap returns what is wrong with the query.
func (e *QueryError) Unwrap() error { return e.Err }

// longestShown is how many bytes of somebody's text an error repeats.
const longestShown = 80

// located puts a problem in its place in an expression.
func located(expression string, offset int, problem string) string {
	return fmt.Sprintf("expression %s: at character %d: %s", quotedAround(expression, offset), offset+1, problem)
}

// quotedAround quotes a text, or of a long one the part around an offset.
func quotedAround(text string, offset int) string {
	if len(text) <= longestShown {
		return strconv.Quote(text)
	}
	from := max(0, min(offset-longestShown/2, len(text)-longestShown))
	to := from + longestShown
	from, to = runeStart(text, from), runeStart(text, to)
	quoted := strconv.Quote(text[from:to])
	if from > 0 {
		quoted = "..." + quoted
	}
	if to < len(text) {
		quoted += "..."
	}
	return quoted
}

// shortened cuts a text to what an error repeats.
func shortened(text string) string {
	if len(text) <= longestShown {
		return text
	}
	return text[:runeStart(text, longestShown)] + "..."
}

// runeStart returns the start of the character that the byte at i belongs to.
func runeStart(text string, i int) int {
	for back := 0; back < utf8.UTFMax && i > 0 && i < len(text) && !utf8.RuneStart(text[i]); back++ {
		i--
	}
	return i
}

// plural writes a count with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
