package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/deadletter"
)

type replayCommand struct {
	Queue    string `required:"" help:"URL of the dead-letter queue, from the stack's outputs." placeholder:"URL"`
	DryRun   bool   `help:"Only show what is there and what would be done."`
	Limit    int    `default:"100" help:"At most so many messages; 0 for all."`
	Scaler   string `help:"Function that alarms go to; else told by the queue's name, STACK-scaler-dead-letters." placeholder:"NAME"`
	Enroller string `help:"Function that changes to streams go to; else told by the queue's name." placeholder:"NAME"`
	Output   string `default:"table" enum:"table,json" help:"${enum}; json prints one message a line."`
}

// letterbox is a dead-letter queue with the functions of its account.
type letterbox interface {
	deadletter.Queue
	deadletter.Functions
}

// functionNames is what Lambda takes as the name of a function (CreateFunction, read 2026-11).
const functionNames = `^[A-Za-z0-9_-]{1,64}$`

// Run hands each message's event to its function again, and deletes the message once Lambda has
// taken the event. It fails when a message stays in the queue.
func (c replayCommand) Run(ctx context.Context, at surroundings) error {
	targets, err := c.targets()
	if err != nil {
		return err
	}
	box, err := at.letters(ctx, c.Queue)
	if err != nil {
		return fmt.Errorf("open the queue %s: %w", c.Queue, err)
	}
	show := c.table(at)
	if c.Output == "json" {
		show = func(r deadletter.Result) error { return writeJSON(at.stdout, c.line(r)) }
	}
	counts, shown := map[string]int{}, 0
	err = deadletter.Replayer{Queue: box, Functions: box, Targets: targets, DryRun: c.DryRun, Limit: c.Limit}.
		Run(ctx, func(r deadletter.Result) error {
			counts[c.became(r)]++
			shown++
			return show(r)
		})
	if shown > 0 || err == nil {
		_, printErr := fmt.Fprintln(at.stderr, summaryOf(counts)+c.more(shown))
		err = errors.Join(err, printErr)
	}
	if err == nil && counts[becameLeft]+counts[becameFailed] > 0 && !c.DryRun {
		err = errors.New("some messages are still in the queue")
	}
	return err
}

// more says that the limit may have left messages in the queue.
func (c replayCommand) more(shown int) string {
	if shown == c.Limit && c.Limit > 0 {
		return "; there may be more, --limit 0 takes all"
	}
	return ""
}

func (c replayCommand) targets() (deadletter.Targets, error) {
	if !strings.HasPrefix(c.Queue, "https://") && !strings.HasPrefix(c.Queue, "http://") {
		return deadletter.Targets{}, fmt.Errorf("%w: --queue %q is no URL", errUsage, c.Queue)
	}
	if c.Limit < 0 {
		return deadletter.Targets{}, fmt.Errorf("%w: --limit %d is negative", errUsage, c.Limit)
	}
	names := regexp.MustCompile(functionNames)
	for _, name := range []string{c.Scaler, c.Enroller} {
		if name != "" && !names.MatchString(name) {
			return deadletter.Targets{}, fmt.Errorf("%w: no function is named %q", errUsage, name)
		}
	}
	told := deadletter.TargetsOf(c.Queue)
	return deadletter.Targets{Scaler: cmp.Or(c.Scaler, told.Scaler), Enroller: cmp.Or(c.Enroller, told.Enroller)}, nil
}

// What became of a message.
const (
	becameReplayed = "replayed"
	becameDropped  = "dropped"
	becameLeft     = "left in the queue"
	becameFailed   = "failed"
	wouldReplay    = "would be replayed"
	wouldDrop      = "would be dropped"
)

func (c replayCommand) became(r deadletter.Result) string {
	switch {
	case r.Err != nil:
		return becameFailed
	case r.Step.Action == deadletter.Leave:
		return becameLeft
	case r.Step.Action == deadletter.Drop && c.DryRun:
		return wouldDrop
	case r.Step.Action == deadletter.Drop:
		return becameDropped
	case c.DryRun:
		return wouldReplay
	}
	return becameReplayed
}

// why is what there is to say on what became of a message.
func why(r deadletter.Result) string {
	switch {
	case r.Err != nil:
		return r.Err.Error()
	case r.Step.Action == deadletter.Replay:
		return "to " + r.Step.Function
	}
	return r.Step.Why
}

func summaryOf(counts map[string]int) string {
	var parts []string
	for _, became := range []string{becameReplayed, wouldReplay, becameDropped, wouldDrop, becameLeft, becameFailed} {
		if counts[became] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[became], became))
		}
	}
	if len(parts) == 0 {
		return "no messages"
	}
	return strings.Join(parts, ", ")
}

// table writes messages as rows, with the header before the first.
func (c replayCommand) table(at surroundings) func(deadletter.Result) error {
	t := &table{columns: []column{
		{title: "sent (UTC)", width: len(minuteLayout)},
		{title: "event", width: 30},
		{title: "here because", width: 23},
		{title: "what became of it", width: width - len(minuteLayout) - 30 - 23 - 3*len(gutter)},
	}}
	begun := false
	return func(r deadletter.Result) error {
		if !begun {
			begun = true
			if err := t.header(at.stdout); err != nil {
				return err
			}
		}
		return t.row(at.stdout, sentOf(r.Message), cmp.Or(r.Letter.Event, "message "+r.Message.ID), r.Letter.Cause, c.became(r)+": "+why(r))
	}
}

func sentOf(m deadletter.Message) string {
	if m.SentAt.IsZero() {
		return ""
	}
	return m.SentAt.UTC().Format(minuteLayout)
}

// messageLine is a message as one JSON line. Its names are part of the command's promise.
type messageLine struct {
	ID       string          `json:"id"`
	SentAt   time.Time       `json:"sent_at,omitzero"`
	Kind     deadletter.Kind `json:"kind,omitempty"`
	Event    string          `json:"event,omitempty"`
	Cause    string          `json:"cause,omitempty"`
	Function string          `json:"function,omitempty"` // that the event goes to
	Became   string          `json:"became"`
	Why      string          `json:"why"`
}

func (c replayCommand) line(r deadletter.Result) messageLine {
	return messageLine{
		ID: r.Message.ID, SentAt: r.Message.SentAt, Kind: r.Letter.Kind, Event: r.Letter.Event, Cause: r.Letter.Cause,
		Function: r.Step.Function, Became: c.became(r), Why: why(r),
	}
}
