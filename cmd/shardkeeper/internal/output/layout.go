package output

import (
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
)

// layout is how a grid fits its screen.
type layout struct {
	widths []int // of the columns
	beside int   // how many columns stand beside each other; one that does not goes below its row
	titles int   // width of the widest title, for blocks
	blocks bool  // nothing else fits
}

const (
	// narrowBelow is the width under which a long text goes below its row.
	narrowBelow = 48
	// narrowest is the least width that a text is broken into.
	narrowest = 12
)

// layoutOf finds the layout of columns with certain rows, on a screen of so many columns.
func layoutOf(columns []Column, rows [][]string, screen int) layout {
	l := layout{widths: make([]int, len(columns)), beside: len(columns)}
	for i, c := range columns {
		width := text.StringWidthWithoutEscSequences(c.Title)
		l.titles = max(l.titles, width)
		for _, row := range rows {
			width = max(width, text.StringWidthWithoutEscSequences(row[i]))
		}
		l.widths[i] = width
	}
	if screen == 0 {
		return l
	}
	if last := len(columns) - 1; columns[last].Below && !l.fits(screen) {
		others := layout{widths: l.widths[:last]}
		others.shrink(columns[:last], screen)
		if room := screen - others.total() - len(gutter); room >= narrowBelow {
			l.widths[last] = min(l.widths[last], room)
		} else {
			l.beside = last
		}
	}
	l.shrink(columns[:l.beside], screen)
	l.blocks = !l.fits(screen)
	return l
}

// total is the width of what stands beside each other.
func (l layout) total() int {
	total := 0
	for _, width := range l.widths {
		total += width + len(gutter)
	}
	return total - len(gutter)
}

func (l layout) fits(screen int) bool {
	return layout{widths: l.widths[:l.beside]}.total() <= screen
}

// shrink takes columns away from the widest of those that may shrink, until all fit or none can
// shrink any more. A title is never broken within a word.
func (l layout) shrink(columns []Column, screen int) {
	for (layout{widths: l.widths[:len(columns)]}).total() > screen {
		widest := -1
		for i, c := range columns {
			if c.Min > 0 && l.widths[i] > max(c.Min, longestWord(c.Title)) && (widest < 0 || l.widths[i] > l.widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return
		}
		l.widths[widest]--
	}
}

func longestWord(title string) int {
	longest := 0
	for word := range strings.FieldsSeq(title) {
		longest = max(longest, text.StringWidthWithoutEscSequences(word))
	}
	return longest
}
