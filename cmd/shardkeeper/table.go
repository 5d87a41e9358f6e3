package main

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// table writes rows as they come, in columns of fixed widths; the text of a cell that is too long
// goes on in the next line. (A tabwriter must see all rows first, and does not break lines.)
type table struct {
	columns []column
}

type column struct {
	title string
	width int
	right bool // numbers stand to the right
}

// gutter stands between columns.
const gutter = "  "

func (t *table) header(w io.Writer) error {
	titles := make([]string, len(t.columns))
	rules := make([]string, len(t.columns))
	for i, c := range t.columns {
		titles[i] = c.title
		rules[i] = strings.Repeat("-", c.width)
	}
	if err := t.row(w, titles...); err != nil {
		return err
	}
	return t.row(w, rules...)
}

// row writes one row, in as many lines as its longest cell needs.
func (t *table) row(w io.Writer, cells ...string) error {
	lines := make([][]string, len(cells))
	height := 1
	for i, cell := range cells {
		lines[i] = wrapped(printable(cell), t.columns[i].width)
		height = max(height, len(lines[i]))
	}
	for n := range height {
		var b strings.Builder
		for i, c := range t.columns {
			text := ""
			if i < len(lines) && n < len(lines[i]) {
				text = lines[i][n]
			}
			space := strings.Repeat(" ", max(c.width-utf8.RuneCountInString(text), 0))
			if c.right {
				text, space = space, text
			}
			b.WriteString(text + space + gutter)
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(b.String(), " ")); err != nil {
			return err
		}
	}
	return nil
}

// wrapped breaks a text at spaces into lines of at most width characters; a longer word is cut.
func wrapped(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		for utf8.RuneCountInString(word) > width {
			if line != "" {
				lines, line = append(lines, line), ""
			}
			runes := []rune(word)
			lines, word = append(lines, string(runes[:width])), string(runes[width:])
		}
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
	}
	return append(lines, line)
}

// printable replaces what would steer a terminal: texts in the history come from others too.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, text)
}
