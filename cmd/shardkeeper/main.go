// Command shardkeeper is what an operator runs: the demo, the history of a real table, and the
// replay of a dead-letter queue.
package main

import (
	"context"
	"os"
	"os/signal"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	status := run(ctx, os.Args[1:], surroundings{os.Stdout, os.Stderr, os.Getenv, time.Now, openTable, openQueue})
	stop()
	os.Exit(status)
}
