package repo_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// hunk is a place of a file that a diff of the guide changes.
type hunk struct {
	file string
	old  string // the lines that are to be there
}

// hunks returns the places of files that are there which the diffs of a guide change.
func hunks(guide string) []hunk {
	var found []hunk
	for _, block := range regexp.MustCompile("(?s)```diff\n(.*?)```").FindAllStringSubmatch(guide, -1) {
		for part := range strings.SplitSeq("\n"+block[1], "\n--- ") {
			heading, body, isFile := strings.Cut(part, "\n@@\n")
			before, after, _ := strings.Cut(heading, "\n+++ b/")
			if !isFile || before == "/dev/null" {
				continue
			}
			for place := range strings.SplitSeq(strings.TrimSuffix(body, "\n"), "\n@@\n") {
				found = append(found, hunkOf(after, place))
			}
		}
	}
	return found
}

// hunkOf reads a place of a diff: what it keeps and what it takes away is there.
func hunkOf(file, place string) hunk {
	var lines []string
	for line := range strings.SplitSeq(place, "\n") {
		switch {
		case line == "": // of an empty line the guide may leave out the mark
			lines = append(lines, "")
		case line[0] != '+':
			lines = append(lines, line[1:])
		}
	}
	return hunk{file: file, old: strings.Join(lines, "\n")}
}

// Who follows the guide finds the lines that it changes: each diff fits the file as it is.
func TestTheGuidesChangesFitTheFiles(t *testing.T) {
	guide, err := os.ReadFile("docs/development.md")
	if err != nil {
		t.Fatal(err)
	}
	places := hunks(string(guide))
	for _, place := range places {
		if !strings.Contains(document(t, place.file), place.old) {
			t.Errorf("docs/development.md changes lines of %s that are not there:\n%s", place.file, place.old)
		}
	}
	if len(places) < 15 {
		t.Errorf("%d places; the guide is not read as it is written", len(places))
	}
}
