package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/internal/race"
)

// indent begins a line of a block in a document.
const indent = "    "

// TestTheDocumentsShowWhatTheCommandPrints runs the commands of the documents, the lines of their blocks
// that begin with "$", and holds what follows each against what it prints; and holds the tables that are
// measured on traces that are not here against their sums.
func TestTheDocumentsShowWhatTheCommandPrints(t *testing.T) {
	race.SkipLong(t)
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	tables := *measured
	if tables != "" {
		tables = filepath.Join(root, tables)
	}
	behaviour := "" // of the policies, by what they do to the made traffic of policies.md
	for _, document := range []struct {
		name     string
		commands int
	}{{"policies.md", 1}, {"simulate.md", 3}} {
		name, path := document.name, filepath.Join(root, "docs", document.name)
		have := readText(t, path)
		t.Run(name, func(t *testing.T) {
			want, printed := rewritten(t, have)
			if len(printed) < document.commands {
				t.Errorf("only %d commands are in %s", len(printed), path)
			}
			if behaviour == "" {
				behaviour = sumOf(printed...)
			}
			want = withMeasured(t, want, behaviour, tables)
			if *update {
				if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(have, "\n")); diff != "" {
				t.Errorf("docs/%s is not current; run go test ./cmd/shardkeeper -run Document -update (-want +have):\n%s", name, diff)
			}
		})
	}
}

// rewritten runs the commands of a document, and returns it with what they print, and that.
func rewritten(t *testing.T, have string) (text string, all []string) {
	t.Helper()
	t.Chdir(t.TempDir())
	var want []string
	printed := false
	for line := range strings.SplitSeq(have, "\n") {
		command, is := strings.CutPrefix(line, indent+"$ shardkeeper ")
		switch {
		case is:
			stdout, _ := succeed(t, words(command)...)
			want = append(want, line)
			for out := range strings.Lines(stdout) {
				want = append(want, strings.TrimRight(indent+strings.TrimSuffix(out, "\n"), " "))
			}
			printed = true
			all = append(all, stdout)
		case printed && (strings.HasPrefix(line, indent) || line == ""):
			// what it printed before, and blank lines within
		default:
			if printed {
				want = append(want, "")
			}
			printed = false
			want = append(want, line)
		}
	}
	return strings.Join(want, "\n"), all
}

// words are those of a command line, with double quotes.
func words(line string) []string {
	var all []string
	for i, part := range strings.Split(line, `"`) {
		if i%2 == 1 {
			all = append(all, part)
		} else {
			all = append(all, strings.Fields(part)...)
		}
	}
	return all
}
