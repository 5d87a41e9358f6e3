//go:build unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/shardkeeper/shardkeeper/internal/app"
	"github.com/shardkeeper/shardkeeper/internal/emulator"
)

// account leads this process to the emulator.
func account(endpoint string) []func(*config.LoadOptions) error {
	return []func(*config.LoadOptions) error{
		config.WithRegion(emulator.Region), config.WithBaseEndpoint(endpoint),
		config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider(emulator.Account, "secret", "")),
	}
}

// runner runs the command, and sees what that takes.
type runner struct {
	now     func() time.Time
	path    string // where programs are
	program string // the command
}

// environment leads the command to an endpoint, and away from everything that this machine has credentials for.
func (r runner) environment(endpoint string) []string {
	return []string{
		"PATH=" + r.path, "HOME=" + os.DevNull, "AWS_ENDPOINT_URL=" + endpoint, "AWS_REGION=" + emulator.Region,
		"AWS_ACCESS_KEY_ID=" + emulator.Account, "AWS_SECRET_ACCESS_KEY=secret", "AWS_EC2_METADATA_DISABLED=true",
		"AWS_CONFIG_FILE=" + os.DevNull, "AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull, app.EnvTable + "=" + table,
	}
}

// build makes the command as `make build` does.
func build(ctx context.Context, dir string) (program string, err error) {
	program = filepath.Join(dir, "shardkeeper")
	command := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, "./cmd/shardkeeper") //nolint:gosec // the folder is our own
	command.Stderr = os.Stderr
	return program, command.Run()
}

// counter is a server that passes calls on, and counts them.
type counter struct {
	*httptest.Server

	calls atomic.Int64
}

// count starts a counter before an endpoint.
func count(endpoint string) (*counter, error) {
	to, err := url.Parse(endpoint)
	if err != nil {
		return nil, err
	}
	proxy := httputil.NewSingleHostReverseProxy(to)
	c := &counter{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, in *http.Request) {
		c.calls.Add(1)
		proxy.ServeHTTP(out, in)
	}))
	return c, nil
}

// taken is what a run of the command took.
type taken struct {
	elapsed time.Duration
	mib     float64 // of memory, at most
}

// run runs the command with arguments as people do, with its output not on a terminal.
func (r runner) run(ctx context.Context, endpoint string, args ...string) (taken, error) {
	command := exec.CommandContext(ctx, r.program, args...) //nolint:gosec // the program was just built
	command.Env = r.environment(endpoint)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	start := r.now()
	err := command.Run()
	elapsed := r.now().Sub(start)
	if err != nil {
		return taken{}, fmt.Errorf("%s: %w: %s", args[0], err, stderr.String())
	}
	if stdout.Len() == 0 {
		return taken{}, fmt.Errorf("%s printed nothing: %s", args[0], stderr.String())
	}
	usage, _ := command.ProcessState.SysUsage().(*syscall.Rusage)
	return taken{elapsed, float64(usage.Maxrss*unitOfMaxrss()) / (1 << 20)}, nil
}

// unitOfMaxrss is how many bytes a unit of Maxrss has: getrusage(2) counts in KiB, on macOS in bytes.
func unitOfMaxrss() int64 {
	if runtime.GOOS == "darwin" {
		return 1
	}
	return 1 << 10
}
