package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// changeFlags are those of a verb that changes what people have set for streams.
type changeFlags struct {
	tableFlags

	yes, dryRun bool
	reason      string
	format      output.Format
	lines       []changeLine // of what was done, for programs
}

func (f *changeFlags) add(cmd *cobra.Command) {
	f.addAsking(cmd)
	cmd.Flags().StringVar(&f.reason, "reason", "", "why, for those who wonder: one `TEXT` of at most 500 bytes")
}

// addAsking adds the flags of a verb that asks first, and takes no reason.
func (f *changeFlags) addAsking(cmd *cobra.Command) {
	f.tableFlags.add(cmd)
	cmd.Flags().BoolVar(&f.yes, "yes", false, "do not ask")
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "show what would change, and change nothing")
	formatFlag(cmd, &f.format, "change")
}

// changeRights is what the help of such a verb says of rights.
const changeRights = `It shows what would change and asks; --yes does not ask, --dry-run changes nothing. A change that somebody else was
first to make is not written over. The history has each change, with who you are by STS.

With --stack, more shards than the stack's parameter MaxShardsCeiling allows are refused; without it the functions count them as
that many, and tell.

It needs the rights of the policy that the stack's output OperatorPolicyArn names: dynamodb:GetItem,
dynamodb:UpdateItem of the attributes that people set, and sts:GetCallerIdentity; for many streams, or a name that is
not there, also dynamodb:BatchGetItem, and dynamodb:Query on the index by_due; with --stack also
cloudformation:DescribeStacks.`

// change is what a verb does to the item of a stream. Without entries nothing is to change.
type change func(s ledger.Item, asked ledger.Asked) (ledger.Item, []ledger.Entry, error)

// planned is a change of one stream that was not made yet.
type planned struct {
	before, after ledger.Item
	entries       []ledger.Entry
}

// useDesk opens the account and stands before the table, for something that a verb does there. Then it writes for
// programs what was done, also where the rest went wrong.
func (f *changeFlags) useDesk(ctx context.Context, at environment, do func(desk) error) error {
	reason := strings.TrimSpace(f.reason)
	if err := (ledger.Asked{Reason: reason}).Check(); err != nil {
		return usage("%w", err)
	}
	err := f.use(ctx, at, func(in services) error {
		stack, err := f.findStack(ctx, at, in)
		if err != nil {
			return err
		}
		who, err := in.Caller(ctx)
		if err != nil {
			return err
		}
		asked := ledger.Asked{At: at.now().UTC(), Who: who, Reason: reason}
		return do(desk{in.Registry(stack.Table), place{stack.Table, in.Region()}, asked, ceilingOf(stack)})
	})
	return f.written(at, err)
}

// make makes a change of the streams that a name or a pattern means. See makeAll.
func (f *changeFlags) make(ctx context.Context, at environment, d desk, pattern string, what change) ([]ledger.Item, error) {
	names, err := d.meant(ctx, pattern)
	if err != nil {
		return nil, err
	}
	return f.makeAll(ctx, at, d, names, what)
}

// makeAll makes a change of streams: worked out for all of them, shown, asked for, then made one by one. It returns the
// streams as they are then; none when nothing was changed.
func (f *changeFlags) makeAll(ctx context.Context, at environment, d desk, names []string, what change) ([]ledger.Item, error) {
	plans, err := d.plans(ctx, names, what)
	if err != nil {
		return nil, err
	}
	return f.carryOut(ctx, at, d, plans, func(shown planned) (ledger.Item, error) { return d.save(ctx, shown, what) })
}

