package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/registry/inmem"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares what a command wrote with a file in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s differs (-want +got); if it should, run go test ./cmd/shardkeeper -update\n%s", path, diff)
	}
}

var now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// execute runs the command in this process, in an account with a table that holds two streams' history.
func execute(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	return executeWide(t, oldWidth, args...)
}

// oldWidth is what a terminal had before the command asked for it.
const oldWidth = 100

// executeWide is the same on a screen of so many columns.
func executeWide(t *testing.T, width int, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	return onAccount(t, width, &fakeAccount{registry: filled(t)}, args...)
}

// onAccount is the same in another account.
func onAccount(t *testing.T, width int, account *fakeAccount, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = run(t.Context(), args, environment{
		stdout: &out, stderr: &errs, screen: output.Screen{W: &out, Width: width}, now: func() time.Time { return now },
		getenv: func(name string) string { return map[string]string{"TABLE_NAME": "from-environment"}[name] },
		open:   account.open,
	})
	return status, out.String(), errs.String()
}

func filled(t *testing.T) *inmem.Registry {
	t.Helper()
	r := inmem.New(inmem.Options{})
	for i, name := range []string{"orders", "payments-with-a-name-that-is-long"} {
		at := now.Add(-time.Duration(i+1) * time.Hour)
		entries := []ledger.Entry{
			{Stream: name, At: at.Add(-time.Minute), ID: "enrolled", Kind: ledger.KindEnrollment, From: 4, To: 4, Actor: "enroller", Detail: "enrolled"},
			{
				Stream: name, At: at, ID: "op-1", Kind: ledger.KindOperation, Direction: scaling.Up, From: 4, To: 8, Utilization: 0.82,
				Reasons: scaling.Trail{{Code: scaling.UtilizationMeasured, Detail: "0.82 of records"}, {Code: scaling.Doubled}},
				Limit:   scaling.LimitRecords, Alarm: name + "-scale-up", TransitionAt: at.Add(-time.Second), Actor: "scaler/1", Fence: 1,
				Outcome: ledger.OutcomeCompleted, Duration: 140 * time.Second,
			},
			{Stream: name, At: at.Add(time.Minute), ID: "ext", Kind: ledger.KindExternal, Direction: scaling.Down, From: 8, To: 4, Actor: "arn:aws:iam::123456789012:user/\x1b[31mred", Detail: "UpdateShardCount\x1b[2J by hand"},
		}
		if _, err := r.Save(t.Context(), ledger.Item{Name: name, Settings: scaling.Defaults(scaling.DoubleHalve), DueAt: now}, entries...); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func TestDemoPrintsItsStory(t *testing.T) {
	for _, format := range []string{"text", "json"} {
		status, stdout, stderr := execute(t, "demo", "--output", format)
		if status != statusOK || stderr != "" {
			t.Fatalf("%s: status %d, %s", format, status, stderr)
		}
		golden(t, "demo."+format, stdout)
	}
	stdout, _ := succeed(t, "demo", "--verbose", "--eager")
	golden(t, "demo-verbose.text", stdout)
}

// A screen is 40 lines of 80 columns here: what most terminals open with, or a little more.
func TestDemoIsOneScreen(t *testing.T) {
	for _, seed := range []string{"1", "2", "3", "4"} {
		_, stdout, _ := executeWide(t, 80, "demo", "--seed", seed)
		if lines := strings.Count(stdout, "\n"); lines > 40 || strings.Count(stdout, "scale up") < 4 {
			t.Errorf("seed %s: %d lines\n%s", seed, lines, stdout)
		}
	}
}

func TestDemoFitsATerminal(t *testing.T) {
	for _, seed := range []string{"1", "2"} {
		_, stdout, _ := execute(t, "demo", "--verbose", "--seed", seed)
		for i, line := range strings.Split(stdout, "\n") {
			if len([]rune(line)) > oldWidth {
				t.Errorf("seed %s, line %d has %d columns: %s", seed, i+1, len([]rune(line)), line)
			}
		}
	}
}

func TestDemoLinesAreJSON(t *testing.T) {
	_, stdout, _ := execute(t, "demo", "--output", "json", "--seed", "3")
	types := map[string]int{}
	for line := range strings.Lines(stdout) {
		var value struct {
			Type string    `json:"type"`
			At   time.Time `json:"at"`
		}
		if err := json.Unmarshal([]byte(line), &value); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		types[value.Type]++
	}
	if types["timeline"] < 24 || types["history"] < 10 || types["check"] != 7 || types["summary"] != 1 || len(types) != 4 {
		t.Errorf("lines by type: %v", types)
	}
}

func TestDemoRepeats(t *testing.T) {
	_, first, _ := execute(t, "demo", "--seed", "7")
	_, second, _ := execute(t, "demo", "--seed", "7")
	_, other, _ := execute(t, "demo", "--seed", "8")
	if first != second {
		t.Error("the same seed printed something else")
	}
	if first == other {
		t.Error("another seed printed the same")
	}
}

func TestDemoStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs bytes.Buffer
	status := run(ctx, []string{"demo"}, environment{stdout: &out, stderr: &errs, screen: output.Screen{W: &out}})
	if status != statusInterrupted || errs.String() != "shardkeeper: interrupted\n" {
		t.Errorf("status %d, %s", status, errs.String())
	}
}

func TestHistoryPrints(t *testing.T) {
	for name, args := range map[string][]string{
		"history.text":        {"history"},
		"history-stream.text": {"history", "orders", "--since", "7d"},
		"history-kind.text":   {"history", "--kind", "operation", "--limit", "1"},
		"history.json":        {"history", "--output", "json", "--since", "2026-11-24"},
	} {
		status, stdout, stderr := execute(t, args...)
		if status != statusOK {
			t.Fatalf("%v: status %d, %s", args, status, stderr)
		}
		golden(t, name, stdout+stderr)
	}
}

func TestHistoryIsCompleteAcrossPages(t *testing.T) {
	for limit, want := range map[string]int{"0": 6, "2": 2, "5": 5, "6": 6, "100": 6} {
		_, stdout, stderr := execute(t, "history", "--output", "json", "--limit", limit)
		if got := strings.Count(stdout, "\n"); got != want {
			t.Errorf("--limit %s: %d entries, want %d", limit, got, want)
		}
		if more := strings.Contains(stderr, "--limit 0 shows all"); more != (want < 6) {
			t.Errorf("--limit %s: says %q", limit, stderr)
		}
	}
}

func TestHistoryOfATerminalCannotBeSteered(t *testing.T) {
	_, stdout, _ := execute(t, "history")
	if strings.ContainsRune(stdout, '\x1b') {
		t.Errorf("an escape sequence from the history reaches the terminal: %q", stdout)
	}
}

func TestExitStatus(t *testing.T) {
	for _, test := range []struct {
		args   []string
		status int
		says   string // on stderr
	}{
		{[]string{"version"}, statusOK, ""},
		{[]string{"--help"}, statusOK, ""},
		{[]string{"history", "--help"}, statusOK, ""},
		{[]string{"history", "--kind", "settings"}, statusOK, "no history from 2026-11-23T12:00:00Z to 2026-11-24T12:00:00Z"},
		{[]string{"history", "orders", "--kind", "settings"}, statusOK, "no history of stream orders from 2026-11-23T12:00:00Z"},
		{[]string{"history", "nobody"}, statusFailed, "no stream nobody is in table from-environment (Region eu-west-1)\n"},
		{[]string{"history", "ordres"}, statusFailed, "no stream ordres is in table from-environment (Region eu-west-1); did you mean orders?\ntry shardkeeper history --table from-environment"},
		{[]string{}, statusUsage, "try shardkeeper --help"},
		{[]string{"nothing"}, statusUsage, "nothing"},
		{[]string{"demo", "--output", "yaml"}, statusUsage, "--output"},
		{[]string{"demo", "--seed", "-1"}, statusUsage, "--seed"},
		{[]string{"history", "no such name"}, statusUsage, `no stream is named "no such name"`},
		{[]string{"history", "--kind", "gossip"}, statusUsage, "--kind"},
		{[]string{"history", "--limit=-1"}, statusUsage, "negative"},
		{[]string{"history", "--since", "yesterday"}, statusUsage, "yesterday"},
		{[]string{"history", "--since", "1h", "--until", "2h"}, statusUsage, "is not before"},
		{[]string{"history", "--table", "missing"}, statusFailed, "query the history in table missing (Region eu-west-1): "},
	} {
		status, stdout, stderr := execute(t, test.args...)
		if status != test.status || !strings.Contains(stderr, test.says) || test.says == "" && stderr != "" {
			t.Errorf("%v: status %d, want %d; stderr %q; stdout %q", test.args, status, test.status, stderr, stdout)
		}
	}
}
