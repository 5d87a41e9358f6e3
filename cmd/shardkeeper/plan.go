package main

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

type planCommand struct {
	changeFlags

	at       ahead
	shards   int
	duration time.Duration
	takes    time.Duration
}

func newPlan(at environment) *cobra.Command {
	var c planCommand
	cmd := &cobra.Command{
		Use:     "plan STREAM --at TIME --shards N",
		GroupID: groupAWS,
		Short:   "Let a stream have a number of shards at a time to come",
		Long: `Plans backwards how a stream grows to a number of open shards, so that it has them at a time and not much earlier: which
doublings, when each begins, how many operations that takes, and how many are left. What cannot be reached is said, and
refused. What comes of it are timed overrides: a minimum for each step, and until the time a reserve that keeps scale-downs
from using up its operations. After --for the policy decides by the load again.

How long an operation takes is the longest of the stream's last month, half as long again, and three minutes for the alarm;
without such an operation ten minutes, and an hour at most, or what --takes says. A stream that shrinks before the plan begins comes late.

` + changeRights + `
To know how long operations take it also needs dynamodb:Query.`,
		Example: `  shardkeeper plan orders --at 2026-11-30T08:00:00Z --shards 64 --for 4h --reason "Monday's sale" --stack shardkeeper
  shardkeeper plan orders --at 3h --shards 16 --dry-run`,
		Args: arguments(1, 1, "one stream"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd.Context(), at, args[0]) },
	}
	cmd.Flags().Var(&c.at, "at", "when: a time, or how long from now, such as 3h")
	cmd.Flags().IntVar(&c.shards, "shards", 0, "how many open `shards` it is to have then")
	lengthFlag(cmd.Flags(), &c.duration, "for", 2*time.Hour, "how `long` it is to have them at least")
	lengthFlag(cmd.Flags(), &c.takes, "takes", 0, "how `long` an operation takes; 0: as the history says")
	c.add(cmd)
	return cmd
}

func (c *planCommand) run(ctx context.Context, at environment, stream string) error {
	switch {
	case !c.at.set:
		return usage("plan needs a time; give it with --at")
	case c.shards < 1 || c.shards > scaling.MaxStreamShards:
		return usage("--shards %d is not between 1 and %d", c.shards, scaling.MaxStreamShards)
	case c.takes < 0 || c.takes > 24*time.Hour:
		return usage("--takes %s is not between 0 and a day", c.takes)
	}
	if err := cmp.Or(checkFor(c.duration), checkStream(stream)); err != nil {
		return err
	}
	return c.useDesk(ctx, at, func(d desk) error {
		if c.takes == 0 {
			takes, err := operationTakes(ctx, d, stream)
			if err != nil {
				return err
			}
			c.takes = takes
		}
		_, err := c.make(ctx, at, d, stream, func(s ledger.Item, asked ledger.Asked) (ledger.Item, []ledger.Entry, error) {
			return c.change(at, d, s, asked)
		})
		return err
	})
}

// operationTakes is how long an operation of a stream takes, from the time at which it is wanted.
func operationTakes(ctx context.Context, d desk, stream string) (time.Duration, error) {
	page, err := d.registry.History(ctx, ledger.Query{Stream: stream, Kind: ledger.KindOperation, From: d.asked.At.AddDate(0, -1, 0), To: d.asked.At})
	if err != nil {
		return 0, err
	}
	longest := time.Duration(0)
	for _, e := range page.Entries {
		if e.Outcome == ledger.OutcomeCompleted {
			longest = max(longest, e.Duration)
		}
	}
	return scaling.OperationTakes(longest), nil
}

