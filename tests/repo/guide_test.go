package repo_test

import (
	"os"
	"regexp"
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

// What the guide sends people to is there.
func TestTheGuideNamesFilesThatAreThere(t *testing.T) {
	guide, err := os.ReadFile("docs/development.md")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`([a-z_]+(?:/[a-z_]+)*/?[a-z_]*\\.(?:go|md|yaml))`").FindAllSubmatch(guide, -1)
	for _, m := range named {
		if name := string(m[1]); name != "event.go" {
			if _, err := os.Stat(name); err != nil {
				t.Errorf("docs/development.md names %s, which is not there", name)
			}
		}
	}
	if len(named) < 6 {
		t.Errorf("docs/development.md names %d files; the guide is not read as it is written", len(named))
	}
}
