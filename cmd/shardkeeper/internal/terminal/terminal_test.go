package terminal_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/terminal"
)

func TestAFileIsNoTerminal(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	nothing := func(string) string { return "" }
	if terminal.Is(file) || terminal.Width(file, nothing) != 0 || terminal.Colour(file, nothing) {
		t.Error("a file is taken for a terminal")
	}
	for columns, want := range map[string]int{"72": 72, "0": 0, "-1": 0, "many": 0, "99999999": 0} {
		if got := terminal.Width(file, func(string) string { return columns }); got != want {
			t.Errorf("COLUMNS=%s: %d, want %d", columns, got, want)
		}
	}
}
