package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

type historyCommand struct {
	placesFlags

	stream  string
	since   moment
	until   moment
	kind    string
	outcome string
	who     string
	reason  string
	limit   int
	follow  bool
	format  output.Format
}

func newHistory(at environment) *cobra.Command {
	c := historyCommand{since: moment{ago: 24 * time.Hour, set: true}, kind: allKinds, outcome: allKinds, reason: allKinds}
	cmd := &cobra.Command{
		Use:     "history [STREAM]",
		GroupID: groupAWS,
		Short:   "Query the history of decisions in a table",
		Long: `Prints what was decided and done, newest first: of one stream, or of all of them. With --follow it goes on: what comes
to pass, and how operations end, until Ctrl-C. --who finds a part of an ARN, of a session's name, or of a tool.

Several Regions and profiles are one history. A Region that cannot be asked hides no other: it is told, and the status is 1.

It needs the rights dynamodb:Query and dynamodb:GetItem on the table and its indexes; with --stack also
cloudformation:DescribeStacks.`,
		Example: `  shardkeeper history orders --since 7d
  shardkeeper history --kind hold --stack shardkeeper --region eu-west-1
  shardkeeper history --kind settings --since 7d --who alice
  shardkeeper history --outcome refused --since 30d --limit 0
  shardkeeper history --follow --kind operation --all-regions
  shardkeeper history --since 2026-11-01 --until 2026-11-08 --limit 0 --output csv > week.csv`,
		Args: arguments(0, 1, "one stream at most"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				c.stream = args[0]
			}
			return c.run(cmd.Context(), at)
		},
	}
	flags := cmd.Flags()
	flags.Var(&c.since, "since", "how far back (24h, 7d), or from when (2026-11-23, RFC 3339)")
	flags.Var(&c.until, "until", "until when; now when left out")
	choose(cmd, choice{word: &c.kind, words: append([]string{allKinds}, values(ledger.Kinds())...)}, "kind", "", "only entries of one kind")
	choose(cmd, choice{word: &c.outcome, words: append([]string{allKinds}, values(ledger.Outcomes())...), short: "outcome"}, "outcome", "",
		"only operations that came so far: "+strings.Join(values(ledger.Outcomes()), ", "))
	choose(cmd, choice{word: &c.reason, words: append([]string{allKinds}, reasonWords()...), short: "code"}, "reason", "", "only entries with this reason in their trail; docs/reasons.md has them all")
	flags.StringVar(&c.who, "who", "", "only entries whose actor has this `TEXT` in it, in any case")
	flags.BoolVar(&c.follow, "follow", false, "go on with what comes, until Ctrl-C")
	flags.IntVar(&c.limit, "limit", 100, "at most `N` entries, with --follow of those that are there already; 0 for all")
	c.add(cmd)
	formatFlag(cmd, &c.format, "entry")
	return cmd
}

// allKinds is the flag for entries of every kind.
const allKinds = "all"

// run prints history, newest first.
func (c *historyCommand) run(ctx context.Context, at environment) error {
	query, err := c.query(at.now())
	if err != nil {
		return err
	}
	if c.follow {
		return c.following(ctx, at, query)
	}
	return c.print(ctx, at, query)
}

// place says where was looked.
type place struct{ table, region string }

func (p place) String() string { return "table " + p.table + " (Region " + p.region + ")" }

func (c *historyCommand) print(ctx context.Context, at environment, query ledger.Query) error {
	bar, read := at.progress("reading the history", "entries"), 0
	defer bar.Done()
	feeds, fault := gather(ctx, at, &c.placesFlags, func(in found) (*feed, error) {
		f := feedOf(in.Registry(in.Table), query, c.limit, c.sieve())
		f.here = in
		return f, c.queried(in.place().String(), f.fill(ctx))
	})
	if len(feeds) == 0 || fault != nil && !c.several() {
		return fault
	}
	shape := c.shape()
	rows, err := output.NewRows(at.screen, c.format, shape.columns(), shape.cells, placedLineOf)
	if err != nil {
		return err
	}
	shown, more, err := merged(ctx, feeds, c.limit, func(in found, e ledger.Entry) error {
		if read++; at.shared && c.format != output.Table {
			bar.Done()
		}
		bar.Set(read, 0)
		return rows.Write(placedEntry{e, in.Region(), in.profile})
	})
	bar.Done()
	if err = finish(rows, err); err != nil {
		return c.queried(placesText(feeds), err)
	}
	switch {
	case fault != nil:
		return fault
	case shown == 0:
		return c.nothing(ctx, at, query, feeds)
	case more:
		at.tell("the newest %d entries; --limit 0 shows all", shown)
	}
	return nil
}

