package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

type scaleCommand struct {
	changeFlags

	to       int
	duration time.Duration
	noWait   bool
	patience time.Duration
}

func newScale(at environment) *cobra.Command {
	var c scaleCommand
	cmd := &cobra.Command{
		Use:     "scale STREAM --to N --reason TEXT",
		GroupID: groupAWS,
		Short:   "Give a stream a number of shards for a while",
		Long: `Gives a stream a number of open shards for a while: a timed override with that minimum and maximum. The functions do
the rest, by the same way as ever: the alarm goes off, the scaler claims an operation and makes the call. So nobody needs
a right to reshard, and one operation more than doubles or less than halves no stream: 4 to 12 shards takes two.

A person's scale passes the cooldowns, the reserve for scale-ups, and the wait for consumers that are behind. It does not
pass the ten operations in 24 hours, the account's shards, a gap in the metrics of a busy stream on the way down, a pause,
dry-run, on-demand mode, or a stream that is UPDATING.

The command waits until the stream has the shards, and tells what happens; --no-wait and Ctrl-C leave it to the functions.
When the time is over nothing happens at once: the policy decides by the load again.

` + changeRights + `
To wait it also needs dynamodb:Query.`,
		Example: `  shardkeeper scale orders --to 12 --for 2h --reason "a sale" --stack shardkeeper
  shardkeeper scale orders --to 4 --for 30m --reason "a test" --yes --no-wait`,
		Args: arguments(1, 1, "one stream"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !cmd.Flags().Changed("to") {
				return usage("scale needs --to: how many open shards the stream is to have")
			}
			return c.run(cmd.Context(), at, args[0])
		},
	}
	cmd.Flags().IntVar(&c.to, "to", 0, "how many open `shards` it is to have")
	lengthFlag(cmd.Flags(), &c.duration, "for", 2*time.Hour, "how `long`")
	cmd.Flags().BoolVar(&c.noWait, "no-wait", false, "do not wait until the stream has the shards")
	lengthFlag(cmd.Flags(), &c.patience, "wait", time.Hour, "how `long` to wait at most")
	c.add(cmd)
	return cmd
}

func (c *scaleCommand) run(ctx context.Context, at environment, stream string) error {
	switch {
	case c.to < 1 || c.to > scaling.MaxStreamShards:
		return usage("--to %d is not between 1 and %d", c.to, scaling.MaxStreamShards)
	case strings.TrimSpace(c.reason) == "":
		return usage("scale needs a reason; give it with --reason")
	}
	if err := cmp.Or(checkFor(c.duration), checkWait(c.patience, c.noWait), checkStream(stream)); err != nil {
		return err
	}
	return c.useDesk(ctx, at, func(d desk) error {
		if pause, err := d.registry.Paused(ctx); err != nil {
			return err
		} else if pause.InForce {
			return refused("all resharding in %s is paused %s; first: shardkeeper resume --all", d.where, pause)
		}
		done, err := c.make(ctx, at, d, stream, func(s ledger.Item, asked ledger.Asked) (ledger.Item, []ledger.Entry, error) {
			return c.change(at, s, asked)
		})
		if err != nil || len(done) == 0 || c.noWait {
			return err
		}
		return c.wait(ctx, at, d, done[0])
	})
}

// change adds the timed override, in the place of one that an earlier scale has made.
func (c *scaleCommand) change(at environment, s ledger.Item, asked ledger.Asked) (ledger.Item, []ledger.Entry, error) {
	s.Settings = s.SettingsAt(asked.At) // with what was set a moment ago; only overrides and what is timed are written
	if err := c.possible(s); err != nil {
		return s, nil, err
	}
	n := strconv.Itoa(c.to)
	layer := scaling.Layer{
		"min-shards": n, "max-shards": n, // what is asked for; the rest are the guards that it passes
		"scale-up-cooldown-minutes": "0", "scale-down-cooldown-minutes": "0", "scale-up-reserve": "0", "iterator-age-minutes": "0",
	}
	if err := s.Accepts(layer); err != nil {
		return s, nil, usage("stream %s cannot have this: %w", s.Name, err)
	}
	needs, left := scaling.OperationsBetween(s.OpenShards, c.to), s.Settings.OperationLimit-s.Operations.Used(asked.At)
	at.tell("%s has %d open shards; %d takes %d operations, of %d that are left", s.Name, s.OpenShards, c.to, needs, max(left, 0))
	if needs > left {
		at.tell("so it comes as near as it can, and waits for the next slot, at %s", nextSlot(s, left, asked.At).UTC().Format(time.RFC3339))
	}
	without, entries := s.WithoutTimed(func(t ledger.Timed) bool { return strings.HasPrefix(t.ID, scaleVerb+"-") }, asked)
	t := ledger.Timed{ID: timedID(scaleVerb, asked), From: asked.At, Until: asked.At.Add(c.duration), Settings: layer}
	if len(entries) > 0 { // the same second would give the same id
		t.ID += "-" + strconv.FormatInt(s.Revision, 10)
	}
	after, added, err := without.WithTimed(t, asked)
	if err != nil {
		return s, nil, usage("stream %s: %w", s.Name, err)
	}
	return after, append(entries, added...), nil
}

