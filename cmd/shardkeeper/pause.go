package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

type pauseCommand struct {
	changeFlags

	all       bool
	direction string
	until     ahead
}

func newPause(at environment) *cobra.Command {
	c := pauseCommand{direction: string(scaling.PausedBoth)}
	cmd := &cobra.Command{
		Use:     "pause STREAM | --all",
		GroupID: groupAWS,
		Short:   "Stop the resharding of a stream, of many, or of a whole stack at once",
		Long: `With a stream, or a pattern such as 'orders-*': sets its setting pause, by hand, for good or until a time, in one
direction or both. With --all: stops all resharding of a stack at once; from then on no decision is acted on, until
` + "`shardkeeper resume --all`" + `. Decisions are still taken; the history has them as held, with who paused and why. Alarms and
enrollments are kept as ever, and resharding by hand is still allowed. A call that was claimed in the minute before may
still be made, and a stream that is UPDATING goes on with it.

With --all it asks nothing and needs the rights dynamodb:GetItem, dynamodb:PutItem, dynamodb:UpdateItem and
sts:GetCallerIdentity; with --stack also cloudformation:DescribeStacks. With a stream:
` + changeRights,
		Example: `  shardkeeper pause --all --reason "producers are being moved" --stack shardkeeper
  shardkeeper pause orders --until 2026-11-30 --reason "a migration"
  shardkeeper pause 'orders-*' --direction scale-down --reason "a campaign" --yes`,
		Args: arguments(0, 1, "one stream, or a pattern in quotes"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if c.all == (len(args) > 0) {
				return usage("pause needs a stream, or --all for all streams of the stack; one of them")
			}
			if c.all {
				return c.run(cmd.Context(), at)
			}
			return c.some(cmd.Context(), at, args[0])
		},
	}
	cmd.Flags().BoolVar(&c.all, "all", false, "all streams of the stack, at once")
	choose(cmd, choice{word: &c.direction, words: []string{string(scaling.PausedBoth), string(scaling.PausedUp), string(scaling.PausedDown)}}, "direction", "", "which resharding of a stream is paused")
	cmd.Flags().Var(&c.until, "until", "when the pause of a stream ends: a time, or how long from now, such as 2h or 7d; else until resume")
	c.add(cmd)
	return cmd
}

// some pauses the streams that a name or a pattern means.
func (c *pauseCommand) some(ctx context.Context, at environment, pattern string) error {
	if strings.TrimSpace(c.reason) == "" {
		return usage("a pause needs a reason; give it with --reason")
	}
	set := setCommand{changeFlags: c.changeFlags, until: c.until}
	return set.run(ctx, at, pattern, []string{pauseSetting + "=" + c.direction})
}

// pauseSetting is the setting that pauses a stream.
const pauseSetting = "pause"

// run begins a pause. One that is in force already is as good.
func (c *pauseCommand) run(ctx context.Context, at environment) error {
	if c.until.set || c.direction != string(scaling.PausedBoth) {
		return usage("--until and --direction are for the pause of a stream, not of all")
	}
	p := ledger.Pause{InForce: true, At: at.now(), Who: "you", Why: c.reason}
	if err := p.Check(); err != nil {
		return usage("%w; give it with --reason", err)
	}
	return c.useDesk(ctx, at, func(d desk) error {
		p.Who = d.asked.Who
		if c.dryRun {
			at.tell("nothing was changed: --dry-run")
			return c.say(at, lineOfChange(p.Begun(), notChanged), "all resharding of %s would be paused %s", d.where, p)
		}
		err := d.registry.Pause(ctx, p)
		if errors.Is(err, ledger.ErrConflict) {
			return c.already(ctx, at, d)
		}
		if err != nil {
			return fmt.Errorf("pause all resharding in %s: %w", d.where, err)
		}
		at.tell("a call that was claimed in the last minute may still be made; see shardkeeper history --kind operation")
		return c.say(at, lineOfChange(p.Begun(), changed), "all resharding of %s is paused %s", d.where, p)
	})
}

// already says which pause is in force.
func (c *pauseCommand) already(ctx context.Context, at environment, d desk) error {
	p, err := d.registry.Paused(ctx)
	if err != nil {
		return err
	}
	return c.say(at, lineOfChange(p.Begun(), notChanged), "all resharding of %s is paused already, %s", d.where, p)
}
