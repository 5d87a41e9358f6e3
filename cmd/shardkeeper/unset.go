package main

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

type unsetCommand struct {
	changeFlags

	timed []string
	all   bool
}

func newUnset(at environment) *cobra.Command {
	var c unsetCommand
	cmd := &cobra.Command{
		Use:     "unset STREAM [KEY...]",
		GroupID: groupAWS,
		Short:   "Take settings away again that were set by hand",
		Long: `Takes overrides of a stream away, or of all streams that are like a pattern: then its tags and the stack's parameters
hold again. With --timed ID it takes a timed override away before its end, with --all-timed all of them; one that
cannot be read too.

` + changeRights,
		Example: `  shardkeeper unset orders min-shards --stack shardkeeper
  shardkeeper unset orders --timed scale-20261126T080000Z --yes
  shardkeeper unset 'orders-*' max-shards --all-timed --dry-run`,
		Args: arguments(1, 100, "a stream or a pattern"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd.Context(), at, args[0], args[1:]) },
	}
	cmd.Flags().StringArrayVar(&c.timed, "timed", nil, "the `id` of a timed override; may be repeated")
	cmd.Flags().BoolVar(&c.all, "all-timed", false, "all timed overrides")
	c.add(cmd)
	return cmd
}

func (c *unsetCommand) run(ctx context.Context, at environment, pattern string, keys []string) error {
	if len(keys) == 0 && len(c.timed) == 0 && !c.all {
		return usage("unset needs a setting, --timed ID or --all-timed")
	}
	return c.useDesk(ctx, at, func(d desk) error {
		_, err := c.make(ctx, at, d, pattern, func(s ledger.Item, asked ledger.Asked) (ledger.Item, []ledger.Entry, error) {
			after, entries := s.Overridden(nil, keys, asked)
			after, ended := after.WithoutTimed(func(t ledger.Timed) bool { return c.all || slices.Contains(c.timed, t.ID) }, asked)
			return after, append(entries, ended...), nil
		})
		return err
	})
}
