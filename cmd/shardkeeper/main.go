// Command shardkeeper is what an operator runs: the demo, simulations of a stream's traffic, the
// history of a real table, and the replay of a dead-letter queue. Each verb is a file: history.go.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/terminal"
	"github.com/shardkeeper/shardkeeper/internal/app/operator"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends what does not heed the first, as a pipe that nobody reads
	status := run(ctx, os.Args[1:], environment{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv, now: time.Now, open: openAWS, wait: operator.Wait,
		screen: output.Screen{
			W: os.Stdout, Width: terminal.Width(os.Stdout, os.Getenv), Colour: terminal.Colour(os.Stdout, os.Getenv),
		},
		asks:    terminal.Is(os.Stdin) && terminal.Is(os.Stderr),
		watched: terminal.Is(os.Stderr), shared: terminal.Is(os.Stdout), colour: terminal.Colour(os.Stderr, os.Getenv),
	})
	stop()
	os.Exit(status)
}
