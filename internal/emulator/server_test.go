//go:build unix

package emulator

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The test's own binary plays the emulator: TestMain does what this variable names instead of testing.
const role = "EMULATOR_TEST_ROLE"

func TestMain(m *testing.M) {
	switch os.Getenv(role) {
	case "":
		os.Exit(m.Run())
	case "serve":
		serve()
	case "serve deaf":
		signal.Ignore(syscall.SIGTERM)
		serve()
	case "serve as a child":
		child := exec.CommandContext(context.Background(), os.Args[0], os.Args[1:]...)
		child.Env = append(os.Environ(), role+"=serve")
		_ = child.Run()
	case "fail":
		fmt.Println("the port is taken")
		os.Exit(1)
	case "hang":
		select {}
	case "start and wait":
		s, err := Start(context.Background(), fake("serve as a child", os.Args[1]), os.Args[2])
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(s.Endpoint())
		select {}
	}
}

// serve answers 503 once, then 200; a request for /hold is not answered as long as it lives.
func serve() {
	asked := false
	http.HandleFunc("/health", func(w http.ResponseWriter, _ *http.Request) {
		if !asked {
			asked = true
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	fmt.Println(http.ListenAndServe("127.0.0.1:"+os.Args[1], nil))
}

func fake(as, port string) Command {
	number, err := strconv.Atoi(port)
	if err != nil {
		panic(err)
	}
	return Command{
		Name: "fake", Path: os.Args[0], Args: []string{port}, Env: []string{role + "=" + as},
		Port: number, Health: "/health",
	}
}

func port(t *testing.T) string {
	t.Helper()
	ports, err := freePorts(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	return strconv.Itoa(ports[0])
}

// connect opens a connection that ends only when the process at its other end does.
func connect(t *testing.T, endpoint string) net.Conn {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(endpoint, "http://"))
	if err != nil {
		t.Fatalf("connect to what was started: %v", err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// awaitEnd fails the test if the other end still lives when the bound has passed.
func awaitEnd(t *testing.T, conn net.Conn, bound time.Duration) {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(bound)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("it still lives after %v", bound)
	}
}

func TestStartWaitsUntilReadyAndCloseEndsIt(t *testing.T) {
	for _, as := range []string{"serve", "serve as a child"} {
		t.Run(as, func(t *testing.T) {
			s, err := Start(t.Context(), fake(as, port(t)), t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			conn := connect(t, s.Endpoint())
			s.Close()
			awaitEnd(t, conn, time.Second)
			s.Close() // a second call does nothing
		})
	}
}

func TestCloseKillsWhatDoesNotEnd(t *testing.T) {
	s, err := Start(t.Context(), fake("serve deaf", port(t)), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s.patience = 50 * time.Millisecond
	conn := connect(t, s.Endpoint())
	s.Close()
	awaitEnd(t, conn, time.Second)
}

func TestEndsWhenItsStarterIsKilled(t *testing.T) {
	starter := exec.CommandContext(t.Context(), os.Args[0], port(t), t.TempDir())
	starter.Env = []string{role + "=start and wait"}
	out, err := starter.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := starter.Start(); err != nil {
		t.Fatal(err)
	}
	endpoint, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	conn := connect(t, strings.TrimSpace(endpoint))

	if err := starter.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	awaitEnd(t, conn, 10*time.Second)
	_, _ = io.Copy(io.Discard, out)
	if err := starter.Wait(); err == nil {
		t.Error("the starter was not killed")
	}
}

func TestStartSaysWhyItFailed(t *testing.T) {
	cancelled, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("the test was interrupted"))
	missing := fake("serve", port(t))
	missing.Path = "/nowhere/python"

	for name, c := range map[string]struct {
		ctx     context.Context
		command Command
		want    string
	}{
		"not installed":  {t.Context(), missing, "run make tools"},
		"ends at once":   {t.Context(), fake("fail", port(t)), "the port is taken"},
		"never is ready": {cancelled, fake("hang", port(t)), "the test was interrupted"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Start(c.ctx, c.command, t.TempDir())
			if err == nil {
				s.Close()
				t.Fatal("it started")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error does not say %q: %v", c.want, err)
			}
		})
	}
}

func TestFreePortsAreDifferent(t *testing.T) {
	ports, err := freePorts(t.Context(), 20)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[int]bool{}
	for _, p := range ports {
		if p <= 0 || p > 65535 || seen[p] {
			t.Errorf("port %d of %v", p, ports)
		}
		seen[p] = true
	}
}
