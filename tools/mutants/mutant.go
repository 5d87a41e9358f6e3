package main

import (
	"bytes"
	"fmt"
	"os"
	"slices"
)

// mutant is a deliberate mistake: a text of the code is replaced by another.
type mutant struct {
	name string
	edit
	unseen string // why a simulation cannot see it; empty when it should
	also   []edit // where two places guard the same, both are changed
}

// edit is a text that another replaces.
type edit struct {
	file     string // from the root of the repository
	old, new string // old is in the file exactly once
}

// changed returns the files with the mistake in them, by name.
func (m mutant) changed() (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, e := range append([]edit{m.edit}, m.also...) {
		source, found := files[e.file]
		if !found {
			var err error
			if source, err = os.ReadFile(e.file); err != nil {
				return nil, err
			}
		}
		if n := bytes.Count(source, []byte(e.old)); n != 1 {
			return nil, fmt.Errorf("%s has %q %d times, want it once: name the text that is there now in tools/mutants", e.file, e.old, n)
		}
		files[e.file] = bytes.Replace(source, []byte(e.old), []byte(e.new), 1)
	}
	return files, nil
}

// mutants returns all mistakes.
func mutants() []mutant {
	return slices.Concat(decisions(), operations(), looks(), events())
}
