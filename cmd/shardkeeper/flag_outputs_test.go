package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
)

// A file that is read, or written by another flag, is refused before the run: it would be lost.
func TestNoFileIsWrittenOver(t *testing.T) {
	folder := t.TempDir()
	text := readText(t, hourTrace(t))
	at := func(name string) string { return filepath.Join(folder, name) }
	if err := errors.Join(
		os.MkdirAll(at("t1"), 0o700), os.MkdirAll(at("in/two"), 0o700), os.WriteFile(at("d.csv"), []byte(text), 0o600),
		os.WriteFile(at("t1/x.csv"), []byte(text), 0o600), os.WriteFile(at("in/two/x.csv"), []byte(text), 0o600),
		os.Symlink(at("d.csv"), at("link.csv")), os.Symlink(at("t1"), at("t2")),
	); err != nil {
		t.Fatal(err)
	}
	t.Chdir(folder)
	for _, test := range []struct{ args, says string }{
		{"simulate --trace d.csv --actions d.csv", "--trace d.csv and --actions d.csv are the same file"},
		{"simulate --trace d.csv --report d.csv", "--trace d.csv and --report d.csv are the same file"},
		{"simulate --trace d.csv --actions ./t1/../d.csv", "--actions ./t1/../d.csv"},
		{"simulate --trace d.csv --report link.csv", "--report link.csv"},
		{"simulate --trace link.csv --report d.csv", "--trace link.csv"},
		{"simulate --trace d.csv --actions x --report ./x", "--actions x and --report ./x are the same file"},
		{"simulate --trace d.csv --actions t1/x --report t2/x", "--actions t1/x and --report t2/x are the same file"},
		{"bench --traces t1 --actions t1", "--traces t1/x.csv and --actions t1/x.csv are the same file"},
		{"bench --traces t1 --actions t2", "--actions t2/x.csv"},
		{"bench --traces in/two --actions in --variant two: --variant b:", "--traces in/two/x.csv and --actions in/two/x.csv are the same file"},
	} {
		status, stdout, stderr := execute(t, strings.Fields(test.args)...)
		if status != statusUsage || !strings.Contains(stderr, test.says) || stdout != "" {
			t.Errorf("%s: status %d\n%s%s", test.args, status, stdout, stderr)
		}
		for _, path := range []string{"d.csv", "t1/x.csv", "in/two/x.csv"} {
			if readText(t, at(path)) != text {
				t.Fatalf("%s: %s was written over", test.args, path)
			}
		}
	}
	if status, _, stderr := execute(t, "simulate", "--trace", "d.csv", "--set", "mode=disabled", "--actions", os.DevNull, "--report", os.DevNull); status != statusOK {
		t.Errorf("what is no file: status %d, %s", status, stderr)
	}
}

// What cannot be written is told before the run, by the name that was given.
func TestOutputsAreTriedFirst(t *testing.T) {
	trace, folder := hourTrace(t), t.TempDir()
	t.Chdir(folder)
	if err := errors.Join(os.WriteFile("file", nil, 0o600), os.MkdirAll("made/squares.csv", 0o700)); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ args, says string }{
		{"simulate --trace " + trace + " --report there/r.html", "write there/r.html: there is no folder there\n"},
		{"simulate --trace " + trace + " --actions file/a.csv", "write file/a.csv: "},
		{"simulate --trace " + trace + " --actions .", "write .: it is a folder, not a file"},
		{"bench --days 1 --actions file", "write file: file is a file, not a folder"},
		{"bench --days 1 --actions file/in", "write file/in: "},
		{"bench --days 1 --actions made", "write made/squares.csv: it is a folder, not a file"},
		{"man there", "write there/shardkeeper.1: there is no folder there\n"},
		{"report orders there/r.html", "write there/r.html: there is no folder there\n"},
	} {
		status, stdout, stderr := execute(t, strings.Fields(test.args)...)
		if status != statusFailed || !strings.Contains(stderr, test.says) || stdout != "" || strings.Contains(stderr, ".shardkeeper-") {
			t.Errorf("%s: status %d\n%s%s", test.args, status, stdout, stderr)
		}
	}
	if left, err := os.ReadDir("."); err != nil || len(left) != 2 {
		t.Errorf("%v left, %v", left, err)
	}
	if left, err := os.ReadDir("made"); err != nil || len(left) != 1 {
		t.Errorf("%v left in a folder of actions, %v", left, err)
	}
}

// The same, and no traffic is made for it, and AWS is not asked.
func TestOutputsAreTriedBeforeAnythingIsRead(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	if err := os.Symlink("nowhere/a.csv", "link.csv"); err != nil {
		t.Fatal(err)
	}
	ended, end := context.WithCancel(t.Context())
	end() // so making traffic would be an error
	for _, verb := range []string{"traffic days --output-file", "export orders --output-file", "export-settings --output-file", "cost orders --report", "report orders"} {
		for path, says := range map[string]string{"there/a.csv": "there is no folder there", ".": "it is a folder, not a file", "link.csv": "there is no folder nowhere"} {
			account := &fakeAccount{refused: errors.New("AWS was asked")}
			var out, errs bytes.Buffer
			at := environment{stdout: &out, stderr: &errs, screen: output.Screen{W: &out}, getenv: func(string) string { return "" }, now: clock, open: account.open}
			status := run(ended, strings.Fields(verb+" "+path), at)
			if want := "shardkeeper: write " + path + ": " + says + "\n"; status != statusFailed || errs.String() != want || out.Len() > 0 {
				t.Errorf("%s %s: status %d, %q, want %q", verb, path, status, errs.String(), want)
			}
		}
	}
}
