package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestBenchWritesActionsOfEachTrace(t *testing.T) {
	traces, actions := t.TempDir(), t.TempDir()
	for _, kind := range []string{"days", "squares"} {
		succeed(t, "traffic", kind, "--days", "1", "--peak", "5", "--output-file", filepath.Join(traces, kind+".csv"))
	}
	stdout, _ := succeed(t, "bench", "--traces", traces, "--actions", actions, "--peak", "20", "--policy", "double-halve", "--variant", "calm: scale-up-reserve=5")
	for name, settings := range map[string]string{"double-halve": "policy=double-halve", "calm": "scale-up-reserve=5"} {
		for _, kind := range []string{"days", "squares"} {
			alone := filepath.Join(t.TempDir(), "a.csv")
			succeed(t, "simulate", "--trace", filepath.Join(traces, kind+".csv"), "--peak", "20", "--actions", alone,
				"--set", settings)
			if got := readText(t, filepath.Join(actions, name, kind+".csv")); got != readText(t, alone) {
				t.Errorf("%s, %s: not the actions of simulate:\n%s", name, kind, got)
			}
		}
	}
	if strings.Count(stdout, "median") != 2 || strings.Count(stdout, "\nsquares ") != 2 {
		t.Errorf("the tables are\n%s", stdout)
	}
	lines, _ := succeed(t, "bench", "--days", "1", "--output", "json")
	if n := strings.Count(lines, `"type":"variant"`); n != 6 {
		t.Errorf("%d lines of our own traffic", n)
	}
}

func TestBenchKeepsItsActionsInItsFolder(t *testing.T) {
	folder := t.TempDir()
	status, _, stderr := execute(t, "bench", "--days", "1", "--actions", filepath.Join(folder, "in"), "--variant", "../out:", "--variant", "b:")
	if status != statusUsage || !strings.Contains(stderr, `"../out" is no name for a folder`) {
		t.Errorf("status %d, %s", status, stderr)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
}

// Fixed sizes have costs that can be computed by hand: the optimum of an hour with one minute at
// four shards is 17 shards times steps of five minutes.
func TestBenchMarkdown(t *testing.T) {
	stdout, _ := succeed(t, "bench", "--traces", filepath.Dir(hourTrace(t)), "--peak", "0", "--profile", "even", "--set", "mode=disabled", "--variant", "a|b:", "--variant", "c:", "--output", "markdown")
	want := `| trace | a b | | c | | provisioned at peak |
|---|---|---|---|---|---|
| | cost | throttled % | cost | throttled % | cost |
| trace | 1.41 | 3.1746 | 1.41 | 3.1746 | 2.82 |
| median | 1.41 | 3.1746 | 1.41 | 3.1746 | 2.82 |
`
	if stdout != want {
		t.Errorf("got\n%s\nwant\n%s", stdout, want)
	}
}

// Folders have medians of their own. What is not known, as the optimum of a trace too short for one,
// is a dash, and no part of a median.
func TestBenchMarkdownOfFolders(t *testing.T) {
	calm, busy := filepath.Join(t.TempDir(), "calm"), filepath.Join(t.TempDir(), "busy")
	hour, short := readText(t, hourTrace(t)), "timestamp,records_per_second,bytes_per_second\n2026-11-23T00:00:00Z,1000,0\n"
	for path, text := range map[string]string{filepath.Join(calm, "a.csv"): hour, filepath.Join(calm, "b.csv"): short, filepath.Join(busy, "c.csv"): short} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"bench", "--traces", calm, "--traces", busy, "--peak", "0", "--profile", "even", "--set", "mode=disabled", "--variant", "one:", "--variant", "two:"}
	stdout, stderr := succeed(t, append(args, "--output", "markdown", "--actions", calm)...)
	want := `| trace | one | | two | | provisioned at peak |
|---|---|---|---|---|---|
| | cost | throttled % | cost | throttled % | cost |
| calm/a | 1.41 | 3.1746 | 1.41 | 3.1746 | 2.82 |
| calm/b | - | 0.0000 | - | 0.0000 | - |
| busy/c | - | 0.0000 | - | 0.0000 | - |
| median of calm | 1.41 | 1.5873 | 1.41 | 1.5873 | 2.82 |
| median of busy | - | 0.0000 | - | 0.0000 | - |
| median | 1.41 | 0.0000 | 1.41 | 0.0000 | 2.82 |
`
	if stdout != want {
		t.Errorf("got\n%s\nwant\n%s", stdout, want)
	}
	if want := "calm/b: no optimum: the trace is shorter than 5 minutes\nbusy/c: no optimum: the trace is shorter than 5 minutes\n"; stderr != want {
		t.Errorf("it says %q, want %q", stderr, want)
	}
	summary, _ := succeed(t, append(args, "--output", "summary", "--resend-minutes", "1")...)
	want = `| profile | sent again for | traces | variant | cost, median | highest | throttled %, median | highest |
|---|---|---|---|---|---|---|---|
| even | 1 minute | calm | one | 1.41 | 1.41 | 2.2959 | 4.5918 |
| even | 1 minute | calm | two | 1.41 | 1.41 | 2.2959 | 4.5918 |
| even | 1 minute | busy | one | - | - | 0.0000 | 0.0000 |
| even | 1 minute | busy | two | - | - | 0.0000 | 0.0000 |
| even | 1 minute | all | one | 1.41 | 1.41 | 0.0000 | 4.5918 |
| even | 1 minute | all | two | 1.41 | 1.41 | 0.0000 | 4.5918 |
`
	if summary != want {
		t.Errorf("the summary is\n%s\nwant\n%s", summary, want)
	}
	if got := readText(t, filepath.Join(calm, "two", "busy", "c.csv")); got != "minute,from,to\n0,2,2\n" {
		t.Errorf("the actions are %q", got)
	}
	table, _ := succeed(t, args...)
	for _, row := range []string{"median of calm", "median of busy", "median"} {
		if n := len(regexp.MustCompile("(?m)^"+row+" +(1.41 .*)?$|^"+row+"  .*0 %$").FindAllString(table, -1)); n != 2 {
			t.Errorf("%q is there %d times in\n%s", row, n, table)
		}
	}
	status, _, stderr := execute(t, "bench", "--traces", calm, "--traces", filepath.Join(t.TempDir(), "calm"))
	if status != statusUsage || !strings.Contains(stderr, "two folders are named calm") {
		t.Errorf("status %d, %s", status, stderr)
	}
}

