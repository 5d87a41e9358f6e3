package repo_test

import (
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// A stack can choose every policy, or leave the choice to the default.
func TestTheStackKnowsEveryPolicy(t *testing.T) {
	want := []any{""}
	for _, p := range scaling.Policies() {
		want = append(want, string(p))
	}
	if diff := cmp.Diff(want, template(t).at(t, "Parameters", "DefaultPolicy")["AllowedValues"]); diff != "" {
		t.Errorf("DefaultPolicy (-policies +allowed):\n%s", diff)
	}
}

// The guides send people to files that are there.
func TestTheGuidesNameFilesThatAreThere(t *testing.T) {
	for guide, least := range map[string]int{"docs/development.md": 6, "docs/architecture.md": 10} {
		text := document(t, guide)
		named := regexp.MustCompile("`([a-z_]+(?:/[a-z_]+)*/?[a-z_]*\\.(?:go|md|yaml))`").FindAllStringSubmatch(text, -1)
		for _, m := range named {
			if path.Ext(m[1]) == ".go" && path.Dir(m[1]) == "." && (m[1] == "event.go" || guide != "docs/development.md") {
				continue // a file of the folder that was just named
			}
			if _, err := os.Stat(m[1]); err != nil {
				t.Errorf("%s names %s, which is not there", guide, m[1])
			}
		}
		if len(named) < least {
			t.Errorf("%s names %d files; the guide is not read as it is written", guide, len(named))
		}
	}
}

// The way from an alarm's message to the history is short, and goes back to no file.
func TestTheWayToTheHistoryOpensEachFileOnce(t *testing.T) {
	_, section, found := strings.Cut(document(t, "docs/architecture.md"), "## From an alarm's message to the history\n")
	section, _, _ = strings.Cut(section, "\n## ")
	files := regexp.MustCompile("(?m)^\\| `([a-z_/]+\\.go)` \\| `([A-Za-z.]+)`").FindAllStringSubmatch(section, -1)
	seen := map[string]bool{}
	for _, m := range files {
		file, function := m[1], m[2][strings.LastIndex(m[2], ".")+1:]
		if seen[file] {
			t.Errorf("%s is opened twice", file)
		}
		seen[file] = true
		if !regexp.MustCompile(`(?m)^func (\([a-z]+ \*?[A-Za-z]+\) )?` + function + `\(`).MatchString(document(t, file)) {
			t.Errorf("%s has no function %s", file, function)
		}
	}
	if !found || len(files) < 5 || len(files) > 9 {
		t.Errorf("the way has %d files", len(files))
	}
}
