package main

import (
	"context"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

type unsetCommand struct {
	changeFlags

	keys  []string
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
	c.keys = keys
	return c.useDesk(ctx, at, func(d desk) error {
		names, err := d.meant(ctx, pattern)
		if err != nil {
			return err
		}
		var there overridden
		plans, err := d.plans(ctx, names, func(s ledger.Item, asked ledger.Asked) (ledger.Item, []ledger.Entry, error) {
			there.add(s)
			return c.change(s, asked)
		})
		if err == nil {
			err = there.know(pattern, keys, c.timed)
		}
		if err != nil {
			return err
		}
		_, err = c.carryOut(ctx, at, d, plans, func(shown planned) (ledger.Item, error) { return d.save(ctx, shown, c.change) })
		return err
	})
}

// change takes away what is named.
func (c *unsetCommand) change(s ledger.Item, asked ledger.Asked) (ledger.Item, []ledger.Entry, error) {
	after, entries := s.Overridden(nil, c.keys, asked)
	if err := s.AcceptsInstead(after.Overrides, nil); err != nil && s.AcceptsInstead(s.Overrides, nil) == nil {
		return s, nil, usage("stream %s cannot do without: %w; take that away too", s.Name, err)
	}
	after, ended := after.WithoutTimed(func(t ledger.Timed) bool { return c.all || slices.Contains(c.timed, t.ID) }, asked)
	return after, append(entries, ended...), nil
}

// overridden is what people have set for some streams: the keys of overrides, and the ids of timed ones.
type overridden struct{ keys, timed []string }

// add adds what is set for a stream.
func (o *overridden) add(s ledger.Item) {
	o.keys = slices.AppendSeq(o.keys, maps.Keys(s.Overrides))
	for _, t := range s.Timed {
		o.timed = append(o.timed, t.ID)
	}
}

// know returns nil, or which of the keys or ids nothing has. A key that no setting has can be taken away where it is set.
func (o *overridden) know(pattern string, keys, timed []string) error {
	for _, key := range keys {
		if !slices.Contains(o.keys, key) {
			if err := knownSetting(key); err != nil {
				return err
			}
		}
	}
	for _, id := range timed {
		if !slices.Contains(o.timed, id) {
			return usage("no timed override of %s is named %q%s; shardkeeper show has the ids", pattern, id, didYouMean(id, o.timed))
		}
	}
	return nil
}
