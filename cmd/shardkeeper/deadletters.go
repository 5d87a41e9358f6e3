package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
)

type deadLettersCommand struct {
	placesFlags

	watch  time.Duration
	format output.Format
}

func newDeadLetters(at environment) *cobra.Command {
	var c deadLettersCommand
	cmd := &cobra.Command{
		Use:     "deadletters --stack STACK",
		GroupID: groupAWS,
		Short:   "Count what failed for good, by function",
		Long: `Counts the messages in a stack's dead-letter queues: what a function could not handle, and Lambda gave up on. SQS
counts roughly. ` + "`shardkeeper replay --dry-run`" + ` shows them, and ` + "`shardkeeper replay`" + ` hands them over again.

It needs the rights cloudformation:DescribeStacks and sqs:GetQueueAttributes.`,
		Example: `  shardkeeper deadletters --stack shardkeeper
  shardkeeper deadletters --stack shardkeeper --all-regions --watch 1m`,
		Args: arguments(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error { return c.run(cmd.Context(), at) },
	}
	cmd.Flags().StringVar(&c.stack, "stack", "", "the CloudFormation `stack` of Shardkeeper, whose outputs name the queues")
	watchFlag(cmd, &c.watch)
	c.addPlaces(cmd, "stack")
	formatFlag(cmd, &c.format, "queue")
	return cmd
}

// lettersLine is a queue as one JSON line. Its names are part of the command's promise.
type lettersLine struct {
	Function string `json:"function"`
	Messages int    `json:"messages"`
	Queue    string `json:"queue"`
	Region   string `json:"region"`
	Profile  string `json:"profile,omitempty"`
}

func (c *deadLettersCommand) run(ctx context.Context, at environment) error {
	if c.stack == "" {
		return usage("deadletters needs --stack, whose outputs name the queues")
	}
	return at.repeat(ctx, c.watch, func() error { return c.once(ctx, at) })
}

func (c *deadLettersCommand) once(ctx context.Context, at environment) error {
	parts, fault := gather(ctx, at, &c.placesFlags, func(in found) ([]lettersLine, error) { return lettersIn(ctx, in) })
	lines := slices.Concat(parts...)
	if len(lines) == 0 {
		return fault
	}
	columns := []output.Column{{Title: "function"}, {Title: "messages", Right: true}, {Title: "queue", Min: 20}}
	if c.several() {
		columns = slices.Insert(columns, 0, spotColumn())
	}
	err := writeAll(at, c.format, columns, c.cells, as[lettersLine], lines)
	if slices.ContainsFunc(lines, func(l lettersLine) bool { return l.Messages > 0 }) {
		at.tell("shardkeeper replay --stack %s --queue FUNCTION --dry-run shows them", c.stack)
	}
	return errors.Join(err, fault)
}

// lettersIn counts the messages of a place.
func lettersIn(ctx context.Context, in found) ([]lettersLine, error) {
	counts, err := in.DeadLetters(ctx, in.Stack)
	if err != nil {
		return nil, fmt.Errorf("count the dead letters of stack %s in Region %s: %w", in.Name, in.Region(), err)
	}
	var lines []lettersLine
	for _, function := range slices.Sorted(maps.Keys(counts)) {
		lines = append(lines, lettersLine{function, counts[function], in.Queues[function], in.Region(), in.profile})
	}
	return lines, nil
}

func (c *deadLettersCommand) cells(l lettersLine) []string {
	cells := []string{l.Function, fmt.Sprint(l.Messages), l.Queue}
	if c.several() {
		cells = slices.Insert(cells, 0, spotOf(l.Profile, l.Region))
	}
	return cells
}
