//go:build unix

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
)

// What goes to the same file as stdout, as with --report /dev/stdout > file, comes before what the
// command prints, and takes nothing away from it.
func TestTheFileOfStdoutIsWrittenInOrder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	stdout, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer stdout.Close()
	var stderr bytes.Buffer
	if status := run(t.Context(), []string{"simulate", "--trace", hourTrace(t), "--set", "mode=disabled", "--actions", path}, environment{stdout: stdout, stderr: &stderr, screen: output.Screen{W: stdout}}); status != statusOK {
		t.Fatal(stderr.String())
	}
	if got := readText(t, path); !strings.HasPrefix(got, "minute,from,to\n0,2,2\nKeep ") || !strings.Contains(got, "\ndouble-halve ") {
		t.Errorf("the file has\n%s", got)
	}
}
