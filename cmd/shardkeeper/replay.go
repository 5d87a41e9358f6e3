package main

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/app/operator"
	"github.com/shardkeeper/shardkeeper/internal/deadletter"
)

type replayCommand struct {
	accountFlags

	queue    string
	stack    string
	dryRun   bool
	limit    int
	scaler   string
	enroller string
	format   output.Format
}

func newReplay(at environment) *cobra.Command {
	var c replayCommand
	cmd := &cobra.Command{
		Use:     "replay --queue URL | --stack STACK --queue NAME",
		GroupID: groupAWS,
		Short:   "Hand the events in a dead-letter queue to their function again",
		Long: `Hands each event in a dead-letter queue to its function again, and deletes the message once Lambda has taken
the event. It is safe to stop it and to do it twice. It ends with status 1 when a message stays.

It needs the rights sqs:ReceiveMessage, sqs:DeleteMessage and sqs:ChangeMessageVisibility on the queue, and
lambda:InvokeFunction; with --stack also cloudformation:DescribeStacks.`,
		Example: `  shardkeeper replay --stack shardkeeper --queue scaler --dry-run
  shardkeeper replay --queue https://sqs.us-east-1.amazonaws.com/123456789012/shardkeeper-scaler-dead-letters`,
		Args: arguments(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error { return c.run(cmd.Context(), at) },
	}
	flags := cmd.Flags()
	flags.StringVar(&c.queue, "queue", "", "the dead-letter `queue`: its URL, from the stack's outputs; or with --stack scaler, enroller or reconciler")
	flags.StringVar(&c.stack, "stack", "", "the CloudFormation `stack` of Shardkeeper, whose outputs name the queues and functions")
	flags.BoolVar(&c.dryRun, "dry-run", false, "only show what is there and what would be done")
	flags.IntVar(&c.limit, "limit", 100, "at most `N` messages; 0 for all")
	flags.StringVar(&c.scaler, "scaler", "", "`function` that alarms go to; else told by the stack, or by the queue's name, STACK-scaler-dead-letters")
	flags.StringVar(&c.enroller, "enroller", "", "`function` that changes to streams go to; else told by the stack, or by the queue's name")
	c.add(cmd)
	formatFlag(cmd, &c.format, "message")
	_ = cmd.RegisterFlagCompletionFunc("queue", cobra.FixedCompletions(operator.Functions(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// functionNames is what Lambda takes as the name of a function (CreateFunction, read 2026-11).
const functionNames = `^[A-Za-z0-9_-]{1,64}$`

// run hands each message's event to its function again, and deletes the message once Lambda has
// taken the event. It fails when a message stays in the queue.
func (c *replayCommand) run(ctx context.Context, at environment) error {
	if err := c.check(); err != nil {
		return err
	}
	return c.use(ctx, at, func(in services) error {
		targets, err := c.find(ctx, in)
		if err != nil {
			return err
		}
		return c.replay(ctx, at, in, targets)
	})
}

func (c *replayCommand) replay(ctx context.Context, at environment, in services, targets deadletter.Targets) error {
	rows, err := output.NewRows(at.screen, c.format, messageColumns(),
		func(r deadletter.Result) []string { return c.cells(r, in.Region()) }, func(r deadletter.Result) messageLine { return c.line(r, in.Region()) })
	if err != nil {
		return err
	}
	bar := at.progress("going through the queue", "messages")
	defer bar.Done()
	counts, shown, box := map[string]int{}, 0, in.Queue(c.queue)
	err = deadletter.Replayer{Queue: box, Functions: box, Targets: targets, DryRun: c.dryRun, Limit: c.limit}.
		Run(ctx, func(r deadletter.Result) error {
			counts[c.became(r)]++
			if shown++; at.shared && c.format != output.Table {
				bar.Done()
			}
			bar.Set(shown, 0)
			return rows.Write(r)
		})
	bar.Done()
	err = finish(rows, err)
	if shown > 0 || err == nil {
		at.tell("%s%s", summaryOf(counts), c.more(shown))
	}
	switch {
	case err != nil:
		return fmt.Errorf("replay the queue %s: %w", c.queue, err)
	case counts[becameLeft]+counts[becameFailed] > 0 && !c.dryRun:
		return failed("shardkeeper replay --dry-run --queue "+c.queue+", to see why", "some messages are still in the queue")
	}
	return nil
}

// more says that the limit may have left messages in the queue.
func (c *replayCommand) more(shown int) string {
	if shown == c.limit && c.limit > 0 {
		return "; there may be more, --limit 0 takes all"
	}
	return ""
}

func (c *replayCommand) check() error {
	isURL := strings.HasPrefix(c.queue, "https://") || strings.HasPrefix(c.queue, "http://")
	switch {
	case c.queue == "":
		return usage("--queue is needed: a URL, or with --stack one of %s", strings.Join(operator.Functions(), ", "))
	case !isURL && c.stack == "":
		return usage("--queue %q is no URL; with --stack STACK it can be one of %s", c.queue, strings.Join(operator.Functions(), ", "))
	case !isURL && !slices.Contains(operator.Functions(), c.queue):
		return usage("--queue %q is neither a URL nor one of %s%s", c.queue, strings.Join(operator.Functions(), ", "), didYouMean(c.queue, operator.Functions()))
	case c.limit < 0:
		return usage("--limit %d is negative", c.limit)
	}
	names := regexp.MustCompile(functionNames)
	for _, name := range []string{c.scaler, c.enroller} {
		if name != "" && !names.MatchString(name) {
			return usage("no function is named %q", name)
		}
	}
	return nil
}

// find finds the queue's URL and the functions: those that were named, else the stack's, else those
// that the queue's name tells.
func (c *replayCommand) find(ctx context.Context, in services) (deadletter.Targets, error) {
	var known operator.Stack
	if c.stack != "" {
		stack, err := in.Stack(ctx, c.stack)
		if err != nil {
			return deadletter.Targets{}, fmt.Errorf("find the queues of stack %s in Region %s: %w", c.stack, in.Region(), err)
		}
		known = stack
		if url, named := known.Queues[c.queue]; named {
			c.queue = url
		}
	}
	if !strings.Contains(c.queue, "://") {
		return deadletter.Targets{}, failed("sam deploy, to bring the stack up to date; or --queue URL", "stack %s has no output with the URL of that queue", c.stack)
	}
	told := deadletter.TargetsOf(c.queue)
	return deadletter.Targets{
		Scaler:   cmp.Or(c.scaler, known.Functions["scaler"], told.Scaler),
		Enroller: cmp.Or(c.enroller, known.Functions["enroller"], told.Enroller),
	}, nil
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

func (c *replayCommand) became(r deadletter.Result) string {
	switch {
	case r.Err != nil:
		return becameFailed
	case r.Step.Action == deadletter.Leave:
		return becameLeft
	case r.Step.Action == deadletter.Drop && c.dryRun:
		return wouldDrop
	case r.Step.Action == deadletter.Drop:
		return becameDropped
	case c.dryRun:
		return wouldReplay
	}
	return becameReplayed
}

// why is what there is to say on what became of a message.
func why(r deadletter.Result, region string) string {
	switch {
	case r.Err != nil:
		return operator.Explain(r.Err, region).Error()
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

func messageColumns() []output.Column {
	return []output.Column{
		{Title: "sent (UTC)"},
		{Title: "event", Min: 20},
		{Title: "here because", Min: 16},
		{Title: "what became of it", Paint: becamePaint},
		{Title: "why", Min: 20, Below: true},
	}
}

func becamePaint(cell string) output.Paint {
	switch cell {
	case becameReplayed, becameDropped:
		return output.Good
	case becameFailed:
		return output.Bad
	case becameLeft:
		return output.Wait
	}
	return output.Plain
}

func (c *replayCommand) cells(r deadletter.Result, region string) []string {
	return []string{sentOf(r.Message), cmp.Or(r.Letter.Event, "message "+r.Message.ID), r.Letter.Cause, c.became(r), why(r, region)}
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

func (c *replayCommand) line(r deadletter.Result, region string) messageLine {
	return messageLine{
		ID: r.Message.ID, SentAt: r.Message.SentAt, Kind: r.Letter.Kind, Event: r.Letter.Event, Cause: r.Letter.Cause,
		Function: r.Step.Function, Became: c.became(r), Why: why(r, region),
	}
}
