package trace_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shardkeeper/shardkeeper/internal/trace"
)

// The traces of folders are read in order, and a folder without any, or a file that is no trace, is told.
func TestFolders(t *testing.T) {
	first, second, broken := t.TempDir(), t.TempDir(), t.TempDir()
	const text = "timestamp,records_per_second,bytes_per_second\n2026-11-23T00:00:00Z,1,2\n"
	for path, text := range map[string]string{
		filepath.Join(first, "b.csv"): text, filepath.Join(first, "a.csv"): text, filepath.Join(first, "notes.txt"): "no trace",
		filepath.Join(second, "c.csv"): text, filepath.Join(broken, "d.csv"): "no trace\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	all, err := trace.Folders(first, second)
	var names []string
	for _, n := range all {
		names = append(names, n.Name)
		if len(n.Trace.Minutes) != 1 {
			t.Errorf("%s has %d minutes", n.Name, len(n.Trace.Minutes))
		}
	}
	if err != nil || strings.Join(names, " ") != "a b c" {
		t.Errorf("%v, %v", names, err)
	}
	for _, folder := range []string{t.TempDir(), broken, filepath.Join(first, "none")} {
		if _, err := trace.Folders(second, folder); err == nil || !strings.Contains(err.Error(), folder) {
			t.Errorf("%s: %v", folder, err)
		}
	}
}
