package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// tagger is the part of Kinesis that enrolls streams.
type tagger interface {
	Describe(ctx context.Context, stream string) (scaling.Summary, error)
	Tags(ctx context.Context, stream string) (map[string]string, error)
	Set(ctx context.Context, stream string, tags map[string]string) error
}

// tagCommand sets tags of streams, and waits until the registry shows what comes of it.
type tagCommand struct {
	changeFlags

	noWait   bool
	patience time.Duration
}

// tagRights is what the help of such a verb says of rights.
const tagRights = `It shows the tags that would change and asks; --yes does not ask, --dry-run changes nothing. The event of the tags
reaches the enroller by CloudTrail, within minutes; without a trail the hourly sweep finds them.

It needs the rights of the policies that the stack's outputs ReaderPolicyArn and OperatorPolicyArn name:
kinesis:DescribeStreamSummary, kinesis:ListTagsForStream, kinesis:AddTagsToStream of the keys shardkeeper*, and to wait
dynamodb:GetItem, for many streams dynamodb:BatchGetItem; with --stack also cloudformation:DescribeStacks.`

func (c *tagCommand) add(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&c.noWait, "no-wait", false, "do not wait until the registry shows it")
	lengthFlag(cmd.Flags(), &c.patience, "wait", 15*time.Minute, "how `long` to wait at most")
	c.addAsking(cmd)
}

// tagging is a change of a stream's tags that was not made yet.
type tagging struct {
	planned

	tags map[string]string
}

func (c *tagCommand) run(ctx context.Context, at environment, stream string, tags map[string]string) error {
	if err := cmp.Or(checkWait(c.patience, c.noWait), checkStream(stream)); err != nil {
		return err
	}
	err := c.use(ctx, at, func(in services) error {
		plan, err := c.plan(ctx, at, in, stream, tags)
		if errors.Is(err, scaling.ErrStreamNotFound) {
			return failed("aws kinesis list-streams --region "+in.Region(), "no stream is named %s in Region %s", stream, in.Region())
		}
		if err != nil {
			return err
		}
		stack, err := c.findStack(ctx, at, in)
		if err != nil {
			return err
		}
		if err := ceilingOf(stack).allow(stream, scaling.TagLayer(tags)); err != nil {
			return err
		}
		return c.tagAll(ctx, at, in, []tagging{plan}, func() (string, error) { return stack.Table, nil })
	})
	return c.written(at, err)
}

// plan works out which tags of a stream would change.
func (c *tagCommand) plan(ctx context.Context, at environment, in services, stream string, tags map[string]string) (tagging, error) {
	streams := in.Tags()
	summary, err := streams.Describe(ctx, stream)
	if err != nil {
		return tagging{}, err
	}
	have, err := streams.Tags(ctx, stream)
	if err != nil {
		return tagging{}, err
	}
	if err := usableTags(stream, have, tags); err != nil {
		return tagging{}, err
	}
	if summary.Mode == scaling.ModeOnDemand {
		at.tell("stream %s is on-demand: it will be known, and not scaled, until it is provisioned", stream)
	}
	return tagging{planned{before: ledger.Item{Name: stream}, entries: tagEntries(stream, have, tags, at.now())}, tags}, nil
}

// usableTags returns nil, or why tags make no settings with those that a stream has. A stream can be left alone whatever
// its tags are.
func usableTags(stream string, have, want map[string]string) error {
	if want[scaling.ModeTag] == string(scaling.ModeDisabled) {
		return nil
	}
	both := maps.Clone(have)
	if both == nil {
		both = map[string]string{}
	}
	maps.Copy(both, want)
	layer := scaling.TagLayer(both)
	delete(layer, scaling.StackKey) // no setting
	if _, err := scaling.Effective(layer); err != nil {
		return usage("stream %s cannot have this with its other tags: %w; give those settings too, or mend the tags", stream, err)
	}
	return nil
}

// tagEntries tell which tags differ from those that are wanted. They are no entries of the history: the enroller writes
// those.
func tagEntries(stream string, have, want map[string]string, now time.Time) []ledger.Entry {
	var entries []ledger.Entry
	for _, key := range slices.Sorted(maps.Keys(want)) {
		was, is := have[key]
		if was == want[key] {
			continue
		}
		if !is {
			was = "(none)"
		}
		entries = append(entries, ledger.Entry{Stream: stream, At: now, Detail: fmt.Sprintf("tag %s %s -> %s", key, was, want[key])})
	}
	return entries
}

