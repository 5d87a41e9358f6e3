package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/app/operator"
)

// Exit statuses, part of the command's promise: docs/cli.md says them too.
const (
	statusOK          = 0
	statusFailed      = 1   // the command could not do what it was asked
	statusUsage       = 2   // it could not be understood
	statusRefused     = 3   // it was understood, and a rule forbids it
	statusInterrupted = 130 // somebody ended it, as with Ctrl-C: 128 and the number of the signal
)

var (
	// errUsage marks what is wrong with the command line.
	errUsage = errors.New("cannot be understood")
	// errRefused marks what a rule forbids.
	errRefused = errors.New("refused")
	// errInterrupted means that somebody ended the command.
	errInterrupted = errors.New("interrupted")
)

// problem is an error with what to try next.
type problem struct {
	what string
	next string // a command, or a flag; empty where nothing is known
	kind error  // errUsage, errRefused; nil: it failed
	err  error  // behind it, or nil
}

func (p *problem) Error() string   { return p.what }
func (p *problem) Unwrap() []error { return []error{p.kind, p.err} }

// usage says what is wrong with the command line.
func usage(format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	return &problem{what: err.Error(), kind: errUsage, err: err}
}

// refused says which rule forbids what was asked.
func refused(format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	return &problem{what: err.Error(), kind: errRefused, err: err}
}

// failed says what went wrong, and what to try next.
func failed(next, format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	return &problem{what: err.Error(), next: next, err: err}
}

// statusOf returns the exit status for an error.
func statusOf(ctx context.Context, err error) int {
	switch {
	case err == nil:
		return statusOK
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		return statusInterrupted
	case errors.Is(err, errUsage):
		return statusUsage
	case errors.Is(err, errRefused):
		return statusRefused
	}
	return statusFailed
}

// fail says on stderr what happened and what to try next, and returns the exit status. The verb is the
// path of the one that failed, whose help tells how it is used.
func (at environment) fail(ctx context.Context, err error, verb string) int {
	status := statusOf(ctx, err)
	next := nextOf(err)
	switch status {
	case statusInterrupted:
		err, next = errInterrupted, ""
	case statusUsage:
		next = verb + " --help"
	}
	name := "shardkeeper:"
	if at.colour {
		name = output.Bad.On(name)
	}
	for line := range strings.SplitSeq(err.Error(), "\n") { // joined errors
		_, _ = fmt.Fprintln(at.stderr, name, output.Printable(line))
	}
	if next != "" {
		at.tell("try %s", next)
	}
	return status
}

func nextOf(err error) string {
	if p, is := errors.AsType[*problem](err); is && p.next != "" {
		return p.next
	}
	if fault, is := errors.AsType[*operator.PlainError](err); is {
		return fault.Next
	}
	return ""
}
