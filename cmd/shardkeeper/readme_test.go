package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestTheREADMEShowsWhatIsPrinted holds the look in the README to the golden files.
func TestTheREADMEShowsWhatIsPrinted(t *testing.T) {
	readme := readText(t, filepath.Join("..", "..", "README.md"))
	explained, _, _ := strings.Cut(readText(t, filepath.Join("testdata", "explain.text")), "\nThe scale-down alarm")
	for name, text := range map[string]string{
		"streams": readText(t, filepath.Join("testdata", "streams.80.text")), "explain": explained,
		"demo": readText(t, filepath.Join("testdata", "demo.text")),
	} {
		var shown strings.Builder
		for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
			shown.WriteString(strings.TrimRight("    "+line, " ") + "\n")
		}
		if !strings.Contains(readme, shown.String()) {
			t.Errorf("README.md does not show what %s prints:\n%s", name, shown.String())
		}
	}
}
