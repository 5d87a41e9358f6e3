package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
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

// tagCommand sets tags of a stream, and waits until the registry shows what comes of it.
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
dynamodb:GetItem; with --stack also cloudformation:DescribeStacks.`

func (c *tagCommand) add(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&c.noWait, "no-wait", false, "do not wait until the registry shows it")
	cmd.Flags().DurationVar(&c.patience, "wait", 15*time.Minute, "how `long` to wait at most")
	c.addAsking(cmd)
}

func newEnroll(at environment) *cobra.Command {
	var c tagCommand
	cmd := &cobra.Command{
		Use:     "enroll STREAM [KEY=VALUE...]",
		GroupID: groupAWS,
		Short:   "Let Shardkeeper look after a stream",
		Long: `Sets the tag shardkeeper=enabled of a stream, and tags for settings that are given, and waits until it is enrolled. With
mode=dry-run it decides and records, and never acts. Tags are what enrolls a stream: the table follows them.

` + tagRights,
		Example: `  shardkeeper enroll orders --stack shardkeeper
  shardkeeper enroll orders mode=dry-run max-shards=64 --yes`,
		Args: arguments(1, 50, "a stream"),
		RunE: func(cmd *cobra.Command, args []string) error {
			layer, err := readPairs(args[1:])
			if err != nil {
				return err
			}
			if _, err := scaling.Effective(layer); err != nil {
				return usage("%w", err)
			}
			tags := map[string]string{scaling.ModeTag: string(scaling.ModeEnabled)}
			for key, value := range layer {
				if key == "mode" {
					tags[scaling.ModeTag] = value
				} else {
					tags[scaling.TagPrefix+key] = value
				}
			}
			if tags[scaling.ModeTag] == string(scaling.ModeDisabled) {
				return usage("mode=disabled enrolls nothing; shardkeeper unenroll")
			}
			return c.run(cmd.Context(), at, args[0], tags)
		},
	}
	c.add(cmd)
	return cmd
}

func (c *tagCommand) run(ctx context.Context, at environment, stream string, tags map[string]string) error {
	if err := checkStream(stream); err != nil {
		return err
	}
	err := c.use(ctx, at, func(in services) error {
		table, err := c.find(ctx, at, in)
		if err != nil {
			return err
		}
		set, err := c.tag(ctx, at, in, stream, tags)
		if err != nil || !set || c.noWait {
			return err
		}
		return c.wait(ctx, at, desk{registry: in.Registry(table), where: place{table, in.Region()}}, stream, tags[scaling.ModeTag])
	})
	return c.written(at, err)
}

// tag shows which tags would change, asks, and sets them. It reports whether any was.
func (c *tagCommand) tag(ctx context.Context, at environment, in services, stream string, tags map[string]string) (bool, error) {
	streams := in.Tags()
	summary, err := streams.Describe(ctx, stream)
	if errors.Is(err, scaling.ErrStreamNotFound) {
		return false, failed("aws kinesis list-streams --region "+in.Region(), "no stream is named %s in Region %s", stream, in.Region())
	}
	if err != nil {
		return false, err
	}
	have, err := streams.Tags(ctx, stream)
	if err != nil {
		return false, err
	}
	if summary.Mode == scaling.ModeOnDemand {
		at.tell("stream %s is on-demand: it will be known, and not scaled, until it is provisioned", stream)
	}
	plan := planned{before: ledger.Item{Name: stream}, entries: tagEntries(stream, have, tags, at.now())}
	if len(plan.entries) == 0 {
		at.tell("nothing is to be changed")
		return false, nil
	}
	if err := c.show(at, []planned{plan}); err != nil {
		return false, err
	}
	outcome := notChanged
	defer func() { c.note(outcome, plan) }()
	if yes, err := c.agreed(at, 1); err != nil || !yes {
		return false, err
	}
	if err := streams.Set(ctx, stream, tags); err != nil {
		outcome = changeFailed
		return false, err
	}
	outcome = changed
	return true, nil
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

// wait waits until the registry shows what the tags want.
func (c *tagCommand) wait(ctx context.Context, at environment, d desk, stream, mode string) error {
	began := at.now()
	for at.now().Sub(began) < c.patience {
		if err := at.wait(ctx, looksEvery); err != nil {
			at.tell("the tags are set; the enroller goes on")
			return err
		}
		s, err := d.registry.Load(ctx, stream)
		switch {
		case errors.Is(err, ledger.ErrNotEnrolled):
			continue
		case err != nil:
			return err
		}
		unenrolled := s.Status == ledger.Unenrolled
		if unenrolled != (mode == string(scaling.ModeDisabled)) || !unenrolled && string(s.Settings.Mode) != mode && s.SettingsFault == "" {
			continue
		}
		c.tellReached(at, stream, "is "+string(s.Status)+statusWhy(s), began)
		return nil
	}
	return failed("shardkeeper history "+stream, "the registry does not show it after %s; is there a trail? the hourly sweep finds it in any case", c.patience)
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
