//go:build unix && e2e

// Package e2e runs what is deployed, the template and its built functions, on components that others
// wrote: ministack, kinesis-local, moto, dynalite and Lambda's Runtime Interface Emulator. The unit and
// simulation tests know only our own idea of AWS. How each stand-in differs from AWS is in docs/model.md.
//
// `make e2e` runs it. Everything listens on 127.0.0.1 and ends with the test, even if that is killed.
package e2e

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/emulator"
)

// root is the module's root, from this folder.
const root = "../.."

// How many checks ran to their end, well or badly, and how many were left out.
var ran, failed, skipped atomic.Int64

func TestMain(m *testing.M) {
	code := m.Run()
	fmt.Printf("e2e: %d checks ran, %d failed, %d skipped\n", ran.Load(), failed.Load(), skipped.Load())
	if skipped.Load() > 0 && os.Getenv("CI") != "" {
		fmt.Println("e2e: in CI nothing may be skipped")
		code = cmp.Or(code, 1)
	}
	os.Exit(code)
}

// counted counts the check that a subtest is.
func counted(t *testing.T) {
	t.Helper()
	t.Cleanup(func() {
		switch {
		case t.Skipped():
			skipped.Add(1)
			return
		case t.Failed():
			failed.Add(1)
		}
		ran.Add(1)
	})
}

// await polls until a condition holds, and fails the test with the last reason when the bound has passed.
func await(t *testing.T, what string, bound time.Duration, condition func() error) {
	t.Helper()
	poll, end := time.NewTicker(50*time.Millisecond), time.Now().Add(bound)
	defer poll.Stop()
	for {
		err := condition()
		if err == nil {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s: not within %v: %v", what, bound, err)
		}
		select {
		case <-poll.C:
		case <-t.Context().Done():
			t.Fatalf("%s: %v", what, context.Cause(t.Context()))
		}
	}
}

// installed is the path of a tool below .tools.
func installed(parts ...string) string {
	return filepath.Join(append([]string{root, ".tools"}, parts...)...)
}

// commandBound is how long a program may take that is neither an emulator nor a suite.
const commandBound = 3 * time.Minute

// command runs a program in the module's root, without the AWS variables of this machine but with the
// given ones, and returns what it wrote to its standard output.
func command(ctx context.Context, env []string, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, commandBound)
	defer cancel()
	if strings.HasPrefix(name, root) {
		absolute, err := filepath.Abs(name)
		if err != nil {
			return "", err
		}
		name = absolute
	}
	var out, faults strings.Builder
	c := exec.CommandContext(ctx, name, args...)
	c.Dir, c.Stdout, c.Stderr = root, &out, &faults
	c.WaitDelay = 5 * time.Second
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "AWS_") {
			c.Env = append(c.Env, variable)
		}
	}
	c.Env = append(append(c.Env, "SAM_CLI_TELEMETRY=0"), env...)
	if err := c.Run(); err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s%s", filepath.Base(name), strings.Join(args, " "), err, out.String(), faults.String())
	}
	return out.String(), nil
}

// mustRun is command for a test that cannot go on without.
func mustRun(t *testing.T, env []string, name string, args ...string) string {
	t.Helper()
	out, err := command(t.Context(), env, name, args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// start starts an emulator for the length of a test. If the test fails, the end of its log is shown.
func start(t *testing.T, c emulator.Command, err error) *emulator.Server {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	server, err := emulator.Start(t.Context(), c, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Close()
		if t.Failed() {
			t.Logf("the log of %s ends with:\n%s", c.Name, tail(server.LogFile(), 60))
		}
	})
	return server
}

// tools are the installed emulators.
func tools(t *testing.T) emulator.Tools {
	t.Helper()
	found, err := emulator.NewTools(root)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func tail(path string, lines int) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
