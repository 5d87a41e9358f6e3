package main

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

type setCommand struct {
	changeFlags

	from, until ahead
	schedule    string
}

func newSet(at environment) *cobra.Command {
	var c setCommand
	cmd := &cobra.Command{
		Use:     "set STREAM KEY=VALUE...",
		GroupID: groupAWS,
		Short:   "Set settings of a stream by hand, for good or for a while",
		Long: `Sets settings of a stream, or of all streams that are like a pattern such as 'orders-*', above their tags. Without
--until they are overrides, which stay until ` + "`shardkeeper unset`" + `. With --until they are a timed override: above the
overrides, and gone at its end. With --schedule it is in force at certain times only, and without --until for ever; a
min-shards by schedule is there when its time begins (docs/schedules.md). Keys and values are those of docs/settings.md.

` + changeRights,
		Example: `  shardkeeper set orders min-shards=8 --reason "a campaign" --stack shardkeeper
  shardkeeper set 'orders-*' max-shards=64 scale-down-cooldown-minutes=120 --until 2026-11-30 --yes
  shardkeeper set orders min-shards=64 --schedule "mon-fri 08:30 Europe/Berlin 4h" --reason "the market opens"
  shardkeeper set orders mode=dry-run --until 2h --dry-run`,
		Args: arguments(2, 100, "a stream or a pattern, and KEY=VALUE"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd.Context(), at, args[0], args[1:]) },
	}
	cmd.Flags().Var(&c.until, "until", "when it ends: a time, or how long from now, such as 2h or 7d")
	cmd.Flags().Var(&c.from, "from", "when it begins, with --until; else now")
	cmd.Flags().StringVar(&c.schedule, "schedule", "", "at which `times`: DAYS TIME ZONE LENGTH, or cron's five fields in place of days and time")
	c.add(cmd)
	return cmd
}

func (c *setCommand) run(ctx context.Context, at environment, pattern string, pairs []string) error {
	layer, err := readPairs(pairs)
	if err != nil {
		return err
	}
	if c.from.set && !c.until.set && c.schedule == "" {
		return usage("--from needs --until")
	}
	return c.useDesk(ctx, at, func(d desk) error {
		_, err := c.make(ctx, at, d, pattern, c.change(layer))
		return err
	})
}

func (c *setCommand) change(layer scaling.Layer) change {
	return func(s ledger.Item, asked ledger.Asked) (ledger.Item, []ledger.Entry, error) {
		if err := s.Accepts(layer); err != nil {
			return s, nil, usage("stream %s cannot have this: %w", s.Name, err)
		}
		if !c.until.set && c.schedule == "" {
			after, entries := s.Overridden(layer, nil, asked)
			return after, entries, nil
		}
		t := ledger.Timed{ID: timedID("set", asked), From: asked.At, Schedule: strings.Join(strings.Fields(c.schedule), " "), Settings: layer}
		if c.until.set {
			t.Until = c.until.of(asked.At)
		}
		if c.from.set {
			t.From = c.from.of(asked.At)
		}
		after, entries, err := s.WithTimed(t, asked)
		if err != nil {
			err = usage("stream %s: %w", s.Name, err)
		}
		return after, entries, err
	}
}

// timedID names a timed override by what made it, and when.
func timedID(verb string, asked ledger.Asked) string {
	return verb + "-" + asked.At.UTC().Format("20060102T150405Z")
}

// readPairs reads settings from a command line.
func readPairs(pairs []string) (scaling.Layer, error) {
	layer := scaling.Layer{}
	for _, pair := range pairs {
		key, value, is := strings.Cut(pair, "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		switch {
		case !is || key == "":
			return nil, usage("%q is not KEY=VALUE", pair)
		case value == "":
			return nil, usage("%s has no value; shardkeeper unset takes an override away", key)
		case layer[key] != "":
			return nil, usage("%s is given twice", key)
		}
		if err := knownSetting(key); err != nil {
			return nil, err
		}
		layer[key] = value
	}
	return layer, nil
}

// knownSetting returns nil, or which settings are like a name that none has.
func knownSetting(key string) error {
	names := scaling.SettingNames()
	if slices.Contains(names, key) {
		return nil
	}
	return usage("no setting is named %q%s", key, didYouMean(key, names))
}
