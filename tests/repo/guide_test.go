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

// change is what a section of the guide shows as a diff: Go files besides tests, and whether each is there already.
type change map[string]bool

// changes returns the diffs of each section of the guide, by its heading.
func changes(guide string) map[string]change {
	found := map[string]change{}
	for section := range strings.SplitSeq(guide, "\n## ") {
		heading, text, _ := strings.Cut(section, "\n")
		for _, m := range regexp.MustCompile(`(?m)^--- (\S+)\n\+\+\+ b/(\S+)$`).FindAllStringSubmatch(text, -1) {
			if found[heading] == nil {
				found[heading] = change{}
			}
			found[heading][m[2]] = m[1] != "/dev/null"
		}
	}
	return found
}

// What the guide shows are real changes of files that are there, and as small as it says.
func TestTheGuidesChangesAreAsSmallAsItSays(t *testing.T) {
	guide, err := os.ReadFile("docs/development.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := changes(string(guide))
	for heading, want := range map[string]change{
		"Add a setting":  {"scaling/settings.go": true, "scaling/evidence.go": true, "template.yaml": true}, // one declares it, one obeys it
		"Add a policy":   {"scaling/policy.go": true, "scaling/fit_load.go": false, "template.yaml": true},
		"Add a notifier": {"internal/app/function.go": true, "internal/webhook/webhook.go": false, "internal/app/config.go": true, "template.yaml": true}, // the last two for its address
	} {
		if diff := cmp.Diff(want, shown[heading]); diff != "" {
			t.Errorf("%s (-want +shown):\n%s", heading, diff)
		}
		for name, there := range shown[heading] {
			if _, err := os.Stat(name); (err == nil) != there {
				t.Errorf("%s: the guide shows %s as there: %v; looking for it gives %v", heading, name, there, err)
			}
		}
	}
}

// A row of the guide's example fills what a row has, so that the example still works.
func TestTheGuidesPolicyFillsItsRow(t *testing.T) {
	guide, err := os.ReadFile("docs/development.md")
	if err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile("scaling/policy.go")
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile(`(?m)^\+?\t\t\t(\w+): +\S`)
	want := map[string]bool{}
	for _, m := range row.FindAllSubmatch(table, -1) {
		want[string(m[1])] = true
	}
	shown := map[string]bool{}
	_, section, _ := strings.Cut(string(guide), "\n## Add a policy\n")
	section, _, _ = strings.Cut(section, "\n## ")
	for _, m := range row.FindAllStringSubmatch(section, -1) {
		shown[m[1]] = true
	}
	if diff := cmp.Diff(want, shown); diff != "" || len(want) < 5 {
		t.Errorf("fields of a policy's row (-scaling/policy.go +the guide):\n%s", diff)
	}
}

// The rooms of the picture are packages, and those that an invocation goes through are all in it.
func TestTheArchitectureNamesRoomsThatAreThere(t *testing.T) {
	text, err := os.ReadFile("docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rooms, _ := strings.Cut(string(text), "\n## The rooms\n")
	rooms, _, _ = strings.Cut(rooms, "\n## ")
	named := map[string]bool{}
	for row := range strings.SplitSeq(rooms, "\n") {
		first, _, isRow := strings.Cut(strings.TrimPrefix(row, "| "), " | ")
		if !isRow {
			continue
		}
		for _, m := range regexp.MustCompile("`([a-z/]+)`").FindAllStringSubmatch(first, -1) {
			named[m[1]] = true
		}
	}
	packages := sources(t, os.DirFS("."))
	for room := range named {
		if len(packages[room]) == 0 {
			t.Errorf("docs/architecture.md names the room %s, which has no Go file", room)
		}
	}
	for folder := range packages {
		if strings.HasPrefix(folder, "scaling") || strings.HasPrefix(folder, "internal/aws/") || strings.HasPrefix(folder, "handlers/") {
			if !named[folder] {
				t.Errorf("docs/architecture.md says in no sentence what is in %s", folder)
			}
		}
	}
}

// sam deploy --guided offers to save what it asked for. What is saved is given again by each later sam deploy, of every
// stack, and undoes what was changed meanwhile (aws-sam-cli 1.170, samcli/lib/config/samconfig.py, tried 2026-11): so who is
// sent to it is told to decline, and the file has no parameter but the processor, which building reads too.
func TestWhoIsGuidedSavesNoParameters(t *testing.T) {
	const asked = "*Save arguments to configuration file*"
	for _, guide := range []string{"README.md", "docs/deploy.md"} {
		_, after, found := strings.Cut(document(t, guide), "    sam build && sam deploy --guided\n")
		after, _, _ = strings.Cut(after, "\n#")
		if !found || !strings.Contains(after, "answer `n` to "+asked) {
			t.Errorf("%s sends people to sam deploy --guided, and does not say what to answer to %s", guide, asked)
		}
	}
	for _, guide := range []string{"docs/upgrade.md", "samconfig.toml"} {
		if !strings.Contains(document(t, guide), "deploy.md") {
			t.Errorf("%s does not lead to what is said of saved parameters", guide)
		}
	}
	given := regexp.MustCompile(`(?m)^parameter_overrides = .*$`).FindAllString(document(t, "samconfig.toml"), -1)
	if diff := cmp.Diff([]string{`parameter_overrides = "Architecture=arm64"`}, given); diff != "" {
		t.Errorf("parameters in samconfig.toml (-want +got):\n%s", diff)
	}
}
