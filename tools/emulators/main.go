//go:build unix

// Command emulators starts what stands in for AWS, with a table, a topic, streams under load and their alarms,
// and keeps it up until it is interrupted. It is what `make emulators` runs, for `sam local invoke --env-vars
// events/local.json`. It listens on 127.0.0.1, and with --bridge also on the bridge of the containers.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/emulator"
)

// The ports that events/local.json names.
const (
	restPort    = 4566
	kinesisPort = 4567
	tlsPort     = 4568 // kinesis-local serves TLS too
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "emulators:", err)
		os.Exit(1) //nolint:gocritic // nothing is left to be undone
	}
}

// run starts everything, says what there is, and ends it all when the context does.
func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("emulators", flag.ContinueOnError)
	bridge := flags.String("bridge", "", "interface of the containers' bridge to listen on too, such as docker0 (Linux)")
	if err := flags.Parse(args); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "shardkeeper-emulators-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	_, _ = fmt.Fprintln(out, "starting kinesis-local and ministack ...")
	stop, err := start(ctx, dir)
	if err != nil {
		return err
	}
	defer stop()
	if *bridge != "" {
		if err := relay(ctx, *bridge, out); err != nil {
			return err
		}
	}
	account, err := openAccount(ctx, time.Now)
	if err != nil {
		return err
	}
	if err := account.fill(ctx); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, ready, restPort, kinesisPort)
	return account.keepLoaded(ctx)
}

// ready tells what there is to be used.
const ready = `ready: ministack on 127.0.0.1:%d, kinesis-local on 127.0.0.1:%d
  table shardkeeper, topic shardkeeper-alarms, streams orders (2 shards) and payments (4), 95 %% full, and their alarms

  sam local invoke ScalerFunction -e events/scaler-alarm-up.json --env-vars events/local.json \
      --add-host host.docker.internal:host-gateway

Ctrl-C ends all of it; nothing is kept.
`

// start starts both emulators and returns what ends them.
func start(ctx context.Context, dir string) (stop func(), err error) {
	tools, err := emulator.NewTools(".")
	if err != nil {
		return nil, err
	}
	// A resharding takes a second, so that the stream is seen UPDATING.
	kinesis, err := tools.KinesisLocal(ctx, "KINESIS_MOCK_PLAIN_PORT="+strconv.Itoa(kinesisPort), "KINESIS_MOCK_TLS_PORT="+strconv.Itoa(tlsPort),
		"AWS_REGION="+region, "UPDATE_SHARD_COUNT_DURATION=1s")
	if err != nil {
		return nil, err
	}
	kinesis.Port = kinesisPort
	rest, err := tools.Ministack(ctx, "GATEWAY_PORT="+strconv.Itoa(restPort), "MINISTACK_REGION="+region, "AWS_DEFAULT_REGION="+region,
		"AWS_ENDPOINT_URL="+endpoint(restPort), "AWS_ENDPOINT_URL_KINESIS="+endpoint(kinesisPort))
	if err != nil {
		return nil, err
	}
	rest.Port = restPort
	streams, err := emulator.Start(ctx, kinesis, dir)
	if err != nil {
		return nil, err
	}
	others, err := emulator.Start(ctx, rest, dir)
	if err != nil {
		streams.Close()
		return nil, err
	}
	return func() { others.Close(); streams.Close() }, nil
}

// relay opens both ports on an interface.
func relay(ctx context.Context, bridge string, out io.Writer) error {
	address, err := emulator.AddressOf(bridge)
	if err != nil {
		return err
	}
	err = errors.Join(emulator.Relay(ctx, address, restPort), emulator.Relay(ctx, address, kinesisPort))
	if err == nil {
		_, _ = fmt.Fprintf(out, "containers reach both on %s, the address of %s\n", address, bridge)
	}
	return err
}

func endpoint(port int) string { return "http://127.0.0.1:" + strconv.Itoa(port) }

// loadEvery is how often a minute of traffic is added.
const loadEvery = time.Minute
