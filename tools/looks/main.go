//go:build unix

// Command looks prints what the operator's command takes on a large table: calls of AWS, seconds, memory. It is what
// `make looks` runs. The table is ministack's, on 127.0.0.1; the calls are counted on their way there.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/emulator"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, runner{now: time.Now, path: os.Getenv("PATH")}); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "looks:", err)
		os.Exit(1) //nolint:gocritic // nothing is left to be undone
	}
}

// budget is what one look at the table may take.
type budget struct {
	args  []string
	calls int           // of AWS, all services together
	lasts time.Duration // on an emulator; printed and not checked, since machines differ
}

// budgets are those of a table with thousands of streams. The stream is one of [books].
func budgets(stream string) []budget {
	return []budget{
		{[]string{"streams"}, 60, 3 * time.Second},
		{[]string{"show", stream}, 12, time.Second},
		{[]string{"explain", stream}, 12, time.Second},
		{[]string{"history", "--since", "30d"}, 35, time.Second},
	}
}

func run(ctx context.Context, args []string, out io.Writer, r runner) error {
	flags := flag.NewFlagSet("looks", flag.ContinueOnError)
	b := books{now: r.now()}
	flags.IntVar(&b.streams, "streams", 5000, "enrolled streams, 2 to 20000")
	flags.IntVar(&b.entries, "entries", 20, "entries of each stream's history, 1 to 40, spread over 30 days")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if err := b.check(); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "shardkeeper-looks-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	tools, err := emulator.NewTools(".")
	if err != nil {
		return err
	}
	command, err := tools.Ministack(ctx)
	if err != nil {
		return err
	}
	server, err := emulator.Start(ctx, command, dir)
	if err != nil {
		return err
	}
	defer server.Close()
	if err := b.fill(ctx, server.Endpoint()); err != nil {
		return fmt.Errorf("fill the table: %w", err)
	}
	if r.program, err = build(ctx, dir); err != nil {
		return err
	}
	counter, err := count(server.Endpoint())
	if err != nil {
		return err
	}
	defer counter.Close()
	return measure(ctx, out, b, r, counter)
}

// measure runs each look and prints what it took. It is an error when one makes more calls than it may.
func measure(ctx context.Context, out io.Writer, b books, r runner, counter *counter) error {
	_, _ = fmt.Fprintf(out, "%d streams, %d entries\n", b.streams, b.streams*b.entries)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "look\tcalls\tat most\tseconds\tat most\tMiB")
	var faults []error
	for _, look := range budgets(name(b.streams / 2)) {
		counter.calls.Store(0)
		took, err := r.run(ctx, counter.URL, look.args...)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		calls := int(counter.calls.Load())
		if calls > look.calls {
			faults = append(faults, fmt.Errorf("%s makes %d calls, at most %d may be made", look.args[0], calls, look.calls))
		}
		_, _ = fmt.Fprintf(table, "%s\t%d\t%d\t%.1f\t%.0f\t%.0f\n", look.args[0], calls, look.calls, took.elapsed.Seconds(), look.lasts.Seconds(), took.mib)
	}
	return errors.Join(append(faults, table.Flush())...)
}
