//go:build unix

package emulator

// What each emulator needs to run here. How each differs from AWS is in docs/model.md.

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os/exec"
	"path/filepath"
	"strconv"
)

// Account and Region are those of everything that the emulators hold. Kinesis-local and ministack take
// an access key of twelve digits for the account; sign with Account, so that they agree.
const (
	Account = "123456789012"
	Region  = "eu-west-1"
)

// Tools knows where tools/install put the emulators.
type Tools struct {
	root string // of the checkout
}

// NewTools returns the tools of the checkout whose root folder is given.
func NewTools(root string) (Tools, error) {
	abs, err := filepath.Abs(root)
	if err != nil {
		return Tools{}, fmt.Errorf("find the tools: %w", err)
	}
	return Tools{root: abs}, nil
}

// Ministack returns the command for the emulator of all services but Kinesis. Its Lambdas inherit env,
// and so its AWS_ENDPOINT_URL, which names ministack itself.
func (t Tools) Ministack(ctx context.Context, env ...string) (Command, error) {
	ports, err := freePorts(ctx, 1)
	if err != nil {
		return Command{}, err
	}
	return Command{
		Name: "ministack",
		Path: t.installed("emulators", "bin", "python"),
		Args: []string{filepath.Join(t.root, "tools", "start_ministack.py")},
		Env: append([]string{
			"BIND_HOST=127.0.0.1",
			"GATEWAY_PORT=" + strconv.Itoa(ports[0]),
			"IOT_MTLS_ENABLED=0", // it would listen for MQTT on every interface
			"SFTP_ENABLED=0",     // and for SFTP
			"STATE_DIR=state",    // below its home, not in /tmp
			"MINISTACK_ACCOUNT_ID=" + Account,
			"MINISTACK_REGION=" + Region,
			"AWS_DEFAULT_REGION=" + Region,
			fmt.Sprintf("AWS_ENDPOINT_URL=http://127.0.0.1:%d", ports[0]),
		}, env...),
		Port:   ports[0],
		Health: "/_ministack/ready",
	}, nil
}

// KinesisLocal returns the command for the emulator of Kinesis. A CreateStream, UpdateShardCount or DeleteStream
// takes its 500 ms unless env says otherwise (CREATE_STREAM_DURATION=0s and so on).
func (t Tools) KinesisLocal(ctx context.Context, env ...string) (Command, error) {
	ports, err := freePorts(ctx, 2) // it cannot be told not to serve TLS too
	if err != nil {
		return Command{}, err
	}
	program := t.installed("node", "node_modules", "kinesis-local")
	node, err := exec.LookPath("node")
	if err != nil {
		return Command{}, fmt.Errorf("find Node.js: %w", err)
	}
	return Command{
		Name: "kinesis-local",
		Path: node,
		Args: []string{"--require", filepath.Join(t.root, "tools", "loopback.cjs"), filepath.Join(program, "main.js")},
		Env: append([]string{
			"KINESIS_MOCK_PLAIN_PORT=" + strconv.Itoa(ports[0]),
			"KINESIS_MOCK_TLS_PORT=" + strconv.Itoa(ports[1]),
			"KINESIS_MOCK_CERT_PATH=" + filepath.Join(program, "server.json"),
			"SHARD_LIMIT=500",
			"AWS_ACCOUNT_ID=" + Account,
			"AWS_REGION=" + Region,
		}, env...),
		Port:   ports[0],
		Health: "/healthcheck",
	}, nil
}

// Moto returns the command for the emulator whose CloudWatch keeps the metric math of an alarm as it is.
// It speaks the Query protocol, not CBOR.
func (t Tools) Moto(ctx context.Context) (Command, error) {
	ports, err := freePorts(ctx, 1)
	if err != nil {
		return Command{}, err
	}
	return Command{
		Name:   "moto",
		Path:   t.installed("emulators", "bin", "moto_server"),
		Args:   []string{"-H", "127.0.0.1", "-p", strconv.Itoa(ports[0])},
		Env:    []string{"MOTO_ACCOUNT_ID=" + Account},
		Port:   ports[0],
		Health: "/moto-api/",
	}, nil
}

// Dynalite returns the command for the second emulator of DynamoDB. It has no TransactWriteItems.
func (t Tools) Dynalite(ctx context.Context) (Command, error) {
	ports, err := freePorts(ctx, 1)
	if err != nil {
		return Command{}, err
	}
	node, err := exec.LookPath("node")
	if err != nil {
		return Command{}, fmt.Errorf("find Node.js: %w", err)
	}
	return Command{
		Name:   "dynalite",
		Path:   node,
		Args:   []string{t.installed("node", "node_modules", "dynalite", "cli.js"), "--host", "127.0.0.1", "--port", strconv.Itoa(ports[0])},
		Port:   ports[0],
		Health: "/",
	}, nil
}

// InvokePath is where the Runtime Interface Emulator takes an event, by POST.
const InvokePath = "/2015-03-31/functions/function/invocations"

// RuntimeInterface returns the command for Lambda's own Runtime Interface Emulator around one bootstrap.
// The bootstrap starts with the first event; the log then has "INIT REPORT(durationMs: ...)".
func (t Tools) RuntimeInterface(ctx context.Context, bootstrap string, env ...string) (Command, error) {
	ports, err := freePorts(ctx, 2)
	if err != nil {
		return Command{}, err
	}
	return Command{
		Name: "runtime-interface-" + filepath.Base(filepath.Dir(bootstrap)),
		Path: t.installed("bin", "aws-lambda-rie"),
		Args: []string{
			"--runtime-interface-emulator-address", fmt.Sprintf("127.0.0.1:%d", ports[0]),
			"--runtime-api-address", fmt.Sprintf("127.0.0.1:%d", ports[1]),
			bootstrap,
		},
		Env: append([]string{
			"AWS_LAMBDA_FUNCTION_NAME=" + filepath.Base(filepath.Dir(bootstrap)),
			"AWS_LAMBDA_FUNCTION_TIMEOUT=30",
			"AWS_LAMBDA_FUNCTION_MEMORY_SIZE=128",
			"AWS_REGION=" + Region,
		}, env...),
		Port: ports[0],
	}, nil
}

// installed returns a path below .tools.
func (t Tools) installed(parts ...string) string {
	return filepath.Join(append([]string{t.root, ".tools"}, parts...)...)
}

// freePorts returns n different ports of 127.0.0.1 on which nobody listened a moment ago.
func freePorts(ctx context.Context, n int) ([]int, error) {
	ports := make([]int, 0, n)
	for range n {
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
		defer listener.Close() // not before all are found, or one could be found twice
		address, err := netip.ParseAddrPort(listener.Addr().String())
		if err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
		ports = append(ports, int(address.Port()))
	}
	return ports, nil
}
