package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/race"
	"github.com/shardkeeper/shardkeeper/registry/inmem"
)

// screens are those that the golden files are for; 0 is a pipe.
func screens() []int { return []int{0, 60, 80, 200} }

func TestTablesFitEveryScreen(t *testing.T) {
	trace, day := hourTrace(t), dayTrace(t)
	accounts := map[string]*inmem.Registry{"history": filled(t), "streams": fleet(t), "simulate": filled(t)}
	for name, args := range map[string][]string{
		"history":         {"history"},
		"streams":         {"streams"},
		"simulate-traces": {"simulate", "--trace", trace, "--trace", day, "--policy", "double-halve", "--policy", "target-tracking"},
		"history-stream":  {"history", "orders"},
		"simulate":        {"simulate", "--trace", trace, "--set", "mode=disabled", "--policy", "double-halve", "--policy", "target-tracking"},
	} {
		for _, width := range screens() {
			status, stdout, stderr := onAccount(t, width, &fakeAccount{registry: accounts[args[0]]}, args...)
			if status != statusOK {
				t.Fatalf("%v: status %d, %s", args, status, stderr)
			}
			for line := range strings.Lines(stdout) {
				if n := len([]rune(strings.TrimSuffix(line, "\n"))); width > 0 && n > width {
					t.Errorf("%s on %d columns: a line has %d: %s", name, width, n, line)
				}
			}
			golden(t, fmt.Sprintf("%s.%d.text", name, width), stdout)
		}
	}
}

// What recommend prints fits too, but for the commands: they are to be copied.
func TestRecommendFitsEveryScreen(t *testing.T) {
	race.SkipLong(t)
	trace := dayTrace(t)
	for _, width := range screens() {
		status, stdout, stderr := executeWide(t, width, "recommend", "--trace", trace, "--policy", "double-halve", "--max-throttled", "1%", "--top", "2")
		if status != statusOK {
			t.Fatalf("status %d, %s", status, stderr)
		}
		for line := range strings.Lines(stdout) {
			if n := len([]rune(strings.TrimSuffix(line, "\n"))); width > 0 && n > width && !strings.Contains(line, "aws kinesis add-tags-to-stream") {
				t.Errorf("on %d columns: a line has %d: %s", width, n, line)
			}
		}
		golden(t, fmt.Sprintf("recommend.%d.text", width), stdout)
	}
}

// A program reads the same from a pipe as from a terminal.
func TestJSONAndCSVKnowNoScreen(t *testing.T) {
	for _, format := range []string{"json", "csv"} {
		_, want, _ := executeWide(t, 0, "history", "-o", format)
		golden(t, "history."+format, want)
		for _, width := range screens() {
			if _, got, _ := executeWide(t, width, "history", "-o", format); got != want {
				t.Errorf("%s on %d columns is something else:\n%s", format, width, got)
			}
		}
	}
}

func TestEveryVerbWritesCSV(t *testing.T) {
	trace := hourTrace(t)
	for name, args := range map[string][]string{
		"simulate.csv":        {"simulate", "--trace", trace, "--set", "mode=disabled"},
		"simulate-traces.csv": {"simulate", "--trace", trace, "--trace", dayTrace(t)},
		"recommend.csv":       {"recommend", "--trace", trace, "--policy", "double-halve", "--max-throttled", "100%", "--top", "1"},
		"bench.csv":           {"bench", "--days", "1", "--set", "mode=disabled"},
		"demo.csv":            {"demo"},
	} {
		stdout, _ := succeed(t, append(args, "--output", "csv")...)
		golden(t, name, stdout)
	}
	stdout, _ := succeed(t, "version", "-o", "csv")
	if !strings.HasPrefix(stdout, "version,commit,modified,go\n") {
		t.Errorf("version: %s", stdout)
	}
}

func TestColoursAreThereOnlyWhereTheyAreWanted(t *testing.T) {
	var out, errs bytes.Buffer
	account := &fakeAccount{registry: filled(t)}
	at := environment{
		stdout: &out, stderr: &errs, screen: output.Screen{W: &out, Width: 80, Colour: true}, now: func() time.Time { return now },
		getenv: func(string) string { return "" }, open: account.open, colour: true,
	}
	if status := run(t.Context(), []string{"history", "orders"}, at); status != statusOK {
		t.Fatal(errs.String())
	}
	golden(t, "history-stream.colour.text", out.String())
	if status := run(t.Context(), []string{"history", "ordres"}, at); status != statusFailed || !strings.HasPrefix(errs.String(), "\x1b[31mshardkeeper:\x1b[0m no stream ordres") {
		t.Errorf("status %d, %q", status, errs.String())
	}
}