func TestBenchNeedsFoldersOfTraces(t *testing.T) {
	file, empty := hourTrace(t), t.TempDir()
	for path, says := range map[string]string{"nope": "there is no folder nope\n", file: file + " is a file; --traces takes the folder", empty: "there is no *.csv or *.csv.gz in " + empty} {
		if status, stdout, stderr := execute(t, "bench", "--traces", path); status != statusFailed || stdout != "" || !strings.Contains(stderr, says) {
			t.Errorf("%s: status %d, %q", path, status, stderr)
		}
	}
}

// What simulate reads bench finds too: a trace may be made smaller by gzip.
func TestBenchFindsGzippedTraces(t *testing.T) {
	folder := t.TempDir()
	packed := func(name string) {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, err := w.Write([]byte(readText(t, hourTrace(t))))
		if err := errors.Join(err, w.Close(), os.WriteFile(filepath.Join(folder, name), b.Bytes(), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	packed("b.csv.gz")
	alone, _ := succeed(t, "bench", "--traces", folder, "--set", "mode=disabled", "-o", "csv")
	if lines := strings.Split(alone, "\n"); len(lines) < 2 || !strings.HasSuffix(lines[1], ",b") {
		t.Errorf("got\n%s", alone)
	}
	if err := os.WriteFile(filepath.Join(folder, "a.csv"), []byte(readText(t, hourTrace(t))), 0o600); err != nil {
		t.Fatal(err)
	}
	both, _ := succeed(t, "bench", "--traces", folder, "--set", "mode=disabled", "-o", "csv")
	if lines := strings.Split(both, "\n"); len(lines) < 3 || !strings.HasSuffix(lines[1], ",a") || !strings.HasSuffix(lines[2], ",b") {
		t.Errorf("got\n%s", both)
	}
	packed("a.csv.gz")
	status, stdout, stderr := execute(t, "bench", "--traces", folder)
	if want := filepath.Join(folder, "a.csv") + " and " + filepath.Join(folder, "a.csv.gz") + " are two traces of one name"; status != statusFailed || stdout != "" || !strings.Contains(stderr, want) {
		t.Errorf("status %d, %q, want %q", status, stderr, want)
	}
}

func TestMedian(t *testing.T) {
	for _, test := range []struct {
		values []float64
		want   float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{9, 1, 5}, 5}, {[]float64{4, 1, 3, 2}, 2.5}} {
		before := slices.Clone(test.values)
		if got := median(test.values); got != test.want || !slices.Equal(before, test.values) {
			t.Errorf("median of %v is %v, want %v", test.values, got, test.want)
		}
	}
}
