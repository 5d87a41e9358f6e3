package output

import (
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// Column is a column of a grid.
type Column struct {
	Title string
	Right bool // numbers stand to the right
	Min   int  // columns to which it may shrink, its text going on in the next line; 0 never shrinks

	// Below is for a long text: where it would be a narrow column, it goes below its row. There can
	// be one, the last.
	Below bool

	// Paint gives the colour of a cell's text, where there are colours; nil is none.
	Paint func(cell string) Paint
}

// Grid writes rows as a table that fits its screen. It keeps rows back until it knows how wide
// the columns have to be, and writes the later ones at once.
//
// Where the columns do not fit, those that may shrink do; then the table is turned on its side, if it
// has few rows; and where nothing else fits each row is a block of lines, one for each cell.
type Grid struct {
	screen  Screen
	columns []Column
	kept    [][]string
	layout  layout
	fixed   bool // the layout is
}

// keptRows is how many rows may be kept back: a screen or more, and little memory.
const keptRows = 500

// NewGrid returns an empty grid.
func NewGrid(to Screen, columns ...Column) *Grid { return &Grid{screen: to, columns: columns} }

// Row adds a row. Cells that are missing are empty.
func (g *Grid) Row(cells ...string) error {
	row := make([]string, len(g.columns))
	for i := range min(len(cells), len(row)) {
		row[i] = strings.TrimSpace(Printable(cells[i]))
	}
	g.kept = append(g.kept, row)
	if g.fixed || len(g.kept) == keptRows {
		return g.flush(false)
	}
	return nil
}

// Close writes what is kept back. A grid without rows writes nothing.
func (g *Grid) Close() error { return g.flush(true) }

func (g *Grid) flush(last bool) error {
	if len(g.kept) == 0 {
		return nil
	}
	var b strings.Builder
	if !g.fixed {
		g.fixed, g.layout = true, layoutOf(g.columns, g.kept, g.screen.Width)
		if turned := g.turned(); last && g.layout.blocks && turned != nil {
			g.kept = nil
			return turned.Close()
		}
		if !g.layout.blocks {
			g.header(&b)
		}
	}
	for _, row := range g.kept {
		g.row(&b, row)
	}
	g.kept = nil
	_, err := io.WriteString(g.screen.W, b.String())
	return err
}

// turned returns the grid on its side, a column for each row; nil where that does not fit either.
func (g *Grid) turned() *Grid {
	columns := []Column{{Title: g.columns[0].Title}}
	rows := make([][]string, len(g.columns)-1)
	for i, c := range g.columns[1:] {
		rows[i] = []string{c.Title}
	}
	for _, row := range g.kept {
		widest := 1 // of the cells: only the title may be broken
		for i, cell := range row[1:] {
			rows[i] = append(rows[i], cell)
			widest = max(widest, text.StringWidthWithoutEscSequences(cell))
		}
		columns = append(columns, Column{Title: row[0], Min: widest, Right: g.columns[len(g.columns)-1].Right})
	}
	if layoutOf(columns, rows, g.screen.Width).blocks {
		return nil
	}
	return &Grid{screen: g.screen, columns: columns, kept: rows}
}

func (g *Grid) header(b *strings.Builder) {
	titles, rules := make([]string, len(g.columns)), make([]string, len(g.columns))
	titled := false
	for i, c := range g.columns {
		titles[i], rules[i] = c.Title, strings.Repeat("-", g.layout.widths[i])
		titled = titled || c.Title != ""
	}
	if !titled {
		return
	}
	g.line(b, titles, func(int, string) Paint { return Bold })
	g.line(b, rules, func(int, string) Paint { return Faint })
}

func (g *Grid) row(b *strings.Builder, row []string) {
	paint := func(i int, cell string) Paint {
		if g.columns[i].Paint == nil {
			return Plain
		}
		return g.columns[i].Paint(cell)
	}
	if !g.layout.blocks {
		g.line(b, row, paint)
		if below := g.layout.beside; below < len(row) && row[below] != "" {
			g.indented(b, "", g.painted(paint(below, row[below]), row[below]), len(indent))
		}
		return
	}
	for i, c := range g.columns {
		if row[i] != "" {
			name := text.Pad(c.Title, g.layout.titles, ' ')
			g.indented(b, name, g.painted(paint(i, row[i]), row[i]), g.layout.titles+len(gutter))
		}
	}
	b.WriteByte('\n')
}

// line writes the cells of a row that stand beside each other, in as many lines as its longest needs.
func (g *Grid) line(b *strings.Builder, cells []string, paint func(i int, cell string) Paint) {
	w := table.NewWriter()
	w.SetStyle(plainStyle())
	w.SuppressTrailingSpaces()
	var configs []table.ColumnConfig
	var row table.Row
	for i, cell := range cells[:g.layout.beside] {
		align := text.AlignLeft
		if g.columns[i].Right {
			align = text.AlignRight
		}
		width := g.layout.widths[i]
		config := table.ColumnConfig{Number: i + 1, Align: align, WidthMin: width}
		if g.screen.Width > 0 {
			config.WidthMax, config.WidthMaxEnforcer = width, text.WrapSoft
		}
		configs, row = append(configs, config), append(row, g.painted(paint(i, cell), cell))
	}
	w.SetColumnConfigs(configs)
	w.AppendRow(row)
	for line := range strings.SplitSeq(w.Render(), "\n") {
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

// indented writes a text after a name, its next lines below its first.
func (g *Grid) indented(b *strings.Builder, name, value string, margin int) {
	if g.screen.Width > 0 {
		value = text.WrapSoft(value, max(g.screen.Width-margin, narrowest))
	}
	first := text.Pad(name, margin, ' ')
	for line := range strings.SplitSeq(value, "\n") {
		b.WriteString(strings.TrimRight(first+line, " ") + "\n")
		first = strings.Repeat(" ", margin)
	}
}

func (g *Grid) painted(p Paint, cell string) string {
	if !g.screen.Colour {
		return cell
	}
	return p.On(cell)
}

// gutter stands between columns, indent before what is below its row.
const (
	gutter = "  "
	indent = "    "
)

func plainStyle() table.Style {
	style := table.StyleDefault
	style.Options = table.OptionsNoBordersAndSeparators
	style.Box.PaddingLeft, style.Box.PaddingRight = "", gutter
	return style
}

// Printable replaces what would steer a terminal: texts in the history come from others too.
func Printable(text string) string {
	if !slices.ContainsFunc([]rune(text), func(r rune) bool { return !unicode.IsPrint(r) }) {
		return text
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, text)
}

// Wrapped breaks the lines of a text that are too long for a screen of so many columns, at spaces; 0
// breaks none.
func Wrapped(s string, width int) string {
	if width == 0 {
		return s
	}
	var b strings.Builder
	for line := range strings.SplitSeq(s, "\n") {
		margin := len(line) - len(strings.TrimLeft(line, " "))
		for part := range strings.SplitSeq(text.WrapSoft(line[margin:], max(width-margin, narrowest)), "\n") {
			b.WriteString(strings.TrimRight(strings.Repeat(" ", margin)+part, " ") + "\n")
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// Listed joins items by commas, and breaks the line between two of them where it would be too long for a screen of so many columns; 0
// breaks none.
func Listed(items []string, width int) string {
	var b strings.Builder
	column := 0
	for i, item := range items {
		if i < len(items)-1 {
			item += ","
		}
		length := len([]rune(item))
		switch {
		case i == 0:
		case width > 0 && column+1+length > width:
			b.WriteString("\n")
			column = 0
		default:
			b.WriteString(" ")
			column++
		}
		b.WriteString(item)
		column += length
	}
	return b.String()
}

// Hanging breaks a line that is too long for a screen of so many columns, and moves all of it but its beginning in; 0
// breaks none. So it is seen where the next line begins.
func Hanging(s string, width int) string {
	const margin = "    "
	if width == 0 || len([]rune(s)) <= width {
		return s
	}
	return strings.ReplaceAll(Wrapped(s, width-len(margin)), "\n", "\n"+margin)
}