// carryOut shows changes that were worked out, asks, and makes them one by one. See makeAll.
func (f *changeFlags) carryOut(ctx context.Context, at environment, d desk, plans []planned, save func(planned) (ledger.Item, error)) ([]ledger.Item, error) {
	if err := d.ceiling.allows(plans); err != nil {
		return nil, err
	}
	if err := f.show(at, plans); err != nil {
		return nil, err
	}
	if len(plans) == 0 {
		at.tell("nothing is to be changed")
		return nil, nil
	}
	idle := tellIdle(at, plans)
	if yes, err := f.agreed(at, len(plans)); err != nil || !yes {
		f.note(notChanged, plans...)
		return nil, err
	}
	var done []ledger.Item
	for i, plan := range plans {
		saved, err := save(plan)
		if err != nil {
			f.note(changeFailed, plan)
			f.note(notChanged, plans[i+1:]...)
			tellHalf(ctx, at, "changed", plan.before.Name, i, len(plans))
			return done, fmt.Errorf("change stream %s in %s (%d of %d streams were changed before it): %w", plan.before.Name, d.where, len(done), len(plans), err)
		}
		f.note(changed, plan)
		done = append(done, saved)
	}
	news := fmt.Sprintf("changed: %d streams in %s", len(done), d.where)
	if idle < len(plans) {
		news += "; the reconciler takes it up within a minute"
	}
	at.tell("%s", news)
	return done, nil
}

// tellIdle tells which of the streams nobody looks after, and returns how many.
func tellIdle(at environment, plans []planned) int {
	idle := 0
	for _, plan := range plans {
		if s := plan.before; !s.Status.Attended() {
			idle++
			at.tell("stream %s is not enrolled (%s): this counts when it is enrolled again", s.Name, cmp.Or(s.StatusReason, string(s.Status)))
		}
	}
	return idle
}

// show prints what would change, a line for each change; for programs only where somebody is asked.
func (f *changeFlags) show(at environment, plans []planned) error {
	to := at.stdout
	if f.format != output.Table {
		if f.yes || f.dryRun || !at.asks {
			return nil
		}
		to = at.stderr
	}
	for _, plan := range plans {
		for _, entry := range plan.entries {
			text := plan.before.Name + ": " + at.printable(entry.Detail)
			if _, err := fmt.Fprintln(to, output.Hanging(text, at.screen.Width)); err != nil {
				return err
			}
		}
	}
	return nil
}

// agreed asks whether to go on, unless the flags say so. Where nobody can be asked, it is refused.
func (f *changeFlags) agreed(at environment, streams int) (bool, error) {
	switch {
	case f.dryRun:
		at.tell("nothing was changed: --dry-run")
		return false, nil
	case f.yes:
		return true, nil
	case !at.asks:
		return false, refused("nothing was changed: nobody can be asked here; --yes does not ask")
	}
	at.tell("change %d streams? y for yes:", streams)
	answer, err := bufio.NewReader(at.stdin).ReadString('\n')
	if word := strings.ToLower(strings.TrimSpace(answer)); word == "y" || word == "yes" {
		return true, nil
	}
	if err != nil {
		at.tell("nothing was changed: no answer")
		return false, nil //nolint:nilerr // no answer is a no
	}
	at.tell("nothing was changed")
	return false, nil
}

// save makes a change. After a function was first to write the item it is tried again. It must still be the change that
// was shown: else somebody has set something meanwhile.
func (d desk) save(ctx context.Context, shown planned, what change) (ledger.Item, error) {
	saved, err := d.registry.SaveOverrides(ctx, shown.before, shown.after, shown.entries...)
	for range saveAttempts {
		if !errors.Is(err, ledger.ErrConflict) {
			return saved, err
		}
		plan, planErr := d.plan(ctx, shown.before.Name, what)
		if planErr != nil {
			return plan.before, planErr
		}
		if !slices.EqualFunc(plan.entries, shown.entries, func(x, y ledger.Entry) bool { return x.Detail == y.Detail }) {
			return plan.before, refused("somebody else has changed what is set for it; look, and try again")
		}
		saved, err = d.registry.SaveOverrides(ctx, plan.before, plan.after, plan.entries...)
	}
	return saved, err
}