// tagAll shows which tags would change, asks, sets them stream by stream, and waits for what comes of it in the table. That
// is looked for when somebody has agreed.
func (c *tagCommand) tagAll(ctx context.Context, at environment, in services, all []tagging, find func() (string, error)) error {
	all = slices.DeleteFunc(all, func(t tagging) bool { return len(t.entries) == 0 })
	if len(all) == 0 {
		at.tell("nothing is to be changed")
		return nil
	}
	plans := make([]planned, len(all))
	for i, t := range all {
		plans[i] = t.planned
	}
	if err := c.show(at, plans); err != nil {
		return err
	}
	if yes, err := c.agreed(at, len(all)); err != nil || !yes {
		c.note(notChanged, plans...)
		return err
	}
	table, err := find()
	if err != nil {
		return err
	}
	for i, t := range all {
		if err := in.Tags().Set(ctx, t.before.Name, t.tags); err != nil {
			c.note(changeFailed, t.planned)
			c.note(notChanged, plans[i+1:]...)
			tellHalf(ctx, at, "tagged", t.before.Name, i, len(all))
			return fmt.Errorf("tag stream %s (%d of %d streams were tagged before it): %w", t.before.Name, i, len(all), err)
		}
		c.note(changed, t.planned)
	}
	if c.noWait {
		return nil
	}
	return c.wait(ctx, at, desk{registry: in.Registry(table), where: place{table, in.Region()}}, all)
}

// wait waits until the registry shows of all streams what the tags want. Settings that cannot be used are an error in the
// end: the last good ones stay.
func (c *tagCommand) wait(ctx context.Context, at environment, d desk, all []tagging) error {
	began, wanted, names := at.now(), map[string]scaling.Layer{}, []string(nil)
	for _, t := range all {
		wanted[t.before.Name] = scaling.TagLayer(t.tags)
		names = append(names, t.before.Name)
	}
	var faulty []string
	for at.now().Sub(began) < c.patience {
		if err := at.wait(ctx, looksEvery); err != nil {
			at.tell("the tags are set; the enroller goes on")
			return err
		}
		items, err := d.known(ctx, names)
		if err != nil {
			return err
		}
		for _, s := range items {
			if !shows(s, wanted[s.Name]) {
				continue
			}
			c.tellReached(at, s.Name, "is "+string(s.Status)+statusWhy(s), began)
			names = slices.DeleteFunc(names, func(name string) bool { return name == s.Name })
			if s.SettingsFault != "" {
				faulty = append(faulty, s.Name)
			}
		}
		switch {
		case len(names) > 0:
		case len(faulty) > 0:
			return failed("shardkeeper show "+faulty[0], "the tags are set, and the settings of %s cannot be used", few(faulty))
		default:
			return nil
		}
	}
	return failed("shardkeeper history "+names[0], "the registry does not show it of %s after %s; is there a trail? the hourly sweep finds it in any case",
		few(names), c.patience)
}

// known returns those of some streams that the registry knows.
func (d desk) known(ctx context.Context, names []string) ([]ledger.Item, error) {
	if len(names) > 1 {
		return d.registry.Items(ctx, names...)
	}
	s, err := d.registry.Load(ctx, names[0])
	if errors.Is(err, ledger.ErrNotEnrolled) {
		return nil, nil
	}
	return []ledger.Item{s}, err
}

// shows reports whether a stream is as tags want it. The item has the tags of the last look: with older ones the settings
// are those of before.
func shows(s ledger.Item, want scaling.Layer) bool {
	unenrolled := s.Status == ledger.Unenrolled
	if unenrolled != (want["mode"] == string(scaling.ModeDisabled)) {
		return false
	}
	if unenrolled {
		return true
	}
	for key, value := range want {
		if s.Tags[key] != value {
			return false
		}
	}
	return true
}

// few names some things, and says how many more there are.
func few(names []string) string {
	const most = 3
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// statusWhy is the rest of a sentence on a stream's status.
func statusWhy(s ledger.Item) string {
	switch {
	case s.SettingsFault != "":
		return ", with settings that cannot be used: " + s.SettingsFault
	case s.StatusReason != "":
		return " (" + s.StatusReason + ")"
	}
	return fmt.Sprintf(" with %d open shards", s.OpenShards)
}
