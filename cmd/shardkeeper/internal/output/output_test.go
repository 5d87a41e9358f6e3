package output_test

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
)

type part struct {
	Inner string `json:"inner"`
}

type line struct {
	part

	Text   string         `json:"text"`
	Count  int            `json:"count,omitempty"`
	Share  float64        `json:"share"`
	At     *time.Time     `json:"at,omitempty"`
	Counts map[string]int `json:"counts,omitempty"`
	Hidden string         `json:"-"`
}

func sheetOf(t interface{ Fatal(args ...any) }, lines ...line) [][]string {
	var b strings.Builder
	sheet, err := output.NewSheet[line](&b)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		if err := sheet.Row(l); err != nil {
			t.Fatal(err)
		}
	}
	if err := sheet.Close(); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestSheet(t *testing.T) {
	at := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	got := sheetOf(t,
		line{part{"in"}, "a,b\n\"c\"", 3, -0.25, &at, map[string]int{"x": 1}, "secret"},
		line{},
	)
	want := [][]string{
		{"inner", "text", "count", "share", "at", "counts"},
		{"in", `a,b "c"`, "3", "-0.25", "2026-11-24T12:00:00Z", `{"x":1}`},
		{"", "", "", "0", "", ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := output.NewSheet[string](&strings.Builder{}); err == nil {
		t.Error("a text is taken as a row")
	}
}

// A text from outside is no formula in a spreadsheet, and numbers are numbers.
func TestSheetHasNoFormulas(t *testing.T) {
	for text, want := range map[string]string{
		"=1+1": "'=1+1", "+cmd|' /C calc'!A0": "'+cmd|' /C calc'!A0", "-1-1": "'-1-1", "@SUM(A1)": "'@SUM(A1)",
		"\t=1": "' =1", "\r=1": "' =1", "\n=1": "' =1", "＝1": "'＝1",
		"-0.5": "-0.5", "+3": "+3", "orders": "orders", "a=b": "a=b", "": "", "-": "'-", "\x1b[2Jx": " [2Jx",
	} {
		if got := sheetOf(t, line{Text: text})[1][1]; got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestSheetOfAnyTextIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		rows := sheetOf(t, line{Text: text}, line{Text: "next"})
		if len(rows) != 3 || rows[2][1] != "next" {
			t.Fatalf("%q became %q", text, rows)
		}
		if got := rows[1][1]; got != "" && strings.ContainsRune("=@\t\r\n＝＋－＠", []rune(got)[0]) {
			t.Fatalf("%q begins as a formula: %q", text, got)
		}
	})
}

func columns() []output.Column {
	return []output.Column{{Title: "name", Min: 6}, {Title: "shard hours", Right: true}, {Title: "why", Min: 12, Below: true}}
}

func printed(t interface{ Fatal(args ...any) }, width int, rows ...[]string) string {
	var b strings.Builder
	grid := output.NewGrid(output.Screen{W: &b, Width: width}, columns()...)
	for _, row := range rows {
		if err := grid.Row(row...); err != nil {
			t.Fatal(err)
		}
	}
	if err := grid.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Whatever is in the rows and however wide the screen is, all words are there, in no line that is
// too long.
func TestGridKeepsEveryWordWithinTheWidth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("abé -日 \t\n\x1b")))
		width := rapid.IntRange(24, 120).Draw(t, "width")
		row := []string{text.Draw(t, "name"), fmt.Sprint(rapid.IntRange(0, 1e6).Draw(t, "hours")), text.Draw(t, "why")}
		got := printed(t, width, row)
		for line := range strings.SplitSeq(got, "\n") {
			if n := len([]rune(line)); n > width {
				t.Fatalf("line %q has %d columns, more than %d", line, n, width)
			}
			if strings.ContainsRune(line, '\x1b') {
				t.Fatalf("line %q steers the terminal", line)
			}
		}
		letters := func(s string) (n int) {
			for _, r := range s {
				if strings.ContainsRune("éb日", r) {
					n++
				}
			}
			return n
		}
		if want := letters(strings.Join(row, "")); letters(got) != want {
			t.Fatalf("%q has %d letters of %d:\n%s", row, letters(got), want, got)
		}
	})
}

func TestGridWithoutRowsIsEmpty(t *testing.T) {
	if got := printed(t, 80); got != "" {
		t.Errorf("it prints %q", got)
	}
}

// Rows after the first screens go on in the same columns, and are not kept in memory.
func TestGridGoesOnInTheSameColumns(t *testing.T) {
	var b strings.Builder
	grid := output.NewGrid(output.Screen{W: &b, Width: 80}, columns()...)
	for i := range 1200 {
		if err := grid.Row("orders", fmt.Sprint(i), "why not"); err != nil {
			t.Fatal(err)
		}
		if i == 1100 && strings.Count(b.String(), "\n") < 1100 {
			t.Errorf("after %d rows only %d lines are written", i, strings.Count(b.String(), "\n"))
		}
	}
	if err := grid.Close(); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if len(lines) != 1202 || strings.Index(lines[2], "why") != strings.Index(lines[1201], "why") {
		t.Errorf("%d lines, the last is %q, one of the first %q", len(lines), lines[len(lines)-1], lines[2])
	}
}

func TestHanging(t *testing.T) {
	const text = "orders: min-shards 2 -> 8, by ana"
	for width, want := range map[int]string{
		0: text, 33: text, 200: text, 24: "orders: min-shards 2\n    -> 8, by ana",
	} {
		if got := output.Hanging(text, width); got != want {
			t.Errorf("on %d columns: %q, want %q", width, got, want)
		}
	}
}

func TestWrapped(t *testing.T) {
	text := "one two three four\n  five six seven eight\n"
	if got := output.Wrapped(text, 0); got != text {
		t.Errorf("without a width: %q", got)
	}
	if got, want := output.Wrapped(text, 14), "one two three\nfour\n  five six\n  seven eight\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestListed(t *testing.T) {
	for width, want := range map[int]string{
		0: "busy 12, full 3, none 1", 23: "busy 12, full 3, none 1", 22: "busy 12, full 3,\nnone 1", 15: "busy 12,\nfull 3, none 1", 3: "busy 12,\nfull 3,\nnone 1",
	} {
		if got := output.Listed([]string{"busy 12", "full 3", "none 1"}, width); got != want {
			t.Errorf("on %d columns: %q, want %q", width, got, want)
		}
	}
	if got := output.Listed(nil, 10); got != "" {
		t.Errorf("nothing is %q", got)
	}
}
