package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// indent begins a line of a block in a document.
const indent = "    "

// TestTheDocumentShowsWhatTheCommandPrints runs the commands of docs/simulate.md, the lines of its
// blocks that begin with "$", and holds what follows each against what it prints.
func TestTheDocumentShowsWhatTheCommandPrints(t *testing.T) {
	path, err := filepath.Abs("../../docs/simulate.md")
	if err != nil {
		t.Fatal(err)
	}
	have := readText(t, path)
	t.Chdir(t.TempDir())
	var want []string
	printed, commands := false, 0
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
			commands++
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
	if commands < 3 {
		t.Errorf("only %d commands are in %s", commands, path)
	}
	if *update {
		if err := os.WriteFile(path, []byte(strings.Join(want, "\n")), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, strings.Split(have, "\n")); diff != "" {
		t.Errorf("docs/simulate.md is not current; run go test ./cmd/shardkeeper -run Document -update (-want +have):\n%s", diff)
	}
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
