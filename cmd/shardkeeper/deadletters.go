package main

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
)

type deadLettersCommand struct {
	accountFlags

	stack  string
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
		Example: `  shardkeeper deadletters --stack shardkeeper`,
		Args:    arguments(0, 0, ""),
		RunE:    func(cmd *cobra.Command, _ []string) error { return c.run(cmd.Context(), at) },
	}
	cmd.Flags().StringVar(&c.stack, "stack", "", "the CloudFormation `stack` of Shardkeeper, whose outputs name the queues")
	c.add(cmd)
	formatFlag(cmd, &c.format, "queue")
	return cmd
}

// lettersLine is a queue as one JSON line. Its names are part of the command's promise.
type lettersLine struct {
	Function string `json:"function"`
	Messages int    `json:"messages"`
	Queue    string `json:"queue"`
}

func (c *deadLettersCommand) run(ctx context.Context, at environment) error {
	if c.stack == "" {
		return usage("deadletters needs --stack, whose outputs name the queues")
	}
	return c.use(ctx, at, func(in services) error {
		stack, err := in.Stack(ctx, c.stack)
		if err != nil {
			return fmt.Errorf("find the queues of stack %s in Region %s: %w", c.stack, in.Region(), err)
		}
		counts, err := in.DeadLetters(ctx, stack)
		if err != nil {
			return err
		}
		columns := []output.Column{{Title: "function"}, {Title: "messages", Right: true}, {Title: "queue", Min: 20}}
		var lines []lettersLine
		messages := 0
		for _, function := range slices.Sorted(maps.Keys(counts)) {
			messages += counts[function]
			lines = append(lines, lettersLine{function, counts[function], stack.Queues[function]})
		}
		if messages > 0 {
			at.tell("shardkeeper replay --stack %s --queue FUNCTION --dry-run shows them", c.stack)
		}
		return writeAll(at, c.format, columns,
			func(l lettersLine) []string { return []string{l.Function, fmt.Sprint(l.Messages), l.Queue} }, as[lettersLine], lines)
	})
}
