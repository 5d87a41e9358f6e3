package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// changeFlags are those of a verb that changes what people have set for streams.
type changeFlags struct {
	tableFlags

	yes, dryRun bool
	reason      string
}

func (f *changeFlags) add(cmd *cobra.Command) {
	f.tableFlags.add(cmd)
	cmd.Flags().BoolVar(&f.yes, "yes", false, "do not ask")
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "show what would change, and change nothing")
	cmd.Flags().StringVar(&f.reason, "reason", "", "why, for those who wonder: one `TEXT` of at most 500 bytes")
}

// changeRights is what the help of such a verb says of rights.
const changeRights = `It shows what would change and asks; --yes does not ask, --dry-run changes nothing. A change that somebody else was
first to make is not written over. The history has each change, with who you are by STS.

It needs the rights of the policy that the stack's output OperatorPolicyArn names: dynamodb:GetItem,
dynamodb:UpdateItem of the attributes that people set, and sts:GetCallerIdentity; for a pattern or a name that is
not there also dynamodb:Query on the index by_due; with --stack also cloudformation:DescribeStacks.`

// change is what a verb does to the item of a stream. Without entries nothing is to change.
type change func(s ledger.Item, asked ledger.Asked) (ledger.Item, []ledger.Entry, error)

// planned is a change of one stream that was not made yet.
type planned struct {
	before, after ledger.Item
	entries       []ledger.Entry
}

// desk is a table, and who stands before it.
type desk struct {
	registry tableOfStack
	where    place
	asked    ledger.Asked
}

func (f *changeFlags) desk(ctx context.Context, at environment, in services) (desk, error) {
	table, err := f.find(ctx, at, in)
	if err != nil {
		return desk{}, err
	}
	who, err := in.Caller(ctx)
	return desk{in.Registry(table), place{table, in.Region()}, ledger.Asked{At: at.now().UTC(), Who: who, Reason: strings.TrimSpace(f.reason)}}, err
}

// make makes a change of the streams that a name or a pattern means: shown first, then asked for, then made one by one.
// It returns the streams as they are then; none when nothing was changed.
func (f *changeFlags) make(ctx context.Context, at environment, d desk, pattern string, what change) ([]ledger.Item, error) {
	names, err := d.meant(ctx, pattern)
	if err != nil {
		return nil, err
	}
	var plans []planned
	for _, name := range names {
		plan, err := d.plan(ctx, name, what)
		if err != nil {
			return nil, err
		}
		if len(plan.entries) > 0 {
			plans = append(plans, plan)
		}
	}
	if err := showPlans(at, plans); err != nil {
		return nil, err
	}
	if len(plans) == 0 {
		at.tell("nothing is to be changed")
		return nil, nil
	}
	if yes, err := f.agreed(at, len(plans)); err != nil || !yes {
		return nil, err
	}
	var done []ledger.Item
	for _, plan := range plans {
		saved, err := d.registry.SaveOverrides(ctx, plan.before, plan.after, plan.entries...)
		if errors.Is(err, ledger.ErrConflict) {
			saved, err = d.again(ctx, plan, what)
		}
		if err != nil {
			return done, fmt.Errorf("change stream %s in %s (changed before it: %d streams): %w", plan.before.Name, d.where, len(done), err)
		}
		done = append(done, saved)
	}
	at.tell("changed: %d streams in %s; the reconciler takes it up within a minute", len(done), d.where)
	return done, nil
}

// plan works out a change of a stream.
func (d desk) plan(ctx context.Context, name string, what change) (planned, error) {
	s, err := d.registry.Load(ctx, name)
	if errors.Is(err, ledger.ErrNotEnrolled) {
		return planned{}, unknownStream(ctx, name, d.registry, d.where)
	}
	if err != nil {
		return planned{}, fmt.Errorf("load stream %s in %s: %w", name, d.where, err)
	}
	after, entries, err := what(s, d.asked)
	return planned{s, after, entries}, err
}

// again makes a change after a function was first to write the item. It must still be the change that was shown: else
// somebody has set something meanwhile.
func (d desk) again(ctx context.Context, shown planned, what change) (ledger.Item, error) {
	err := ledger.ErrConflict
	for range saveAttempts {
		plan, planErr := d.plan(ctx, shown.before.Name, what)
		if planErr != nil {
			return plan.before, planErr
		}
		if !slices.EqualFunc(plan.entries, shown.entries, func(x, y ledger.Entry) bool { return x.Detail == y.Detail }) {
			return plan.before, refused("somebody else has changed what is set for it; look, and try again")
		}
		var saved ledger.Item
		if saved, err = d.registry.SaveOverrides(ctx, plan.before, plan.after, plan.entries...); !errors.Is(err, ledger.ErrConflict) {
			return saved, err
		}
	}
	return ledger.Item{}, err
}

// meant returns the streams that a name or a pattern means.
func (d desk) meant(ctx context.Context, pattern string) ([]string, error) {
	if !strings.ContainsAny(pattern, "*?[") {
		if err := checkStream(pattern); err != nil {
			return nil, err
		}
		return []string{pattern}, nil
	}
	if _, err := path.Match(pattern, ""); err != nil {
		return nil, usage("%q is no pattern: %w", pattern, err)
	}
	all, err := d.registry.Names(ctx, mostStreams)
	if err != nil {
		return nil, fmt.Errorf("list the streams in %s: %w", d.where, err)
	}
	var names []string
	for _, name := range all {
		if is, _ := path.Match(pattern, name); is { // its form was checked
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil, failed("", "none of %d streams in %s is like %q", len(all), d.where, pattern)
	}
	return names, nil
}

// showPlans prints what would change, a line for each change.
func showPlans(at environment, plans []planned) error {
	for _, plan := range plans {
		for _, entry := range plan.entries {
			if _, err := fmt.Fprintf(at.stdout, "%s: %s\n", plan.before.Name, at.printable(entry.Detail)); err != nil {
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

// mostStreams is more streams than a Region has.
const mostStreams = 1_000_000
