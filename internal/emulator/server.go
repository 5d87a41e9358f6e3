//go:build unix

// Package emulator starts what stands in for AWS in the end-to-end tests: ministack, kinesis-local,
// moto, dynalite and Lambda's Runtime Interface Emulator, as tools/install put them into .tools.
//
// Each listens on 127.0.0.1 only, with an environment of its own that holds no credentials,
// and leads a process group that ends with Close, or when the process that started it dies.
package emulator

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	startBound = 30 * time.Second      // kinesis-local needs 1 s on an idle machine
	stopBound  = time.Second           // from the request to end until the group is killed: no emulator has anything to save
	pollPause  = 25 * time.Millisecond // between two health checks
	checkBound = 2 * time.Second       // of one health check
)

// Command says how one emulator is started.
type Command struct {
	Name   string   // also the name of its log file and folder
	Path   string   // the program
	Args   []string // its arguments
	Env    []string // its environment beside PATH, HOME and TMPDIR, as "NAME=value"
	Port   int      // where it serves HTTP on 127.0.0.1
	Health string   // the path that answers 200 once it is ready; empty: accepting connections is enough
}

// Server is a running emulator.
type Server struct {
	endpoint string
	log      string
	process  *exec.Cmd
	alive    *os.File      // closing it, or dying, ends the process group
	ended    chan struct{} // closed when the process has ended
	patience time.Duration // of Close
	close    sync.Once
}

// guard runs in the emulator's process group. It waits until the file that only the starter holds
// open is closed, by Close or by the starter's death, and then ends the group, itself at last.
// The emulator takes the shell's place, so the process that is waited for is the emulator's.
const guard = `(read -r _ <&3; trap '' TERM; kill -TERM 0; sleep 2; kill -KILL 0) & exec "$@" 3<&-`

// Start starts an emulator with dir as its home and waits until it is ready, 30 seconds at most.
// It logs to dir/name.log. The error holds the end of that log.
func Start(ctx context.Context, c Command, dir string) (*Server, error) {
	s, err := launch(ctx, c, dir)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", c.Name, err)
	}
	if err := s.ready(ctx, c.Health); err != nil {
		s.Close()
		return nil, fmt.Errorf("start %s: %w; its log %s ends with:\n%s", c.Name, err, s.log, tail(s.log))
	}
	return s, nil
}

func launch(ctx context.Context, c Command, dir string) (*Server, error) {
	if _, err := os.Stat(c.Path); err != nil {
		return nil, fmt.Errorf("it is not installed, run make tools: %w", err)
	}
	home, log, err := place(dir, c.Name)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	held, alive, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer held.Close()

	// The group must end in order and with its log written, so ending ctx does not kill it: Close does.
	args := append([]string{"-c", guard, "sh", c.Path}, c.Args...)
	process := exec.CommandContext(context.WithoutCancel(ctx), "/bin/sh", args...) //nolint:gosec // it runs what the test names
	process.Dir = home
	process.Env = append([]string{"PATH=/usr/bin:/bin", "HOME=" + home, "TMPDIR=" + home}, c.Env...)
	process.Stdout, process.Stderr = log, log
	process.ExtraFiles = []*os.File{held} // file descriptor 3
	process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := process.Start(); err != nil {
		return nil, errors.Join(err, alive.Close())
	}
	s := &Server{
		endpoint: fmt.Sprintf("http://127.0.0.1:%d", c.Port),
		log:      log.Name(),
		process:  process,
		alive:    alive,
		ended:    make(chan struct{}),
		patience: stopBound,
	}
	go func() {
		defer close(s.ended)
		_ = process.Wait() // how it ended is in its log; ready tells that it ended too early
	}()
	return s, nil
}

// place makes the home of an emulator in dir, and its log beside it.
func place(dir, name string) (home string, log *os.File, err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return "", nil, err
	}
	defer root.Close()
	if err := root.MkdirAll(name, 0o750); err != nil {
		return "", nil, err
	}
	log, err = root.OpenFile(name+".log", os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	return filepath.Join(dir, name), log, err
}

// Endpoint is the address that it serves, such as http://127.0.0.1:41234.
func (s *Server) Endpoint() string { return s.endpoint }

// LogFile is the path of what the emulator wrote to its standard output and error.
func (s *Server) LogFile() string { return s.log }

// Close ends the emulator and whatever it started, and returns when it has ended: at once, or killed
// after a second. A second call does nothing.
func (s *Server) Close() {
	s.close.Do(func() {
		_ = s.alive.Close() // the guard sees it and asks the group to end
		bound := time.NewTimer(s.patience)
		defer bound.Stop()
		select {
		case <-s.ended:
		case <-bound.C:
		}
		// What is left: the guard, and children that ignored the request. The guard is still in the
		// group, so the number is not anybody else's.
		_ = syscall.Kill(-s.process.Process.Pid, syscall.SIGKILL)
		<-s.ended
	})
}

// ready returns nil when the health check answers 200, and an error when the bound has passed or the
// process has ended before.
func (s *Server) ready(ctx context.Context, health string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, startBound, fmt.Errorf("not ready after %v", startBound))
	defer cancel()
	// A connection kept alive would keep kinesis-local from ending when it is asked to.
	client := &http.Client{Timeout: checkBound, Transport: &http.Transport{DisableKeepAlives: true}}
	pause := time.NewTicker(pollPause)
	defer pause.Stop()
	for {
		if healthy(ctx, client, s.endpoint, health) {
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-s.ended:
			return errors.New("it ended before it was ready")
		case <-pause.C:
		}
	}
}

// healthy reports whether the emulator answers. Without a health path any answer at all will do.
func healthy(ctx context.Context, client *http.Client, endpoint, health string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, endpoint+health, http.NoBody) //nolint:gosec // 127.0.0.1
	if err != nil {
		return false
	}
	response, err := client.Do(request) //nolint:gosec // 127.0.0.1
	if err != nil {
		return false
	}
	defer response.Body.Close()
	return health == "" || response.StatusCode == http.StatusOK
}

// tail returns the last lines of a file, or why it cannot be read.
func tail(path string) string {
	const lines = 20
	text, err := os.ReadFile(path) //nolint:gosec // the log that Start made
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