// change adds the timed overrides of the plan.
func (c *planCommand) change(at environment, d desk, s ledger.Item, asked ledger.Asked) (ledger.Item, []ledger.Entry, error) {
	then := c.at.of(asked.At)
	if !then.After(asked.At) {
		return s, nil, usage("--at %s is not in the future", then.Format(time.RFC3339))
	}
	atThen := s
	atThen.Settings = s.SettingsAt(then)
	if err := (&scaleCommand{to: c.shards}).possible(atThen); err != nil {
		return s, nil, err
	}
	stages := scaling.Campaign(s.OpenShards, c.shards, then, c.takes)
	if err := c.reachable(s, stages, asked.At); err != nil {
		return s, nil, err
	}
	at.tell("%s has %d open shards; %d at %s takes %d operations of %s each", s.Name, s.OpenShards, c.shards, then.UTC().Format(time.RFC3339), len(stages), c.takes)
	if len(stages) == 0 { // it is large enough: only to stay so
		stages = []scaling.Stage{{At: then.Add(-c.takes), Shards: c.shards}}
	}
	after, entries := s, []ledger.Entry(nil)
	for i, t := range c.overrides(d, s, stages, then, asked) {
		t.ID = fmt.Sprintf("%s-%d", timedID("plan", asked), i+1)
		if err := after.Accepts(t.Settings); err != nil {
			return s, nil, usage("stream %s cannot have this: %w", s.Name, err)
		}
		next, added, err := after.WithTimed(t, asked)
		if err != nil {
			return s, nil, usage("stream %s: %w", s.Name, err)
		}
		after, entries = next, append(entries, added...)
	}
	return after, entries, nil
}

// overrides are the timed overrides of a plan: operations that are kept free until the time, and a minimum for each stage.
func (c *planCommand) overrides(d desk, s ledger.Item, stages []scaling.Stage, then time.Time, asked ledger.Asked) []ledger.Timed {
	from := then.Add(-scaling.OperationWindow)
	if from.Before(asked.At) {
		from = asked.At
	}
	kept := func(s scaling.Settings) int { return s.ScaleUpReserve }
	reserve := min(max(highest(s, from, then, kept), len(stages)), s.SettingsAt(then).OperationLimit-1)
	all := []ledger.Timed{{From: from, Until: then, Settings: scaling.Layer{"scale-up-reserve": strconv.Itoa(reserve)}}}
	for i, stage := range stages {
		until := then.Add(c.duration)
		if i+1 < len(stages) {
			until = stages[i+1].At
		}
		least := max(stage.Shards, highest(s, stage.At, until, func(s scaling.Settings) int { return d.ceiling.under(s.MinShards) }))
		all = append(all, ledger.Timed{From: stage.At, Until: then.Add(c.duration), Settings: scaling.Layer{
			"min-shards": strconv.Itoa(least), "scale-up-cooldown-minutes": "0",
		}})
	}
	return all
}

// highest is the highest value that a setting has in a time, by what is set for that time already.
func highest(s ledger.Item, from, until time.Time, of func(scaling.Settings) int) int {
	most := of(s.SettingsAt(from))
	for _, t := range s.Timed {
		for _, at := range []time.Time{t.From, t.Until} { // when it may change
			if at.After(from) && at.Before(until) {
				most = max(most, of(s.SettingsAt(at)))
			}
		}
	}
	return most
}

// reachable returns nil, or what of a plan cannot be reached and why.
func (c *planCommand) reachable(s ledger.Item, stages []scaling.Stage, now time.Time) error {
	var faults []string
	for _, stage := range stages {
		if most := s.SettingsAt(stage.At).MaxShards; stage.Shards > most {
			faults = append(faults, fmt.Sprintf("its max-shards is %d at %s: shardkeeper set %s max-shards=%d --until TIME, or unset what is timed",
				most, stage.At.UTC().Format(time.RFC3339), s.Name, c.shards))
			break
		}
	}
	if len(stages) > 0 && stages[0].At.Before(now) {
		there := now.Add(time.Duration(len(stages)) * c.takes)
		faults = append(faults, fmt.Sprintf("%d operations of %s each end at %s at the earliest: shardkeeper scale begins at once", len(stages), c.takes, there.UTC().Format(time.RFC3339)))
	}
	size := s.OpenShards
	for i, stage := range stages {
		if s.Operations.Used(stage.At)+i >= s.Settings.OperationLimit {
			faults = append(faults, fmt.Sprintf("of %d operations in 24 hours too few are left: it comes to %d shards", s.Settings.OperationLimit, size))
			break
		}
		size = stage.Shards
	}
	if len(faults) == 0 {
		return nil
	}
	return refused("stream %s cannot have %d open shards then: %s", s.Name, c.shards, strings.Join(faults, "; "))
}