// shape is how the entries are shown.
func (c *historyCommand) shape() shape { return shape{placed: c.several(), named: c.stream == ""} }

// queried says of an error what was read; nil for nil.
func (c *historyCommand) queried(where string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("query the history%s in %s: %w", ofStream(c.stream), where, err)
}

// placesText is where the feeds come from.
func placesText(feeds []*feed) string {
	if len(feeds) == 1 {
		return feeds[0].here.place().String()
	}
	return fmt.Sprintf("%d places", len(feeds))
}

// nothing says why there is no history: there was none in that time, or no registry knows the stream.
func (c *historyCommand) nothing(ctx context.Context, at environment, query ledger.Query, feeds []*feed) error {
	bar := at.progress("looking for the stream", "")
	defer bar.Done()
	var unknown error
	known := c.stream == ""
	for _, f := range feeds {
		if known {
			break
		}
		_, err := f.from.Load(ctx, c.stream)
		switch {
		case errors.Is(err, ledger.ErrNotEnrolled):
			unknown = unknownStream(ctx, c.stream, f.from, f.here.place())
		case err != nil:
			return fmt.Errorf("look for stream %s in %s: %w", c.stream, f.here.place(), err)
		default:
			known = true
		}
	}
	bar.Done()
	where := placesText(feeds)
	switch {
	case known:
		at.tell("no history%s from %s to %s in %s", ofStream(c.stream), query.From.Format(time.RFC3339), query.To.Format(time.RFC3339), where)
		return nil
	case len(feeds) > 1:
		return failed("shardkeeper streams --all-regions, to see what is there", "no stream %s is in any of %s", c.stream, where)
	}
	return unknown
}

func ofStream(name string) string {
	if name == "" {
		return ""
	}
	return " of stream " + name
}

// maxNames is how many names are compared with one that is not there: a megabyte of the index at most.
const maxNames = 5000

// unknownStream says that a registry does not know a stream, and which names are like it.
func unknownStream(ctx context.Context, stream string, registry historyReader, where place) error {
	names, err := registry.Names(ctx, maxNames)
	if err != nil {
		names = nil // the names are an extra
	}
	return failed("shardkeeper history --table "+where.table+" --region "+where.region+", to see what is there",
		"no stream %s is in %s%s", stream, where, didYouMean(stream, names))
}

func (c *historyCommand) query(now time.Time) (ledger.Query, error) {
	q := ledger.Query{Stream: c.stream, From: c.since.of(now), To: now}
	if c.kind != allKinds {
		q.Kind = ledger.Kind(c.kind)
	}
	if c.until.set {
		q.To = c.until.of(now)
	}
	if c.stream != "" {
		if err := checkStream(c.stream); err != nil {
			return q, err
		}
	}
	switch {
	case c.follow && c.until.set:
		return q, usage("--follow and --until exclude each other; give one")
	case c.follow && c.format == output.CSV:
		return q, usage("--follow writes tables or JSON lines, no CSV")
	case c.limit < 0:
		return q, usage("--limit %d is negative", c.limit)
	case !q.From.Before(q.To):
		return q, usage("--since %s is not before --until %s", q.From.Format(time.RFC3339), q.To.Format(time.RFC3339))
	}
	return q, nil
}

// sieve reports of an entry whether it is by whom, of the outcome and with the reason that are asked for; nil where all are.
func (c *historyCommand) sieve() func(ledger.Entry) bool {
	if c.who == "" && c.outcome == allKinds && c.reason == allKinds {
		return nil
	}
	return c.wants
}

// reasonWords are the codes of all reasons.
func reasonWords() []string {
	var words []string
	for _, r := range scaling.AllReasons() {
		words = append(words, string(r.Code))
	}
	return words
}

func (c *historyCommand) wants(e ledger.Entry) bool {
	has := func(r scaling.Reason) bool { return string(r.Code) == c.reason }
	return (c.outcome == allKinds || string(e.Outcome) == c.outcome) && (c.reason == allKinds || slices.ContainsFunc(e.Reasons, has)) &&
		strings.Contains(strings.ToLower(e.Actor), strings.ToLower(c.who))
}
