package repo_test

// Documents that say what the template and the tests say too are held to them here.

import (
	"fmt"
	"go/ast"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func document(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// sections returns the text below each heading of a level, by heading.
func sections(text, mark string) map[string]string {
	found := map[string]string{}
	for _, part := range strings.Split("\n"+text, "\n"+mark+" ")[1:] {
		heading, body, _ := strings.Cut(part, "\n")
		found[heading] = body
	}
	return found
}

// The operator who gets an alarm finds what it means, and nothing is explained that is not there.
func TestTheRunbookHasEveryAlarm(t *testing.T) {
	want := []string{"How to look"}
	for name, alarm := range ofType(t, "AWS::CloudWatch::Alarm") {
		ending, ours := strings.CutPrefix(fmt.Sprint(alarm["AlarmName"]), "${AWS::StackName}-")
		if !ours {
			t.Errorf("%s is named %v, without the stack's name", name, alarm["AlarmName"])
		}
		want = append(want, ending)
	}
	if len(want) < 15 {
		t.Errorf("found only %v", want)
	}
	slices.Sort(want)
	have := sections(document(t, "docs/runbook.md"), "##")
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(have))); diff != "" {
		t.Errorf("(-template +runbook):\n%s", diff)
	}
	for heading, body := range have {
		if len(strings.Fields(body)) < 30 {
			t.Errorf("%s: says next to nothing", heading)
		}
	}
}

// What the runbook points to is there.
func TestTheRunbookNamesOutputsThatExist(t *testing.T) {
	outputs := template(t).at(t, "Outputs")
	named := regexp.MustCompile("`([A-Za-z]+Url)`").FindAllStringSubmatch(document(t, "docs/runbook.md"), -1)
	if len(named) < 3 {
		t.Errorf("outputs %v", named)
	}
	for _, output := range named {
		if outputs[output[1]] == nil {
			t.Errorf("the template has no output %s", output[1])
		}
	}
}

func TestTheSecurityDocumentListsTheRolesActions(t *testing.T) {
	roles := sections(document(t, "docs/security.md"), "###")
	action := regexp.MustCompile("(?m)^\\| `([a-z]+:[A-Za-z]+)` \\|.*\\| .+ \\|$")
	for _, function := range []string{"Scaler", "Enroller", "Reconciler"} {
		var listed, allowed []string
		for _, row := range action.FindAllStringSubmatch(roles[strings.ToLower(function)], -1) {
			listed = append(listed, row[1])
		}
		for _, statement := range statements(template(t).at(t, "Resources", function+"Role", "Properties")["Policies"]) {
			allowed = append(allowed, words(statement["Action"])...)
			for _, index := range regexp.MustCompile(`/index/([a-z_]+)`).FindAllStringSubmatch(fmt.Sprint(statement["Resource"]), -1) {
				if !strings.Contains(roles[strings.ToLower(function)], "`"+index[1]+"`") {
					t.Errorf("docs/security.md does not say that the %s may query the index %s", strings.ToLower(function), index[1])
				}
			}
		}
		slices.Sort(listed)
		slices.Sort(allowed)
		allowed = slices.Compact(allowed) // one that a parameter allows in one of two ways is one
		if diff := cmp.Diff(allowed, listed); diff != "" {
			t.Errorf("%s (-template +docs/security.md):\n%s", function, diff)
		}
	}
}

// A promise names the test that holds it, and that test is there.
func TestTheDocumentsNameTestsThatExist(t *testing.T) {
	there := map[string]bool{}
	for _, files := range sources(t, os.DirFS(".")) {
		for _, file := range files {
			for _, declaration := range file.ast.Decls {
				if f, ok := declaration.(*ast.FuncDecl); ok && file.isTest() && f.Recv == nil {
					there[f.Name.Name] = true
				}
			}
		}
	}
	test := regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z0-9_]+)`")
	for path, least := range map[string]int{"docs/security.md": 25, "docs/reliability.md": 40} {
		text := document(t, path)
		named := test.FindAllStringSubmatch(text, -1)
		if len(named) < least {
			t.Errorf("%s names %d tests", path, len(named))
		}
		for _, name := range named {
			if !there[name[1]] {
				t.Errorf("%s: there is no %s", path, name[1])
			}
		}
	}
	for heading, body := range sections(document(t, "docs/security.md"), "##") {
		if heading != "Threats, and what holds each" {
			continue
		}
		for row := range strings.Lines(body) {
			if strings.HasPrefix(row, "| ") && !strings.HasPrefix(row, "| threat ") && !test.MatchString(row) {
				t.Errorf("a threat without a test: %s", row)
			}
		}
	}
}

// Each fuzz target is in the list of what is read from outside.
func TestTheReliabilityDocumentListsEveryFuzzTarget(t *testing.T) {
	list := sections(document(t, "docs/reliability.md"), "##")["Fuzzing"]
	for folder, files := range sources(t, os.DirFS(".")) {
		for _, file := range files {
			for _, declaration := range file.ast.Decls {
				f, ok := declaration.(*ast.FuncDecl)
				if !ok || !file.isTest() || f.Recv != nil || !strings.HasPrefix(f.Name.Name, "Fuzz") {
					continue
				}
				rows := regexp.MustCompile("(?m)^.*`"+regexp.QuoteMeta(folder)+"`.*`"+f.Name.Name+"`.*$").FindAllString(list, -1)
				if len(rows) != 1 {
					t.Errorf("%d lines on %s of %s", len(rows), f.Name.Name, folder)
				}
			}
		}
	}
}
