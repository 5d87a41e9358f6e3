package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/app/operator"
	"github.com/shardkeeper/shardkeeper/internal/app/operator/inspect"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

type showCommand struct {
	tableFlags

	watch  time.Duration
	format output.Format
}

func newShow(at environment) *cobra.Command {
	var c showCommand
	cmd := &cobra.Command{
		Use:     "show STREAM",
		GroupID: groupAWS,
		Short:   "Show all that is known of a stream: state, alarms, operations left, settings with their sources",
		Long: `Shows all that is known of a stream: its shards and how full they were, what it waits for, its alarms and what they
hold, its consumer, when each used operation of the rolling 24 hours comes back, and the settings that
are in force with where each comes from: a default of the policy, the stack's parameters, a tag or an override. A setting
that was set since then stands below as next: the reconciler puts it in force within a minute.

It makes up to four calls. It needs the rights dynamodb:GetItem and cloudwatch:DescribeAlarms; with --stack also
cloudformation:DescribeStacks. Without --stack it cannot tell whether the alarms notify the right topic.`,
		Example: `  shardkeeper show orders --stack shardkeeper
  shardkeeper show orders --watch 30s
  shardkeeper show orders -o json`,
		Args: arguments(1, 1, "one stream"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd.Context(), at, args[0]) },
	}
	watchFlag(cmd, &c.watch)
	c.add(cmd)
	formatFlag(cmd, &c.format, "fact")
	return cmd
}

func (c *showCommand) run(ctx context.Context, at environment, stream string) error {
	if err := checkStream(stream); err != nil {
		return err
	}
	return c.useStack(ctx, at, func(in found) error {
		return at.repeat(ctx, c.watch, func() error { return c.once(ctx, at, in, stream) })
	})
}

func (c *showCommand) once(ctx context.Context, at environment, in found, stream string) error {
	registry := in.Registry(in.Table)
	d, err := inspect.Show(ctx, inspect.World{Registry: registry, Alarms: in.Alarms(in.TopicARN, in.Table)}, stream, at.now())
	switch {
	case errors.Is(err, ledger.ErrNotEnrolled):
		return unknownStream(ctx, stream, registry, in.place())
	case err != nil:
		return fmt.Errorf("%s: %w", in.place(), err)
	}
	if d.Fault != nil {
		at.tell("%v", operator.Explain(d.Fault, in.Region()))
	}
	return c.print(at, facts(d, in.TopicARN != "", at.now()))
}

// fact is one thing that is known of a stream, as a JSON line. Its names are part of the command's promise.
type fact struct {
	About string `json:"about"` // stream, waits, alarm, consumer, timed, operation, setting
	What  string `json:"what"`
	Value string `json:"value"`
	From  string `json:"from,omitempty"` // of a setting: where it comes from
}

func (c *showCommand) print(at environment, all []fact) error {
	columns := []output.Column{{Title: "about"}, {Title: "what", Min: 14}, {Title: "is", Min: 20}, {Title: "from"}}
	about := ""
	cells := func(f fact) []string {
		first := f.About
		if first == about {
			first = ""
		}
		about = f.About
		return []string{first, f.What, f.Value, f.From}
	}
	return writeAll(at, c.format, columns, cells, as[fact], all)
}
