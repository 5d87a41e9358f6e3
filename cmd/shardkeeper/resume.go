package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

type resumeCommand struct {
	changeFlags

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
three minutes. With a stream, or a pattern such as 'orders-*': ends what ` + "`shardkeeper pause STREAM`" + ` began, and lets a
stream go on that is held since somebody's tool set its size back twice within a day; mend the tool first.

With --all it asks nothing and needs the rights dynamodb:GetItem, dynamodb:PutItem, dynamodb:DeleteItem and
sts:GetCallerIdentity; so does a stream that is held, and dynamodb:UpdateItem; with --stack also
cloudformation:DescribeStacks. With a stream:
` + changeRights,
		Example: `  shardkeeper resume --all --stack shardkeeper
  shardkeeper resume orders --stack shardkeeper --yes`,
		Args: arguments(0, 1, "one stream, or a pattern in quotes"),
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
	return c.useDesk(ctx, at, func(d desk) error {
		if c.stream != "" {
			return c.some(ctx, at, d)
		}
		return c.everything(ctx, at, d)
	})
}

// everything ends the pause of the stack.
func (c *resumeCommand) everything(ctx context.Context, at environment, d desk) error {
	if c.dryRun {
		p, err := d.registry.Paused(ctx)
		if err != nil || !p.InForce {
			return c.wasNot(at, d, err)
		}
		at.tell("nothing was changed: --dry-run")
		return c.say(at, lineOfChange(p.Ended(d.asked.At, d.asked.Who), notChanged), "resharding of %s would go on; it is paused %s", d.where, p)
	}
	p, err := d.registry.Resume(ctx, d.asked.At, d.asked.Who)
	if errors.Is(err, ledger.ErrConflict) {
		return c.wasNot(at, d, nil)
	}
	if err != nil {
		return fmt.Errorf("let resharding go on in %s: %w", d.where, err)
	}
	return c.say(at, lineOfChange(p.Ended(d.asked.At, d.asked.Who), changed), "resharding of %s goes on; it was paused %s", d.where, p)
}

// wasNot says that no pause was in force.
func (c *resumeCommand) wasNot(at environment, d desk, err error) error {
	if err != nil {
		return fmt.Errorf("look for a pause in %s: %w", d.where, err)
	}
	return c.say(at, changeLine{At: d.asked.At, Change: "was not paused", Outcome: notChanged}, "resharding of %s was not paused", d.where)
}

// some lets the streams go on that a name or a pattern means: first those that are held, then those that are paused.
func (c *resumeCommand) some(ctx context.Context, at environment, d desk) error {
	names, err := d.meant(ctx, c.stream)
	if err != nil {
		return err
	}
	held := 0
	for _, name := range names {
		goesOn, err := c.release(ctx, at, d, name)
		if err != nil {
			return err
		}
		if goesOn {
			held++
		}
	}
	paused := false
	_, err = c.make(ctx, at, d, c.stream, func(s ledger.Item, asked ledger.Asked) (ledger.Item, []ledger.Entry, error) {
		after, entries := s.Overridden(nil, []string{pauseSetting}, asked)
		after, ended := after.WithoutTimed(isPause, asked)
		paused = paused || len(entries)+len(ended) > 0
		return after, append(entries, ended...), nil
	})
	if err == nil && !paused && held == 0 {
		err = c.say(at, changeLine{At: d.asked.At, Stream: c.stream, Change: "was not paused, and was not held", Outcome: notChanged}, "stream %s was not paused, and was not held", c.stream)
	}
	return err
}

// isPause reports whether a timed override is nothing but a pause.
func isPause(t ledger.Timed) bool { return len(t.Settings) == 1 && t.Settings[pauseSetting] != "" }

// release lets a stream go on that is held since it was set back. It reports whether it was.
func (c *resumeCommand) release(ctx context.Context, at environment, d desk, name string) (bool, error) {
	if c.dryRun {
		return false, nil
	}
	var released []ledger.Entry
	err := again(ctx, d.registry, name, func(s ledger.Item) (ledger.Item, []ledger.Entry) {
		resumed, entries := s.Resumed(at.now(), d.asked.Who)
		released = entries
		return resumed, entries
	})
	if errors.Is(err, ledger.ErrNotEnrolled) {
		return false, unknownStream(ctx, name, d.registry, d.where)
	}
	if err != nil {
		return false, fmt.Errorf("let stream %s go on in %s: %w", name, d.where, err)
	}
	for _, entry := range released {
		if err := c.say(at, lineOfChange(entry, changed), "stream %s %s", name, entry.Detail); err != nil {
			return true, err
		}
	}
	return len(released) > 0, nil
}
