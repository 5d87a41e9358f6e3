package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra/doc"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
)

// quiet is an environment in which nothing is said.
func quiet() environment {
	return environment{stdout: io.Discard, stderr: io.Discard, screen: output.Screen{W: io.Discard}}
}

const referenceHead = `# The command

Made from the code: ` + "`make docs`" + `.

Every verb prints with ` + "`--output table`" + `, ` + "`json`" + ` or ` + "`csv`" + `. A table fits the terminal: the variable ` + "`COLUMNS`" + `,
else the terminal's own width, else one line for each row, as in a pipe. The names in JSON and CSV are the
same, and stay; new ones may be added. In CSV a text that a spreadsheet would take for a formula has a quote
before it; numbers stay numbers. There are colours on a terminal only, and none with ` + "`NO_COLOR`" + `. What is not
the output itself, such as progress or how much was left out, goes to stderr.

| status | means |
|---|---|
| 0 | done |
| 1 | it failed; stderr says why, and what to try |
| 2 | the command line cannot be understood |
| 3 | refused by a rule, such as the share that may be throttled |
| 130 | interrupted, as with Ctrl-C; files are written whole or not at all |

Credentials and Region come from where every tool of AWS looks; ` + "`--profile`" + ` and ` + "`--region`" + ` come first. Verbs with
` + "`--all-regions`" + ` take several of both, and all that is found is one answer. A place that cannot be asked hides no other: it is
told on stderr, and the status is 1. ` + "`--watch`" + ` shows a look anew until Ctrl-C; it ends when a look fails.
` + "`--stack`" + ` finds the table, the queues and the functions by the outputs of a CloudFormation stack.

Completion: ` + "`source <(shardkeeper completion bash)`" + `, also for zsh, fish and powershell. Manual pages:
` + "`make man`" + `, or ` + "`shardkeeper man FOLDER`" + `.
`

// TestTheCommandReferenceIsCurrent holds docs/cli.md against the command line's own texts.
func TestTheCommandReferenceIsCurrent(t *testing.T) {
	var want bytes.Buffer
	want.WriteString(referenceHead)
	for _, page := range documented(newRoot(quiet())) {
		want.WriteByte('\n')
		link := func(file string) string { return "#" + strings.ReplaceAll(strings.TrimSuffix(file, ".md"), "_", "-") }
		if err := doc.GenMarkdownCustom(page, &want, link); err != nil {
			t.Fatal(err)
		}
	}
	text := strings.ReplaceAll(want.String(), "\t - ", " - ")
	path := filepath.Join("..", "..", "docs", "cli.md")
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(strings.Split(text, "\n"), strings.Split(readText(t, path), "\n")); diff != "" {
		t.Errorf("docs/cli.md is not current; run make docs (-want +have):\n%s", diff)
	}
}

func TestEveryVerbHasExamplesThatItUnderstands(t *testing.T) {
	for _, verb := range newRoot(quiet()).Commands() {
		if verb.Short == "" || verb.Long == "" || verb.Example == "" {
			t.Errorf("%s has no description, or no example", verb.Name())
		}
		for line := range strings.Lines(verb.Example) {
			line, _, _ = strings.Cut(strings.TrimSpace(line), " > ")
			args := words(line)
			if args[0] != "shardkeeper" || args[1] != verb.Name() {
				t.Errorf("%s: the example is %q", verb.Name(), line)
				continue
			}
			again, rest, err := newRoot(quiet()).Find(args[1:])
			if err == nil {
				err = again.ParseFlags(rest)
			}
			if err == nil {
				err = again.ValidateArgs(again.Flags().Args())
			}
			if err != nil {
				t.Errorf("%s: the example %q is not understood: %v", verb.Name(), line, err)
			}
		}
	}
}

func TestManualPages(t *testing.T) {
	folder := t.TempDir()
	succeed(t, "man", folder)
	files, err := filepath.Glob(filepath.Join(folder, "*.1"))
	if want := len(documented(newRoot(quiet()))); err != nil || len(files) != want {
		t.Errorf("%v, %v; want %d pages", files, err, want)
	}
	for page, says := range map[string]string{"shardkeeper.1": "shardkeeper-history(1)", "shardkeeper-history.1": "dynamodb:Query"} {
		if text := readText(t, filepath.Join(folder, page)); !strings.Contains(text, says) {
			t.Errorf("%s does not say %q:\n%s", page, says, text)
		}
	}
	if status, _, stderr := execute(t, "man", filepath.Join(folder, "nowhere")); status != statusFailed || !strings.Contains(stderr, "write ") {
		t.Errorf("a folder that is not there: status %d, %s", status, stderr)
	}
}

func TestCompletion(t *testing.T) {
	for _, test := range []struct{ args, want string }{
		{"__complete hist", "history"},
		{"__complete history --kind ho", "hold"},
		{"__complete history --output ", "csv"},
		{"__complete traffic sq", "squares"},
		{"__complete simulate --set min-", "min-shards="},
		{"__complete simulate --policy ", "target-tracking"},
		{"__complete replay --queue ", "enroller"},
	} {
		args := strings.Split(test.args, " ")
		if stdout, _ := succeed(t, args...); !strings.Contains(stdout, test.want) {
			t.Errorf("%s: %q is not in %q", test.args, test.want, stdout)
		}
	}
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if stdout, _ := succeed(t, "completion", shell); len(stdout) < 1000 {
			t.Errorf("%s: %q", shell, stdout)
		}
	}
}
