package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

type resumeCommand struct {
	tableFlags

	all    bool
	stream string
}

func newResume(at environment) *cobra.Command {
	var c resumeCommand
	cmd := &cobra.Command{
		Use:     "resume STREAM | --all",
		GroupID: groupAWS,
		Short:   "Let resharding go on after a pause, or of a stream that is held",
		Long: `With --all: ends what ` + "`shardkeeper pause --all`" + ` began. Streams whose decisions were held are asked again within
three minutes. With a stream: lets one go on that is held since somebody's tool set its size back twice within a
day; mend the tool first.

It needs the rights dynamodb:GetItem, dynamodb:PutItem, dynamodb:UpdateItem, dynamodb:DeleteItem and
sts:GetCallerIdentity; with --stack also cloudformation:DescribeStacks.`,
		Example: `  shardkeeper resume --all --stack shardkeeper
  shardkeeper resume orders --stack shardkeeper`,
		Args: arguments(0, 1, "one stream at most"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				c.stream = args[0]
			}
			return c.run(cmd.Context(), at)
		},
	}
	cmd.Flags().BoolVar(&c.all, "all", false, "all streams of the stack")
	c.add(cmd)
	return cmd
}

// run ends the pause. None in force is no fault: resharding goes on, as was asked.
func (c *resumeCommand) run(ctx context.Context, at environment) error {
	if c.all == (c.stream != "") {
		return usage("resume needs a stream, or --all for all that is paused; one of them")
	}
	return c.use(ctx, at, func(in services) error {
		table, err := c.find(ctx, at, in)
		if err != nil {
			return err
		}
		who, err := in.Caller(ctx)
		if err != nil {
			return err
		}
		where := place{table, in.Region()}
		if c.stream != "" {
			return c.one(ctx, at, in.Registry(table), where, who)
		}
		p, err := in.Registry(table).Resume(ctx, at.now(), who)
		if errors.Is(err, ledger.ErrConflict) {
			_, err = fmt.Fprintf(at.stdout, "resharding of %s was not paused\n", where)
			return err
		}
		if err != nil {
			return fmt.Errorf("let resharding go on in %s: %w", where, err)
		}
		_, err = fmt.Fprintf(at.stdout, "resharding of %s goes on; it was paused %s\n", where, p)
		return err
	})
}

// one lets a held stream go on.
func (c *resumeCommand) one(ctx context.Context, at environment, registry tableOfStack, where place, who string) error {
	says := "was not held"
	err := again(ctx, registry, c.stream, func(s ledger.Item) (ledger.Item, []ledger.Entry) {
		resumed, entries := s.Resumed(at.now(), who)
		for _, entry := range entries {
			says = entry.Detail
		}
		return resumed, entries
	})
	if errors.Is(err, ledger.ErrNotEnrolled) {
		return unknownStream(ctx, c.stream, registry, where)
	}
	if err != nil {
		return fmt.Errorf("let stream %s go on in %s: %w", c.stream, where, err)
	}
	_, err = fmt.Fprintf(at.stdout, "stream %s %s\n", c.stream, says)
	return err
}
