package main

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/file"
	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/terminal"
	"github.com/shardkeeper/shardkeeper/internal/app/operator"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
)

// environment is what a verb may touch besides its flags.
type environment struct {
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	screen output.Screen // stdout, as a place for tables
	getenv func(string) string
	now    func() time.Time
	open   func(ctx context.Context, to operator.Access, now func() time.Time) (services, error)

	wait func(context.Context, time.Duration) error // until a time has passed, or the command ends

	asks    bool // somebody can be asked: stdin is a terminal, and stderr is
	watched bool // stderr is a terminal
	shared  bool // stdout is one too, so a bar would stand in its text
	colour  bool // stderr takes colours
}

// tell says something beside the output, as on what was repaired or left out.
func (at environment) tell(format string, args ...any) {
	_, _ = fmt.Fprintln(at.stderr, output.Printable(fmt.Sprintf(format, args...)))
}

// printable is a text without what a terminal would obey.
func (at environment) printable(text string) string { return output.Printable(text) }

// tellFaults tells what the use cases could not do in a trial, each once.
func (at environment) tellFaults(trialName string, faults []trial.Count) {
	for _, text := range trial.FaultTexts(faults) {
		at.tell("%s: %s", trialName, text)
	}
}

// progress returns a bar on stderr for what takes longer than a second; none where nobody looks. What is
// counted is a unit; empty where nothing is.
func (at environment) progress(title, unit string) *terminal.Progress {
	if !at.watched {
		return nil
	}
	return terminal.NewProgress(at.stderr, terminal.Patience, title, unit)
}

// writeFile writes a file as a whole, or not at all.
func (at environment) writeFile(path string, write func(io.Writer) error) error {
	return file.Write(path, write, at.stdout, at.stderr)
}

// writeOut writes to a file, or to stdout when none is named.
func (at environment) writeOut(path string, write func(io.Writer) error) error {
	if path == "" {
		return write(at.stdout)
	}
	return at.writeFile(path, write)
}

// watchFlag adds the flag of what can be shown again and again.
func watchFlag(cmd *cobra.Command, every *time.Duration) {
	lengthFlag(cmd.Flags(), every, "watch", 0, "show it anew each `TIME`, such as 30s, until Ctrl-C")
}

// repeat does something once, or again and again with a time between until the command ends. Where people look, each
// begins on an empty screen.
func (at environment) repeat(ctx context.Context, every time.Duration, do func() error) error {
	if every == 0 {
		return do()
	}
	if every < leastRepeat {
		return usage("--watch %s is too often; at least %s", every, leastRepeat)
	}
	for {
		if at.shared {
			_, _ = io.WriteString(at.stdout, "\x1b[H\x1b[2J")
		}
		if err := do(); err != nil {
			return err
		}
		at.tell("%s; again each %s, until Ctrl-C", at.now().UTC().Format(time.TimeOnly), every)
		if err := at.wait(ctx, every); err != nil {
			return err
		}
	}
}

// leastRepeat keeps --watch from using up quotas that the functions need too.
const leastRepeat = 5 * time.Second

// finish closes rows after what was written to them, and returns the first error.
func finish[T any](rows output.Rows[T], err error) error {
	if closed := rows.Close(); err == nil {
		err = closed
	}
	return err
}

// writeAll writes things in a format and closes the rows.
func writeAll[T, L any](at environment, format output.Format, columns []output.Column, cells func(T) []string, line func(T) L, all []T) error {
	rows, err := output.NewRows(at.screen, format, columns, cells, line)
	if err != nil {
		return err
	}
	for _, thing := range all {
		if err := rows.Write(thing); err != nil {
			return finish(rows, err)
		}
	}
	return finish(rows, nil)
}

// as is the line of a thing that is a line itself.
func as[T any](thing T) T { return thing }

// sweepLess is for simulations: they leave much garbage and keep little, some 10 MB for two weeks. The heap may grow
// fivefold before it is swept.
func sweepLess() { debug.SetGCPercent(400) }

// sweepMore is for verbs that read a table of thousands of streams: the garbage of its pages takes no more than 50 MB with
// all else. Sweeping twice as often takes no time that can be measured beside the calls.
func sweepMore() { debug.SetGCPercent(50) }
