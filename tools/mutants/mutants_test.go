package main

import (
	"go/parser"
	"go/token"
	"testing"
)

// Each mistake can be made in the code as it is now, and has a name of its own.
func TestMistakesCanBeMade(t *testing.T) {
	t.Chdir("../..")
	names, left := map[string]bool{}, 0
	for _, m := range mutants() {
		if names[m.name] {
			t.Errorf("two mistakes are called %q", m.name)
		}
		names[m.name] = true
		if m.unseen != "" {
			left++
		}
		changed, err := m.changed()
		if err != nil {
			t.Errorf("%s: %v", m.name, err)
			continue
		}
		if m.old == m.new {
			t.Errorf("%s changes nothing", m.name)
		}
		for name, source := range changed {
			if _, err := parser.ParseFile(token.NewFileSet(), name, source, 0); err != nil {
				t.Errorf("%s: %v", m.name, err)
			}
		}
	}
	if len(names) < 30 || left > 3 {
		t.Errorf("%d mistakes, of which %d are not counted; want 30 at least, and 3 at most", len(names), left)
	}
}

func TestWhatNoticedIt(t *testing.T) {
	for told, want := range map[string]string{
		"    x.go:1: 24 05:00:00 stream-0: broken: no claim is stuck: for 11 minutes": "no claim is stuck",
		"panic: runtime error":             "the run panics",
		"panic: test timed out after 2m0s": "",
	} {
		if got, err := noticedBy([]byte(told)); got != want || err != nil {
			t.Errorf("%q: %q, %v, want %q", told, got, err, want)
		}
	}
	if got, err := noticedBy([]byte("FAIL")); err == nil {
		t.Errorf("a failure without a promise: %q", got)
	}
}
