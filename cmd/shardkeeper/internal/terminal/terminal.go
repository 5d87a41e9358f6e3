// Package terminal knows what the command's output goes to: how wide it is, whether it takes colour,
// and whether somebody looks at it while it grows.
package terminal

import (
	"os"
	"strconv"

	"golang.org/x/term"
)

// Is reports whether somebody looks at what is written to a file.
func Is(file *os.File) bool { return term.IsTerminal(int(file.Fd())) }

// maxWidth is where a width is taken for a mistake.
const maxWidth = 10_000

// Width returns how many columns there are for what is written to a file: those of the variable
// COLUMNS, else those of the terminal. It is 0, without limit, where there is neither, as in a pipe:
// there each row stays one line, which other programs can read.
func Width(file *os.File, getenv func(string) string) int {
	if columns, err := strconv.Atoi(getenv("COLUMNS")); err == nil && columns > 0 && columns <= maxWidth {
		return columns
	}
	if columns, _, err := term.GetSize(int(file.Fd())); err == nil && columns > 0 {
		return columns
	}
	return 0
}

// Colour reports whether what is written to a file may have colours: on a terminal that can show
// them, unless the variable NO_COLOR says that nobody wants them (https://no-color.org).
func Colour(file *os.File, getenv func(string) string) bool {
	return Is(file) && getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"
}
