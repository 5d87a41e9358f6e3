package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

type restoredCommand struct{ tableFlags }

func newRestored(at environment) *cobra.Command {
	var c restoredCommand
	cmd := &cobra.Command{
		Use:     "restored --table TABLE",
		GroupID: groupAWS,
		Short:   "Make a table that was restored from a backup fit for use",
		Long: `Tells each stream's item in a restored table, enrolled or not, what it has forgotten: its fence goes on from the time in seconds,
above any that was granted since the backup; of the day's operations only those are left that are kept for
scale-ups; an operation in flight is settled; size and alarms are looked at anew. It reads the whole table. Do it after
` + "`shardkeeper pause --all --table TABLE`" + ` and before a stack uses the table: docs/upgrade.md has all steps. It is safe
to do it twice.

It needs the rights dynamodb:Scan, dynamodb:GetItem, dynamodb:PutItem and dynamodb:UpdateItem on the table, and
sts:GetCallerIdentity.`,
		Example: `  shardkeeper restored --table shardkeeper-restored`,
		Args:    arguments(0, 0, ""),
		RunE:    func(cmd *cobra.Command, _ []string) error { return c.run(cmd.Context(), at) },
	}
	c.add(cmd)
	return cmd
}

func (c *restoredCommand) run(ctx context.Context, at environment) error {
	return c.use(ctx, at, func(in services) error {
		table, err := c.find(ctx, at, in)
		if err != nil {
			return err
		}
		who, err := in.Caller(ctx)
		if err != nil {
			return err
		}
		return c.mend(ctx, at, in.Registry(table), place{table, in.Region()}, who)
	})
}

// mend goes through the streams that are enrolled. The table must be paused: a claim in between would be forgotten.
func (c *restoredCommand) mend(ctx context.Context, at environment, registry tableOfStack, where place, who string) error {
	pause, err := registry.Paused(ctx)
	if err != nil {
		return err
	}
	if !pause.InForce {
		return refused("resharding in %s is not paused; first: shardkeeper pause --all --table %s --reason restored", where, where.table)
	}
	search := at.progress("looking for the streams", "streams")
	defer search.Done()
	names, err := registry.Every(ctx, func(n int) { search.Set(n, 0) })
	search.Done()
	if err != nil {
		return fmt.Errorf("list the streams in %s: %w", where, err)
	}
	bar := at.progress("going through the streams", "streams")
	defer bar.Done()
	for i, name := range names {
		if err := again(ctx, registry, name, func(s ledger.Item) (ledger.Item, []ledger.Entry) { return s.Restored(at.now(), who) }); err != nil {
			return fmt.Errorf("mend stream %s in %s, run it again for the rest: %w", name, where, err)
		}
		bar.Set(i+1, len(names))
	}
	bar.Done()
	text := fmt.Sprintf("%d streams in %s are told what the backup does not know", len(names), where)
	_, err = fmt.Fprintln(at.stdout, output.Wrapped(text, at.screen.Width))
	return err
}

// saveAttempts is how often a stream is loaded anew after a function was first to write it.
const saveAttempts = 5

// again changes a stream's item, on a fresh copy after each conflict. A change without entries is none.
func again(ctx context.Context, registry tableOfStack, stream string, change func(ledger.Item) (ledger.Item, []ledger.Entry)) error {
	var err error
	for range saveAttempts {
		var s ledger.Item
		if s, err = registry.Load(ctx, stream); err != nil {
			return err
		}
		changed, entries := change(s)
		if len(entries) == 0 {
			return nil
		}
		if _, err = registry.Save(ctx, changed, entries...); !errors.Is(err, ledger.ErrConflict) {
			return err
		}
	}
	return err
}
