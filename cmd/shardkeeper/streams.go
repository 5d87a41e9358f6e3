package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/app/operator"
	"github.com/shardkeeper/shardkeeper/internal/app/operator/inspect"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

type streamsCommand struct {
	placesFlags

	glob    string
	status  string
	sort    string
	waiting bool
	live    bool
	watch   time.Duration
	format  output.Format
}

func newStreams(at environment) *cobra.Command {
	c := streamsCommand{status: allKinds, sort: sortName}
	cmd := &cobra.Command{
		Use:     "streams [GLOB]",
		GroupID: groupAWS,
		Short:   "List the streams that are looked after: how full, how many operations left, what they wait for",
		Long: `Lists the streams that are enrolled or suspended, from the table: shards, bounds, how full and how long ago that was
seen, the share of the nominal capacity that can be used, operations that are left of the rolling 24 hours, the last
one, and what a stream waits for. A stream whose alarms are quiet is not decided on, so how full it is may be known
from long ago; --live asks CloudWatch instead. That costs 0.03 USD for 1,000 streams each time (GetMetricData, three
metrics a stream).

It makes a call for 100 streams. It needs the rights dynamodb:Query on the index by_due, dynamodb:BatchGetItem and
dynamodb:GetItem; with --live also cloudwatch:GetMetricData, with --stack cloudformation:DescribeStacks.`,
		Example: `  shardkeeper streams --stack shardkeeper
  shardkeeper streams 'orders-*' --waiting --sort left
  shardkeeper streams --all-regions --output csv > fleet.csv
  shardkeeper streams --live --sort utilization --watch 1m`,
		Args: arguments(0, 1, "one pattern of names at most"),
		RunE: func(cmd *cobra.Command, args []string) error {
			c.glob = patternOf(args)
			return c.run(cmd.Context(), at)
		},
	}
	flags := cmd.Flags()
	choose(cmd, choice{word: &c.status, words: []string{allKinds, string(ledger.Enrolled), string(ledger.Suspended)}}, "status", "", "only streams of one status")
	choose(cmd, choice{word: &c.sort, words: sorts()}, "sort", "", "by what they are sorted; all but names with the most urgent first")
	flags.BoolVar(&c.waiting, "waiting", false, "only streams that wait for something")
	flags.BoolVar(&c.live, "live", false, "ask CloudWatch how full they are: 0.03 USD for 1,000 streams")
	watchFlag(cmd, &c.watch)
	c.add(cmd)
	formatFlag(cmd, &c.format, "stream")
	return cmd
}

// The words of --sort.
const (
	sortName        = "name"
	sortUtilization = "utilization"
	sortLeft        = "left"
	sortShards      = "shards"
	sortLast        = "last"
)

func sorts() []string { return []string{sortName, sortUtilization, sortLeft, sortShards, sortLast} }

func (c *streamsCommand) run(ctx context.Context, at environment) error {
	if err := checkPattern(c.glob); err != nil {
		return err
	}
	sweepMore()
	return at.repeat(ctx, c.watch, func() error { return c.once(ctx, at) })
}

// placed is a row with where it is from.
type placed struct {
	inspect.Row

	region, profile string
}

func (c *streamsCommand) once(ctx context.Context, at environment) error {
	now := at.now()
	bar := at.progress("reading the streams", "streams")
	defer bar.Done()
	var known atomic.Int64 // those like the pattern, whether they are shown or not
	parts, fault := gather(ctx, at, &c.placesFlags, func(in found) ([]placed, error) {
		wanted := func(name string) bool { return like(c.glob, name) }
		rows, err := inspect.Rows(ctx, in.Registry(in.Table), now, wanted, bar.Set)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", in.place(), err)
		}
		known.Add(int64(len(rows)))
		rows = slices.DeleteFunc(rows, c.leavesOut)
		if c.live {
			if err := inspect.Live(ctx, in.Alarms(in.TopicARN, in.Table), rows, now); err != nil {
				return nil, fmt.Errorf("%s: %w", in.place(), err)
			}
		}
		all := make([]placed, len(rows))
		for i, row := range rows {
			all[i] = placed{row, in.Region(), in.profile}
		}
		return all, nil
	})
	bar.Done()
	var rows []placed
	if len(parts) == 1 {
		rows = parts[0] // thousands of streams are not copied for nothing
	} else {
		rows = slices.Concat(parts...)
	}
	c.order(rows)
	if err := c.print(at, rows, now); err != nil {
		return err
	}
	if fault == nil && len(rows) == 0 {
		at.tell("%s", c.none(known.Load()))
	}
	if c.live {
		at.tell("CloudWatch was asked for %d metrics: %.4f USD", operator.MetricsOfLatest*len(rows), operator.PricePerMetric*float64(operator.MetricsOfLatest*len(rows)))
	}
	return fault
}