// nextSlot is when a slot is free for a stream that takes those that are left now.
func nextSlot(s ledger.Item, left int, now time.Time) time.Time {
	taken := slices.Repeat(scaling.Operations{{At: now}}, max(left, 0))
	return slices.Concat(taken, s.Operations).FreeAt(now, s.Settings.OperationLimit)
}

// scaleVerb begins the id of each timed override that scale makes.
const scaleVerb = "scale"

// possible returns nil, or why the functions would not scale the stream.
func (c *scaleCommand) possible(s ledger.Item) error {
	dir := scaling.DirectionOf(s.OpenShards, c.to)
	switch {
	case s.Status != ledger.Enrolled:
		return refused("stream %s is not enrolled: %s %s", s.Name, s.Status, s.StatusReason)
	case s.Settings.Mode != scaling.ModeEnabled:
		return refused("stream %s has mode %s: the functions would decide, and not act", s.Name, s.Settings.Mode)
	case s.Settings.Pause.Covers(dir):
		return refused("stream %s is paused (%s); first: shardkeeper resume %s", s.Name, s.Settings.Pause, s.Name)
	}
	return nil
}

// looksEvery is how often the command looks at the stream while it waits: a GetItem and a Query each.
const looksEvery = 10 * time.Second

// wait tells what happens until the stream has the shards. What it tells is the history.
func (c *scaleCommand) wait(ctx context.Context, at environment, d desk, s ledger.Item) error {
	told, id := map[string]bool{}, s.Timed[len(s.Timed)-1].ID
	began := at.now() // asked.At is before somebody was asked, who may have taken a while
	for at.now().Sub(began) < c.patience {
		if err := at.wait(ctx, looksEvery); err != nil {
			at.tell("the functions go on; shardkeeper history %s shows it, and shardkeeper unset %s --timed %s ends it", s.Name, s.Name, id)
			return err
		}
		now, err := d.registry.Load(ctx, s.Name)
		if err != nil {
			return err
		}
		if err := c.tellNews(ctx, at, d, s.Name, told); err != nil {
			return err
		}
		switch {
		case now.OpenShards == c.to && now.InFlight == nil:
			c.tellReached(at, s.Name, fmt.Sprintf("has %d open shards", c.to), d.asked.At)
			return nil
		case !hasTimed(now, id):
			return failed("shardkeeper history "+s.Name, "somebody has taken the timed override %s away, or it has ended; stream %s has %d open shards", id, s.Name, now.OpenShards)
		}
	}
	return failed("shardkeeper history "+s.Name, "stream %s does not have %d open shards after %s; the functions go on", s.Name, c.to, c.patience)
}

func hasTimed(s ledger.Item, id string) bool {
	for _, t := range s.Timed {
		if t.ID == id {
			return true
		}
	}
	return false
}

// tellNews tells entries of the stream's history since the command began, each state of each once.
func (c *scaleCommand) tellNews(ctx context.Context, at environment, d desk, stream string, told map[string]bool) error {
	page, err := d.registry.History(ctx, ledger.Query{Stream: stream, From: d.asked.At, To: at.now().Add(time.Minute), Limit: 20})
	if err != nil {
		return err
	}
	for _, e := range slices.Backward(page.Entries) {
		key := e.ID + string(e.Outcome)
		if told[key] || e.Kind == ledger.KindSettings || e.Kind == ledger.KindEnrollment {
			continue
		}
		told[key] = true
		what := string(e.Kind)
		if e.From != e.To {
			what += " " + strconv.Itoa(e.From) + " to " + strconv.Itoa(e.To)
		}
		parts := slices.DeleteFunc([]string{what, string(e.Outcome), e.Reasons.String(), e.Detail}, func(part string) bool { return part == "" })
		at.tell("%s %s", e.At.UTC().Format(time.TimeOnly), strings.Join(parts, ", "))
	}
	return nil
}
