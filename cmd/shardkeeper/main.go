// Command shardkeeper is what an operator runs: the demo, simulations of a stream's traffic, the
// history of a real table, and the replay of a dead-letter queue.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"time"
)

// garbagePercent lets the heap grow threefold before it is swept: a simulation leaves much garbage and
// keeps little, some 40 MB for two weeks.
const garbagePercent = 200

func main() {
	debug.SetGCPercent(garbagePercent)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends what does not heed the first, as a pipe that nobody reads
	status := run(ctx, os.Args[1:], surroundings{
		os.Stdout, os.Stderr, os.Getenv, time.Now, openTable, openQueue, openTraffic, isTerminal(os.Stderr),
	})
	stop()
	os.Exit(status)
}

// isTerminal reports whether somebody looks at what is written to a file.
func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
