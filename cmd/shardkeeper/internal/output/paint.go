package output

import "github.com/jedib0t/go-pretty/v6/text"

// Paint is how a text looks on a terminal.
type Paint int

// The looks that there are. Each has a meaning, so that the same thing looks the same everywhere.
const (
	Plain Paint = iota
	Bold        // a title
	Faint       // what only separates
	Good        // done as asked
	Bad         // failed, or refused
	Wait        // not now, or not known yet
)

// On returns a text that looks like this.
func (p Paint) On(s string) string {
	colours := map[Paint]text.Color{Bold: text.Bold, Faint: text.Faint, Good: text.FgGreen, Bad: text.FgRed, Wait: text.FgYellow}
	colour, is := colours[p]
	if !is || s == "" {
		return s
	}
	return text.Escape(s, colour.EscapeSeq())
}
