package main

import (
	"context"
	"fmt"
	"time"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// changeLine is a change as one JSON line. Its names are part of the command's promise.
type changeLine struct {
	At      time.Time `json:"at"`
	Stream  string    `json:"stream"` // empty: all streams of the stack
	Change  string    `json:"change"` // what is set, or what came of it
	Outcome string    `json:"outcome"`
	ID      string    `json:"id,omitempty"`    // of the entry in the history; it has the line's time
	Actor   string    `json:"actor,omitempty"` // who asked; of tags CloudTrail has it
}

// The outcomes of changes.
const (
	changed      = "changed"
	notChanged   = "not-changed" // a dry run, no yes, as it was already, or one before it failed
	changeFailed = "failed"
	reached      = "reached" // what a command has waited for
)

// note keeps changes of streams for programs.
func (f *changeFlags) note(outcome string, plans ...planned) {
	for _, plan := range plans {
		for _, e := range plan.entries {
			f.lines = append(f.lines, lineOfChange(e, outcome))
		}
	}
}

func lineOfChange(e ledger.Entry, outcome string) changeLine {
	return changeLine{At: e.At.UTC(), Stream: e.Stream, Change: e.Detail, Outcome: outcome, ID: e.ID, Actor: e.Actor}
}

// say prints a sentence on what was done, or keeps its line for programs.
func (f *changeFlags) say(at environment, line changeLine, format string, args ...any) error {
	if f.format != output.Table {
		f.lines = append(f.lines, line)
		return nil
	}
	_, err := fmt.Fprintln(at.stdout, output.Hanging(at.printable(fmt.Sprintf(format, args...)), at.screen.Width))
	return err
}

// tellReached tells what came of a change that the command has waited for.
func (f *changeFlags) tellReached(at environment, stream, what string, began time.Time) {
	after := at.now().Sub(began).Round(time.Second)
	at.tell("stream %s %s, after %s", stream, what, after)
	f.lines = append(f.lines, changeLine{At: at.now().UTC(), Stream: stream, Change: what, Outcome: reached})
}

// tellHalf tells how far a command came among streams that was interrupted: then nothing else says it.
func tellHalf(ctx context.Context, at environment, what, last string, done, all int) {
	if ctx.Err() != nil {
		at.tell("%d of %d streams were %s, and maybe %s; the same command goes on with the rest", done, all, what, last)
	}
}

// written writes the lines for programs, and returns what went wrong before, or then.
func (f *changeFlags) written(at environment, err error) error {
	if f.format == output.Table {
		return err
	}
	wrote := writeAll(at, f.format, nil, nil, as[changeLine], f.lines)
	if err == nil {
		err = wrote
	}
	return err
}
