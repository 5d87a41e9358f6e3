package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/terminal"
	"github.com/shardkeeper/shardkeeper/internal/app/operator"
	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

type surveyCommand struct {
	placesFlags

	glob   string
	days   int
	price  priceFlags
	format output.Format
}

func newSurvey(at environment) *cobra.Command {
	var c surveyCommand
	cmd := &cobra.Command{
		Use:     "survey [GLOB]",
		GroupID: groupAWS,
		Short:   "Say of all streams what scaling them would save, and of enrolled ones what it saves",
		Long: `Looks at all streams of a Region, provisioned and on-demand: how full they are, what they cost a month, and what each
policy, a fixed size, on-demand and on-demand Advantage would cost, by playing their traffic in the model of AWS. Those
come first that would save most. Of streams that are enrolled it says what they cost since then, and what a fixed size for
their highest minute would. A Region without Shardkeeper's table has no enrolled streams. Ctrl-C prints what is known by then.

Keys are taken to fall as in ` + "`shardkeeper simulate --profile typical`" + `; streams whose keys are more uneven need more.
CloudWatch keeps minutes for 15 days; of what is older the minutes are means of five, so shorter peaks were higher.

It changes nothing. For each stream it makes a call of Kinesis, four a second at most, and one of CloudWatch for each of the
last 15 days and for 16 older ones, for 0.0004 USD in 14 days. It needs the rights kinesis:ListStreams, kinesis:DescribeStreamSummary and cloudwatch:GetMetricData, and for enrolled
streams dynamodb:BatchGetItem and dynamodb:Query on the table; with --stack also cloudformation:DescribeStacks.`,
		Example: `  shardkeeper survey
  shardkeeper survey 'orders-*' --days 60 --stack shardkeeper
  shardkeeper survey --all-regions --output csv > survey.csv`,
		Args: arguments(0, 1, "one pattern of names at most"),
		RunE: func(cmd *cobra.Command, args []string) error {
			c.glob = patternOf(args)
			return c.run(cmd.Context(), at)
		},
	}
	c.add(cmd)
	cmd.Flags().IntVar(&c.days, "days", 14, "`N` days of traffic, 60 at most")
	c.price.add(cmd)
	formatFlag(cmd, &c.format, "stream")
	return cmd
}

// survey is a survey that is under way, in one or several Regions at once.
type survey struct {
	days   int
	prices simulate.Prices
	spread *profile.Spread
	bar    *terminal.Progress
	cores  chan struct{} // as many streams are looked at side by side as the machine has cores

	mu    sync.Mutex
	all   int // streams that are to be looked at
	rows  []surveyLine
	fails int // streams that could not be looked at
}

func (c *surveyCommand) run(ctx context.Context, at environment) error {
	if err := checkPattern(c.glob); err != nil {
		return err
	}
	if err := checkDays(c.days); err != nil {
		return err
	}
	prices, err := c.price.prices()
	if err != nil {
		return err
	}
	s := survey{days: c.days, prices: prices, spread: usualSpread(), cores: make(chan struct{}, runtime.GOMAXPROCS(0)), bar: at.progress("looking at the streams", "streams")}
	defer s.bar.Done()
	sweepLess()
	_, fault := gather(ctx, at, &c.placesFlags, func(in found) (struct{}, error) { return struct{}{}, c.region(ctx, at, &s, in) })
	s.bar.Done()
	slices.SortFunc(s.rows, func(a, b surveyLine) int {
		return cmp.Or(cmp.Compare(b.saving(), a.saving()), cmp.Compare(a.Stream, b.Stream), cmp.Compare(a.Region, b.Region))
	})
	if err := c.print(at, s.rows, prices); err != nil {
		return err
	}
	switch {
	case fault != nil:
		return fault
	case s.fails > 0:
		return failed("", "%d of %d streams could not be looked at", s.fails, s.all)
	case len(s.rows) == 0:
		at.tell("no stream is like %q", c.glob)
	}
	return nil
}

// region looks at the streams of a Region. One that cannot be looked at does not hide the others.
func (c *surveyCommand) region(ctx context.Context, at environment, s *survey, in found) error {
	names, err := listed(ctx, in.Streams(), func(name string) bool { return like(c.glob, name) })
	if err != nil {
		return fmt.Errorf("list the streams in Region %s: %w", in.Region(), err)
	}
	items, err := enrolledOf(ctx, in, names)
	if err != nil {
		return fmt.Errorf("look which streams are enrolled in %s: %w", in.place(), err)
	}
	s.mu.Lock()
	s.all += len(names)
	s.mu.Unlock()
	var all sync.WaitGroup
	for _, name := range names {
		select {
		case s.cores <- struct{}{}:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			break
		}
		all.Go(func() {
			defer func() { <-s.cores }()
			line, err := s.stream(ctx, at, in, name, items[name])
			s.done(ctx, at, line, err)
		})
	}
	all.Wait()
	return ctx.Err()
}

// done keeps what is known of a stream.
func (s *survey) done(ctx context.Context, at environment, line surveyLine, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case err == nil:
		s.rows = append(s.rows, line)
	case ctx.Err() == nil:
		s.fails++
		at.tell("%s: %v", line.Stream, err)
	}
	s.bar.Set(len(s.rows)+s.fails, s.all)
}

// listed returns the names of the streams that are wanted.
func listed(ctx context.Context, from streamReader, wanted func(string) bool) ([]string, error) {
	var names []string
	after, more := "", true
	for more {
		page, next, err := from.List(ctx, after)
		if err != nil {
			return nil, err
		}
		for _, name := range page {
			if after = name; wanted(name) {
				names = append(names, name)
			}
		}
		more = next && len(page) > 0
	}
	return names, nil
}

// enrolledOf returns the items of the streams that are enrolled; none where Shardkeeper has no table.
func enrolledOf(ctx context.Context, in found, names []string) (map[string]ledger.Item, error) {
	enrolled := map[string]ledger.Item{}
	items, err := in.Registry(in.Table).Items(ctx, names...)
	if operator.Absent(err) || errors.Is(err, ledger.ErrNotEnrolled) {
		return enrolled, nil
	}
	if err != nil {
		return nil, err
	}
	for _, item := range items {
		if item.Status == ledger.Enrolled {
			enrolled[item.Name] = item
		}
	}
	return enrolled, nil
}
