package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
)

// ending ends the command when something is read from it, or written to it, and counts how much is after that.
type ending struct {
	end   context.CancelFunc
	after int
}

func (e *ending) Write(p []byte) (int, error) {
	e.end()
	e.after += len(p)
	return len(p), nil
}

// Read never comes to an end.
func (e *ending) Read(p []byte) (int, error) {
	text := ""
	if e.after == 0 {
		text = "timestamp,records_per_second,bytes_per_second\n"
	}
	e.end()
	e.after++
	return copy(p, text+"# \n"), nil
}

// Who ends the command while it writes a trace, or reads one, does not wait for the rest.
func TestATraceIsNotFinishedAfterTheEnd(t *testing.T) {
	for _, args := range []string{"traffic days", "traffic days -o table", "traffic days -o json", "simulate --trace -", "recommend --trace -"} {
		ctx, end := context.WithCancel(t.Context())
		both, errs := &ending{end: end}, bytes.Buffer{}
		at := environment{stdin: both, stdout: both, stderr: &errs, screen: output.Screen{W: both, Width: oldWidth}}
		if status := run(ctx, strings.Fields(args), at); status != statusInterrupted || errs.String() != "shardkeeper: interrupted\n" {
			t.Errorf("%s: status %d, %q", args, status, errs.String())
		}
		if both.after > 100_000 { // what is buffered when it ends; all is more than 700,000
			t.Errorf("%s: it went on for %d", args, both.after)
		}
	}
}

// The file is as it was, or is not there.
func TestNoTraceIsLeftHalfWritten(t *testing.T) {
	folder := t.TempDir()
	before := filepath.Join(folder, "before.csv")
	if err := os.WriteFile(before, []byte("before"), 0o600); err != nil {
		t.Fatal(err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	for _, path := range []string{before, filepath.Join(folder, "new.csv")} {
		var out, errs bytes.Buffer
		status := run(ended, []string{"traffic", "days", "--output-file", path}, environment{stdout: &out, stderr: &errs, screen: output.Screen{W: &out}})
		if status != statusInterrupted || errs.String() != "shardkeeper: interrupted\n" {
			t.Errorf("%s: status %d, %s", path, status, errs.String())
		}
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 1 || readText(t, before) != "before" {
		t.Errorf("%v left, %v", left, err)
	}
}
