package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/internal/app/operator"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

type adoptCommand struct {
	tagCommand

	settings string
}

// The words of --settings.
const (
	settingsOfAlarms = "alarms"
	settingsOfStack  = "stack"
)

func newAdopt(at environment) *cobra.Command {
	c := adoptCommand{settings: settingsOfAlarms}
	cmd := &cobra.Command{
		Use:     "adopt [PATTERN]",
		GroupID: groupAWS,
		Short:   "Take over the streams that aws-samples/kinesis-auto-scaling scales",
		Long: `Finds the streams that have alarms of aws-samples/kinesis-auto-scaling, shows how its settings differ from Shardkeeper's
defaults, and takes the streams over: it sets the tag shardkeeper=enabled, and with --settings alarms tags for the policy,
thresholds, windows and the age of records that the alarms have. All tags of a stream are set at once, so it is enrolled
with them from the start. The enroller then writes the same two alarms anew, in place.

Stop the predecessor first: its topic stays among the alarms' actions, so its function would go on scaling the streams.
The command names the topics; take the function's subscription away, or disable its trigger.

Streams that are gone are left out, and alarms of another form are left alone; both are told.

` + tagRights + `
To find the alarms it also needs cloudwatch:DescribeAlarms. It reads all alarms of the Region.`,
		Example: `  shardkeeper adopt --dry-run --stack shardkeeper
  shardkeeper adopt 'orders-*' --settings stack --yes`,
		Args: arguments(0, 1, "one pattern of names at most"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.run(cmd.Context(), at, patternOf(args))
		},
	}
	choose(cmd, choice{word: &c.settings, words: []string{settingsOfAlarms, settingsOfStack}}, "settings", "", "whose settings the streams get")
	c.add(cmd)
	return cmd
}

func (c *adoptCommand) run(ctx context.Context, at environment, pattern string) error {
	if err := cmp.Or(checkWait(c.patience, c.noWait), checkPattern(pattern)); err != nil {
		return err
	}
	err := c.useStack(ctx, at, func(in found) error {
		all, err := c.find(ctx, at, in, pattern)
		if err != nil || len(all) == 0 {
			return err
		}
		plans, err := c.plans(ctx, at, in, all)
		if err != nil {
			return err
		}
		return c.tagAll(ctx, at, in.services, plans, func() (string, error) { return in.Table, nil })
	})
	return c.written(at, err)
}

// find returns the predecessor's streams that are like a pattern, and tells what else is there.
func (c *adoptCommand) find(ctx context.Context, at environment, in found, pattern string) ([]operator.Predecessor, error) {
	bar := at.progress("reading the alarms", "")
	all, others, err := in.Alarms(in.TopicARN, in.Table).Predecessors(ctx)
	bar.Done()
	if err != nil {
		return nil, fmt.Errorf("find the predecessor's alarms in Region %s: %w", in.Region(), err)
	}
	if len(others) > 0 {
		at.tell("left alone, since they have another form: %s", few(others))
	}
	there := len(all)
	all = slices.DeleteFunc(all, func(p operator.Predecessor) bool { return !like(pattern, p.Stream) })
	if len(all) == 0 {
		at.tell("of %d streams with alarms of the predecessor in Region %s none is like %q", there, in.Region(), pattern)
	}
	return all, nil
}

// plans works out which tags of the streams would change.
func (c *adoptCommand) plans(ctx context.Context, at environment, in found, all []operator.Predecessor) ([]tagging, error) {
	bar := at.progress("reading the streams", "streams")
	defer bar.Done()
	var plans []tagging
	notified := map[string]bool{}
	for i, p := range all {
		bar.Set(i, len(all))
		layer := scaling.Layer{}
		if c.settings == settingsOfAlarms {
			layer = p.Settings
		}
		if _, err := scaling.Effective(layer); err != nil {
			return nil, refused("stream %s: its alarms make no settings: %w; take it over with --settings %s", p.Stream, err, settingsOfStack)
		}
		plan, err := c.plan(ctx, at, in.services, p.Stream, layer.Tags())
		if errors.Is(err, scaling.ErrStreamNotFound) {
			at.tell("left out: no stream is named %s any more; its alarms are still there", p.Stream)
			continue
		}
		if err != nil {
			return nil, err
		}
		if c.settings == settingsOfAlarms {
			compared(plan.entries, p.Settings)
		} else {
			at.tell("%s: its alarms have %s; they get the stack's", p.Stream, strings.Join(p.Settings.Pairs(), ", "))
		}
		plans = append(plans, plan)
		for _, action := range p.Notifies {
			notified[action] = true
		}
	}
	for _, action := range slices.Sorted(maps.Keys(notified)) {
		at.tell("the alarms notify %s; if the predecessor's function hears of that, stop it first", action)
	}
	return plans, nil
}

// compared says in each line what is the default, where the predecessor's setting differs from it.
func compared(entries []ledger.Entry, settings scaling.Layer) {
	usual, _ := scaling.Effective() // without any layer there is no fault
	defaults := usual.Layer()
	for i, e := range entries {
		for key, value := range settings {
			if strings.HasPrefix(e.Detail, "tag "+scaling.TagPrefix+key+" ") && value != defaults[key] {
				entries[i].Detail += " (the default is " + defaults[key] + ")"
			}
		}
	}
}
