package main

import (
	"bytes"
	"fmt"
	"os"
	"slices"
)

// mutant is a deliberate mistake: in one file, one text is replaced by another.
type mutant struct {
	name     string
	file     string // from the root of the repository
	old, new string // old is in the file exactly once
	unseen   string // why a simulation cannot see it; empty when it should
}

// changed returns the file with the mistake in it.
func (m mutant) changed() ([]byte, error) {
	source, err := os.ReadFile(m.file)
	if err != nil {
		return nil, err
	}
	if n := bytes.Count(source, []byte(m.old)); n != 1 {
		return nil, fmt.Errorf("%s has %q %d times, want it once: name the text that is there now in tools/mutants", m.file, m.old, n)
	}
	return bytes.Replace(source, []byte(m.old), []byte(m.new), 1), nil
}

// mutants returns all mistakes.
func mutants() []mutant {
	return slices.Concat(decisions(), operations(), looks(), events())
}
