package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Exit statuses.
const (
	statusOK     = 0
	statusFailed = 1 // the command could not do what it was asked
	statusUsage  = 2 // it could not be understood
)

// commands is the command line. Each command is a struct with its flags and a method Run.
type commands struct {
	Demo      demoCommand      `cmd:"" help:"Play two days of a stream in a model of AWS; no account needed."`
	Simulate  simulateCommand  `cmd:"" help:"Play a trace under one or more variants of the settings; no account needed."`
	Recommend recommendCommand `cmd:"" help:"Search the settings that run a trace cheapest without throttling more than allowed."`
	Export    exportCommand    `cmd:"" help:"Write a stream's traffic of the last days, as a trace."`
	Traffic   trafficCommand   `cmd:"" help:"Make traffic of a kind, as a trace to try things on."`
	Bench     benchCommand     `cmd:"" help:"Play a folder of traces, or our own traffic, and compare variants of the settings."`
	History   historyCommand   `cmd:"" help:"Query the history of decisions in a table."`
	Replay    replayCommand    `cmd:"" help:"Hand the events in a dead-letter queue to their function again."`
	Version   versionCommand   `cmd:"" help:"Print the version."`
}

// surroundings is what a command may touch besides its flags.
type surroundings struct {
	stdout  io.Writer
	stderr  io.Writer
	getenv  func(string) string
	now     func() time.Time
	open    func(ctx context.Context, table string) (historian, error)
	letters func(ctx context.Context, queueURL string) (letterbox, error)
	traffic func(ctx context.Context) (trafficReader, error)

	terminal bool // whether stderr is one
}

// run parses the arguments, runs the command, and returns the exit status. What the command has to
// say goes to stdout, what went wrong to stderr.
func run(ctx context.Context, args []string, at surroundings) int {
	exited, status := false, statusOK
	var line commands
	parser, err := kong.New(&line,
		kong.Name("shardkeeper"),
		kong.Description("Scales Kinesis data streams by their load, and remembers why."),
		kong.Writers(at.stdout, at.stderr),
		kong.Exit(func(code int) { exited, status = true, code }),
		kong.Vars{"kinds": kinds(), "traffic_kinds": trafficKinds()}, priceVars(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		return fail(at.stderr, err, statusUsage)
	}
	parsed, err := parser.Parse(args)
	if exited { // --help has been answered; kong goes on parsing all the same
		return status
	}
	if err != nil {
		return fail(at.stderr, fmt.Errorf("%w; try shardkeeper --help", err), statusUsage)
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	switch err := parsed.Run(at); {
	case err == nil:
		return statusOK
	case errors.Is(err, errUsage):
		return fail(at.stderr, err, statusUsage)
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		return fail(at.stderr, errInterrupted, statusFailed)
	default:
		return fail(at.stderr, err, statusFailed)
	}
}

// errUsage marks errors of the command line that only the command itself can see.
var errUsage = errors.New("cannot be understood")

// errInterrupted means that somebody ended the command, as with Ctrl-C.
var errInterrupted = errors.New("interrupted")

func fail(stderr io.Writer, err error, status int) int {
	_, _ = fmt.Fprintln(stderr, "shardkeeper:", err)
	return status
}

// kinds names the kinds of history entries, for a flag.
func kinds() string {
	names := make([]string, len(ledger.Kinds()))
	for i, k := range ledger.Kinds() {
		names[i] = string(k)
	}
	return strings.Join(names, ",")
}
