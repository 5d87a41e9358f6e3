// Command fleet prints what a large fleet costs and how far behind its reconciler is, in the model of AWS under all
// quotas. It is what `make fleet` runs; the same options print the same figures.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "fleet:", err)
		os.Exit(1) //nolint:gocritic // nothing is left to be undone
	}
}

// scene is what is played.
type scene struct {
	streams int
	hours   int
	storm   bool // all that rise do so in the same minute, not spread over the hours
}

func (s scene) check() error {
	if s.streams < 10 || s.streams > 20_000 {
		return fmt.Errorf("%d streams: want 10 to 20000", s.streams)
	}
	if s.hours < 1 || s.hours > 10 {
		return fmt.Errorf("%d hours: want 1 to 10, since each stream rises once", s.hours)
	}
	return nil
}

// rising is how many streams rise: a tenth an hour, in a storm a tenth at once.
func (s scene) rising() int {
	if s.storm {
		return s.streams / 10
	}
	return s.streams * s.hours / 10
}

// calm is how many minutes pass before anything is measured, until all streams are enrolled: the reconciler makes
// two and a half alarms a second, two for each stream.
func (s scene) calm() int { return 60 + s.streams/30 }

// risesAt returns in which minute a stream's load doubles, and whether it ever does. The streams that rise are
// spread over the names.
func (s scene) risesAt(stream int) (minute int, rises bool) {
	order := stream * 7919 % s.streams
	switch {
	case order >= s.rising():
		return 0, false
	case s.storm:
		return s.calm() + 10, true
	}
	return s.calm() + order*(s.hours*60-minutesToSettle)/s.rising(), true
}

// minutesToSettle is how long before the end the last stream rises, so that its operation can end.
const minutesToSettle = 15

func run(ctx context.Context, args []string, out io.Writer) error {
	var s scene
	flags := flag.NewFlagSet("fleet", flag.ContinueOnError)
	flags.IntVar(&s.streams, "streams", 1000, "how many `streams` the fleet has")
	flags.IntVar(&s.hours, "hours", 6, "how many `hours` are measured")
	flags.BoolVar(&s.storm, "storm", false, "a tenth of the streams rise in the same minute")
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil:
		return err
	}
	if err := s.check(); err != nil {
		return err
	}
	began := time.Now()
	b, err := s.play(ctx)
	if err != nil {
		return err
	}
	b.print(out, s)
	_, err = fmt.Fprintf(out, "\nplayed in %s\n", time.Since(began).Round(time.Second))
	return err
}
