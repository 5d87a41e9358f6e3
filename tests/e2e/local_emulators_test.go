//go:build linux && e2e

package e2e

import (
	"bufio"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/emulator"
)

// checkWithEmulators invokes functions in containers with the emulators that `make emulators` starts, as
// docs/local.md says.
func checkWithEmulators(t *testing.T, engine *emulator.Engine) {
	t.Helper()
	startEmulators(t, engine)
	for name, wanted := range map[string]struct{ first, again []string }{
		"scaler-alarm-up":               {[]string{`"event":"operation"`, `"open_shards":2`, `"target_shards":4`}, []string{`"event":"duplicate"`}},
		"scaler-alarm-not-enrolled":     {[]string{`"event":"not_enrolled"`}, []string{`"event":"not_enrolled"`}},
		"enroller-create-stream-tagged": {[]string{`"events":{"checked":1}`}, []string{`"events":{"checked":1}`}},
	} {
		t.Run(name, func(t *testing.T) {
			counted(t)
			printed := invokeUntilPrinted(t, engine, wanted.first, wanted.again, name, "--env-vars", "events/local.json", "--add-host", "host.docker.internal:host-gateway")
			if strings.Contains(printed, "nothing real was touched") {
				t.Errorf("it decides in the embedded world:\n%s", printed)
			}
		})
	}
}

// emulatorsBound is how long the emulators may run, should the test be killed.
const emulatorsBound = "300"

// startEmulators runs what `make emulators` runs, where the containers reach it, until the test ends.
func startEmulators(t *testing.T, engine *emulator.Engine) {
	t.Helper()
	program := filepath.Join(t.TempDir(), "emulators")
	mustRun(t, nil, "go", "build", "-o", program, "./tools/emulators")
	arguments := []string{"timeout", "--kill-after=10", emulatorsBound, program}
	if _, err := net.InterfaceByName("docker0"); err == nil || engine.Own() {
		arguments = append(arguments, "--bridge", "docker0")
	}
	command := engine.Inside(arguments...)
	run := exec.CommandContext(t.Context(), command[0], command[1:]...)
	run.Dir, run.WaitDelay = root, 15*time.Second
	run.Cancel = func() error { return run.Process.Signal(syscall.SIGTERM) }
	var problems strings.Builder
	run.Stderr = &problems
	out, err := run.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = run.Wait() }) // its context has ended by now
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "ready:") {
			return
		}
	}
	_ = run.Wait()
	t.Fatalf("the emulators did not start: %s", problems.String())
}