// none says why no stream is shown.
func (c *streamsCommand) none(known int64) string {
	what := "waits for something"
	switch {
	case known == 0:
		return fmt.Sprintf("no stream is like %q; shardkeeper looks after those with the tag shardkeeper=enabled", c.glob)
	case c.waiting && c.status != allKinds:
		what = "is " + c.status + " and " + what
	case c.status != allKinds:
		what = "is " + c.status
	}
	return fmt.Sprintf("of %d streams like %q none %s", known, c.glob, what)
}

func (c *streamsCommand) leavesOut(r inspect.Row) bool {
	return c.waiting && len(r.Waits) == 0 || c.status != allKinds && string(r.Status) != c.status
}

// order sorts rows, those of one rank by place and name.
func (c *streamsCommand) order(rows []placed) {
	rank := map[string]func(a, b placed) int{
		sortName:        func(placed, placed) int { return 0 },
		sortUtilization: func(a, b placed) int { return cmp.Compare(b.Measured.Utilization, a.Measured.Utilization) },
		sortLeft:        func(a, b placed) int { return cmp.Compare(a.Left, b.Left) },
		sortShards:      func(a, b placed) int { return cmp.Compare(b.OpenShards, a.OpenShards) },
		sortLast:        func(a, b placed) int { return b.Last.At.Compare(a.Last.At) },
	}[c.sort]
	slices.SortStableFunc(rows, rank)
}

func (c *streamsCommand) print(at environment, all []placed, now time.Time) error {
	several := c.several()
	return writeAll(at, c.format, streamColumns(several),
		func(r placed) []string { return streamCells(r, several, now) }, func(r placed) streamLine { return streamLineOf(r, now) }, all)
}

func streamColumns(several bool) []output.Column {
	columns := []output.Column{{Title: "stream", Min: 16}}
	if several {
		columns = append(columns, spotColumn())
	}
	return append(columns,
		output.Column{Title: "shards", Right: true}, output.Column{Title: "min-max", Right: true}, output.Column{Title: "full, when", Right: true},
		output.Column{Title: "usable", Right: true}, output.Column{Title: "left", Right: true}, output.Column{Title: "last, when"},
		output.Column{Title: "waits for", Min: 20, Below: true, Paint: waitPaint},
	)
}

// waitPaint is the colour of what a stream waits for.
func waitPaint(string) output.Paint { return output.Wait }

func streamCells(r placed, several bool, now time.Time) []string {
	cells := []string{r.Stream}
	if several {
		cells = append(cells, spotOf(r.profile, r.region))
	}
	full, last := "-", "-"
	if !r.Measured.At.IsZero() {
		full = percent(r.Measured.Utilization) + ", " + age(now.Sub(r.Measured.At))
	}
	if !r.Last.At.IsZero() {
		last = fmt.Sprintf("%s, %s", resized(r.Last.From, r.Last.To), age(now.Sub(r.Last.At)))
	}
	waits := make([]string, len(r.Waits))
	for i, w := range r.Waits {
		waits[i] = w.String()
	}
	bounds := "-"
	if r.Bounded() {
		bounds = fmt.Sprintf("%d-%d", r.Min, r.Max)
	}
	return append(cells, fmt.Sprint(r.OpenShards), bounds, full, percent(r.Usable),
		fmt.Sprint(r.Left), last, strings.Join(waits, "; "))
}
