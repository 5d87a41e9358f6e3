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

With --all it asks nothing and needs the rights dynamodb:GetItem, dynamodb:PutItem, dynamodb:UpdateItem, dynamodb:DeleteItem
and sts:GetCallerIdentity; a stream that is held needs them but for dynamodb:DeleteItem, on the whole table; with --stack also
cloudformation:DescribeStacks. One stream that is held and not paused goes on without a question. With other streams:
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

// some lets the streams go on that a name or a pattern means: those that are held, those that are paused, or both.
func (c *resumeCommand) some(ctx context.Context, at environment, d desk) error {
	names, err := d.meant(ctx, c.stream)
	if err != nil {
		return err
	}
	plans, err := d.plans(ctx, names, resumed)
	if err != nil {
		return err
	}
	switch {
	case len(plans) == 0:
		return c.say(at, changeLine{At: d.asked.At, Stream: c.stream, Change: "was not paused, and was not held", Outcome: notChanged}, "stream %s was not paused, and was not held", c.stream)
	case len(names) == 1 && names[0] == c.stream && onlyHeld(plans[0], d.asked) && !c.dryRun:
		return c.release(ctx, at, d, plans[0])
	}
	_, err = c.carryOut(ctx, at, d, plans, func(shown planned) (ledger.Item, error) { return saveResumed(ctx, d, shown) })
	return err
}

// resumed is the change that ends a stream's pauses and its hold. The entry of the hold is the last.
func resumed(s ledger.Item, asked ledger.Asked) (ledger.Item, []ledger.Entry, error) {
	after, entries, err := unpaused(s, asked)
	after, hold := after.Resumed(asked.At, asked.Who)
	return after, append(entries, hold...), err
}

// unpaused is the change that ends a stream's pauses alone.
func unpaused(s ledger.Item, asked ledger.Asked) (ledger.Item, []ledger.Entry, error) {
	after, entries := s.Overridden(nil, []string{pauseSetting}, asked)
	after, ended := after.WithoutTimed(isPause, asked)
	return after, append(entries, ended...), nil
}

// onlyHeld reports whether a stream is held and not paused.
func onlyHeld(plan planned, asked ledger.Asked) bool {
	_, hold := plan.before.Resumed(asked.At, asked.Who)
	return len(hold) == len(plan.entries)
}

// saveResumed ends what was shown: pauses as what people set, a hold as what the functions wrote.
func saveResumed(ctx context.Context, d desk, shown planned) (ledger.Item, error) {
	_, hold := shown.before.Resumed(d.asked.At, d.asked.Who)
	if pauses := shown.entries[:len(shown.entries)-len(hold)]; len(pauses) > 0 {
		if saved, err := d.save(ctx, planned{shown.before, shown.after, pauses}, unpaused); err != nil || len(hold) == 0 {
			return saved, err
		}
	}
	err := again(ctx, d.registry, shown.before.Name, func(s ledger.Item) (ledger.Item, []ledger.Entry) {
		return s.Resumed(d.asked.At, d.asked.Who)
	})
	return shown.after, err
}

// isPause reports whether a timed override is nothing but a pause.
func isPause(t ledger.Timed) bool { return len(t.Settings) == 1 && t.Settings[pauseSetting] != "" }

// release lets one stream go on that is held and was named in full. It asks nothing: that is all that can be meant.
func (c *resumeCommand) release(ctx context.Context, at environment, d desk, plan planned) error {
	name := plan.before.Name
	if _, err := saveResumed(ctx, d, plan); err != nil {
		return fmt.Errorf("let stream %s go on in %s: %w", name, d.where, err)
	}
	for _, entry := range plan.entries {
		if err := c.say(at, lineOfChange(entry, changed), "stream %s %s", name, entry.Detail); err != nil {
			return err
		}
	}
	return nil
}
