//go:build linux

package emulator

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Engine is what runs containers.
type Engine struct {
	own    *Server // nil for the engine of this machine
	socket string
}

// ErrNoEngine means that this machine has no container engine, and none can be started.
var ErrNoEngine = errors.New("no container engine answers, and only root can start a dockerd (Debian package docker.io)")

// engineBound is how long a new dockerd may take until it answers; it takes half a second.
const engineBound = 30 * time.Second

// importBound is how long an image may take to be imported; busybox takes a tenth of a second.
const importBound = 30 * time.Second

// FindEngine returns the container engine of this machine, or else starts a dockerd of its own that keeps
// everything in dir. That one lives in a network of its own, which nothing reaches from outside and which ends
// with it: see [Engine.Inside]. Host is what DOCKER_HOST says. The error is ErrNoEngine if neither can be.
func FindEngine(ctx context.Context, host, dir string) (*Engine, error) {
	if running := (&Engine{socket: socketOf(host)}); running.answers(ctx) {
		return running, nil
	}
	dockerd, missing := exec.LookPath("dockerd")
	if missing != nil || os.Geteuid() != 0 {
		return nil, ErrNoEngine
	}
	return startEngine(ctx, dockerd, dir)
}

// socketOf is the socket that DOCKER_HOST names. Only local engines are used.
func socketOf(host string) string {
	if path, local := strings.CutPrefix(host, "unix://"); local {
		return path
	}
	return "/var/run/docker.sock"
}

// startEngine starts a dockerd. It makes no rule of the firewall: in its own network nobody else is to be kept
// out, and what a container publishes is handed on by a process of dockerd's.
func startEngine(ctx context.Context, dockerd, dir string) (*Engine, error) {
	config, socket := filepath.Join(dir, "daemon.json"), filepath.Join(dir, "docker.sock")
	if err := os.WriteFile(config, []byte("{}\n"), 0o600); err != nil {
		return nil, err
	}
	unshare, err := exec.LookPath("unshare")
	if err != nil {
		return nil, fmt.Errorf("start a dockerd: %w", err)
	}
	server, err := launch(ctx, Command{
		Name: "dockerd", Path: unshare,
		Args: []string{
			"--net", "--", "/bin/sh", "-c", `ip link set lo up && exec "$@"`, "sh", dockerd,
			"--config-file", config, "--host", "unix://" + socket, "--pidfile", filepath.Join(dir, "docker.pid"),
			"--data-root", filepath.Join(dir, "data"), "--exec-root", filepath.Join(dir, "run"),
			"--iptables=false", "--ip6tables=false", "--ip-masq=false", "--storage-driver=vfs",
		},
		Env: []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin"},
	}, dir)
	if err != nil {
		return nil, fmt.Errorf("start a dockerd: %w", err)
	}
	server.patience = 10 * time.Second // it ends its containers and unmounts their folders
	e := &Engine{own: server, socket: socket}
	if err := e.await(ctx); err != nil {
		e.Close()
		return nil, fmt.Errorf("start a dockerd: %w; its log ends with:\n%s", err, tail(server.LogFile()))
	}
	return e, nil
}

func (e *Engine) await(ctx context.Context) error {
	end, poll := time.NewTimer(engineBound), time.NewTicker(pollPause)
	defer end.Stop()
	defer poll.Stop()
	for !e.answers(ctx) {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-e.own.ended:
			return errors.New("it ended before it answered")
		case <-end.C:
			return fmt.Errorf("no answer after %v", engineBound)
		case <-poll.C:
		}
	}
	return nil
}

// answers reports whether the engine answers a ping.
func (e *Engine) answers(ctx context.Context) bool {
	return healthy(ctx, e.client(checkBound), "http://docker", "/_ping")
}

// client speaks to the engine's socket, whatever the host of an address is.
func (e *Engine) client(bound time.Duration) *http.Client {
	return &http.Client{Timeout: bound, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", e.socket)
		},
	}}
}

// Own reports whether the engine was started here, and has no images but what it is given.
func (e *Engine) Own() bool { return e.own != nil }

// Env leads a program to the engine.
func (e *Engine) Env() []string { return []string{"DOCKER_HOST=unix://" + e.socket} }

// Inside returns a command as it is to be run to reach, on 127.0.0.1, what containers publish.
func (e *Engine) Inside(command ...string) []string {
	if e.own == nil {
		return command
	}
	space := "--net=/proc/" + strconv.Itoa(e.own.process.Process.Pid) + "/ns/net"
	return append([]string{"nsenter", space, "--"}, command...)
}

// Close ends an engine that was started here, and its network; the machine's own is left alone.
func (e *Engine) Close() {
	if e.own != nil {
		e.own.Close()
	}
}
