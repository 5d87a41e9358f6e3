package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

type pauseCommand struct {
	tableFlags

	all    bool
	reason string
}

func newPause(at environment) *cobra.Command {
	var c pauseCommand
	cmd := &cobra.Command{
		Use:     "pause --all --reason TEXT",
		GroupID: groupAWS,
		Short:   "Stop all resharding of a stack at once",
		Long: `Stops all resharding of a stack at once: from then on no decision is acted on, until ` + "`shardkeeper resume --all`" + `.
Decisions are still taken; the history has them as held, with who paused and why. Alarms and enrollments are
kept as ever, and resharding by hand is still allowed. A call that was claimed in the minute before may still
be made, and a stream that is UPDATING goes on with it.

It needs the rights dynamodb:GetItem, dynamodb:PutItem and sts:GetCallerIdentity; with --stack also
cloudformation:DescribeStacks.`,
		Example: `  shardkeeper pause --all --reason "producers are being moved" --stack shardkeeper`,
		Args:    arguments(0, 0, ""),
		RunE:    func(cmd *cobra.Command, _ []string) error { return c.run(cmd.Context(), at) },
	}
	cmd.Flags().BoolVar(&c.all, "all", false, "all streams of the stack; a single one is stopped by its tag, shardkeeper=dry-run")
	cmd.Flags().StringVar(&c.reason, "reason", "", "why, for those who find their streams held: one `TEXT` of at most 500 bytes")
	c.add(cmd)
	return cmd
}

// run begins a pause. One that is in force already is as good.
func (c *pauseCommand) run(ctx context.Context, at environment) error {
	if !c.all {
		return usage("pause needs --all; to stop one stream, tag it shardkeeper=dry-run")
	}
	p := ledger.Pause{InForce: true, At: at.now(), Who: "you", Why: c.reason}
	if err := p.Check(); err != nil {
		return usage("%w; give it with --reason", err)
	}
	return c.use(ctx, at, func(in services) error {
		table, err := c.find(ctx, at, in)
		if err != nil {
			return err
		}
		if p.Who, err = in.Caller(ctx); err != nil {
			return err
		}
		registry, where := in.Registry(table), place{table, in.Region()}
		err = registry.Pause(ctx, p)
		if errors.Is(err, ledger.ErrConflict) {
			return c.already(ctx, at, registry, where)
		}
		if err != nil {
			return fmt.Errorf("pause all resharding in %s: %w", where, err)
		}
		_, err = fmt.Fprintf(at.stdout, "all resharding of %s is paused %s\n", where, p)
		at.tell("a call that was claimed in the last minute may still be made; see shardkeeper history --kind operation")
		return err
	})
}

// already says which pause is in force.
func (c *pauseCommand) already(ctx context.Context, at environment, registry pauses, where place) error {
	p, err := registry.Paused(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(at.stdout, "all resharding of %s is paused already, %s\n", where, p)
	return err
}
