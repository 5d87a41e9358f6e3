package repo_test

import (
	"fmt"
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// notPasted are the commands of the documents that TestStory does not run, by document and beginning, with the reason.
var notPasted = map[[2]string]string{
	{"README.md", "sam build"}:                                     "deploy builds and deploys the template, with the emulator's answers instead of --guided",
	{"README.md", "sam local invoke"}:                              "TestLocalInvoke runs it",
	{"README.md", "go run ./cmd/shardkeeper export"}:               "TestExportWritesATrace runs it, on metrics of 14 days",
	{"README.md", "go run ./cmd/shardkeeper simulate"}:             "it needs a file: the examples of docs/cli.md are run",
	{"README.md", "go run ./cmd/shardkeeper recommend"}:            "it needs a file: the examples of docs/cli.md are run",
	{"README.md", "go run ./cmd/shardkeeper history --follow"}:     "it does not end: TestHistoryIsFollowed",
	{"docs/deploy.md", "sam build"}:                                "deploy builds and deploys the template, with the emulator's answers instead of --guided",
	{"docs/deploy.md", "sam deploy --stack-name shardkeeper-blue"}: "besideAnother deploys a second stack with a tag, under the longest name",
	{"docs/development.md", "go run ./cmd/shardkeeper simulate"}:   "it names the policy that the guide adds",
	{"docs/local.md", "sam build"}:                                 "TestLocalInvoke runs it",
	{"docs/local.md", "sam local invoke"}:                          "TestLocalInvoke runs it",
	{"docs/local.md", "curl"}:                                      "TestRuntimeInterface posts each event to it",
	{"docs/local.md", "go run ./cmd/shardkeeper history orders"}:   "the same command is run for README.md",
	{"docs/runbook.md", "aws kinesis describe-stream-summary"}:     "the same command is run for docs/deploy.md, without --query",
	{"docs/runbook.md", "shardkeeper show orders"}:                 "TestShowAndExplainPrint prints it",
	{"docs/uninstall.md", "aws iam list-entities-for-policy"}:      "nobody has the policies of the stack that the tests deploy",
	{"docs/uninstall.md", "aws lambda put-function-concurrency"}:   "its number is what a stack was given",
	{"docs/schema.md", "aws dynamodb execute-statement"}:           "it has no statement: TestTheAuditQueriesAnswer runs each",
	{"docs/schema.md", "shardkeeper history"}:                      "TestTheAuditQuestionsAreAnswered runs it, on entries of its days",
	{"docs/simulate.md", "shardkeeper export"}:                     "TestExportWritesATrace runs it, on metrics of 14 days",
	{"docs/simulate.md", "aws cloudwatch get-metric-data ..."}:     "it leaves out what is asked for: TestReadTheCommandLinesJSON reads the answer",
	{"docs/simulate.md", "shardkeeper bench"}:                      "it needs a folder of traces: TestBenchWritesActionsOfEachTrace",
	{"docs/upgrade.md", "sam deploy"}:                              "onTable deploys with the table and the emulator's other parameters",
}

// A command that a person pastes is run by the end-to-end tests, or listed with the reason.
func TestWhatIsPastedIsRun(t *testing.T) {
	documents, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	pasted := pastedInTests(t)
	used := map[[2]string]int{}
	for _, path := range append(documents, "README.md") {
		if path == "docs/cli.md" {
			continue // made from the code, whose tests hold its examples
		}
		for _, command := range commands(document(t, path)) {
			var by [][2]string
			for _, known := range pasted {
				if known[0] == path && strings.HasPrefix(command, known[1]) {
					by = append(by, known)
				}
			}
			for known := range notPasted {
				if known[0] == path && strings.HasPrefix(command, known[1]) {
					by = append(by, known)
				}
			}
			if len(by) != 1 {
				t.Errorf("%s: %s\nis run or left out by %d of paste and notPasted, one is wanted: %q", path, command, len(by), by)
			}
			for _, known := range by {
				used[known]++
			}
		}
	}
	for _, known := range pasted {
		if used[known] != 1 {
			t.Errorf("%q begins %d commands, one is wanted", known, used[known])
		}
	}
	there := testNames(t)
	for known, reason := range notPasted {
		if used[known] == 0 {
			t.Errorf("no command begins with %q", known)
		}
		if named := regexp.MustCompile("Test[A-Za-z]+").FindString(reason); named != "" && !there[named] {
			t.Errorf("%q: there is no %s", known, named)
		}
	}
	if len(pasted) < 25 {
		t.Errorf("%d commands are pasted: are the tests read right?", len(pasted))
	}
}

// commands are the ones of a document that reach for AWS: in its indented blocks, with the lines that they go on in, and
// whole ones within a sentence.
func commands(text string) []string {
	var found []string
	begins := regexp.MustCompile("(?m)^ {4,}((?:aws|shardkeeper|go run \\./cmd/shardkeeper|sam|curl) (?:.*[\\\\|]\n)*.*)$|`(aws [a-z]+ [a-z-]+ --[^`]*)`")
	for _, m := range begins.FindAllStringSubmatch(text, -1) {
		found = append(found, m[1]+m[2]+"\n")
	}
	return found
}

// pastedInTests are the commands that the end-to-end tests paste: document and beginning.
func pastedInTests(t *testing.T) [][2]string {
	t.Helper()
	var found [][2]string
	for _, file := range sources(t, os.DirFS("."))["tests/e2e"] {
		ast.Inspect(file.ast, func(n ast.Node) bool {
			call, is := n.(*ast.CallExpr)
			if !is || len(call.Args) < 2 {
				return true
			}
			if method, is := call.Fun.(*ast.SelectorExpr); !is || method.Sel.Name != "paste" {
				return true
			}
			var arguments [2]string
			for i := range arguments {
				literal, is := call.Args[i].(*ast.BasicLit)
				if !is {
					t.Fatalf("paste is called with %s: the test reads literals only", fmt.Sprint(call.Args[i]))
				}
				text, err := strconv.Unquote(literal.Value)
				if err != nil {
					t.Fatal(err)
				}
				arguments[i] = text
			}
			found = append(found, arguments)
			return true
		})
	}
	slices.SortFunc(found, func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	return found
}
