package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/internal/simulate/report"
	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

type reportCommand struct {
	tableFlags

	simulated simulateCommand // plays the same traffic under each policy
	days      int
}

func newReport(at environment) *cobra.Command {
	c := reportCommand{simulated: simulateCommand{traceFlags: traceFlags{seed: 1}}}
	cmd := &cobra.Command{
		Use:     "report STREAM FILE.html",
		GroupID: groupAWS,
		Short:   "Write a page of what happened to a stream, and what other ways would have done",
		Long: `Writes one self-contained page of what happened to a stream: its traffic, open shards and refusals, each decision of the
history with who asked and why, what it costs, and what each policy, a fixed size, on-demand and on-demand Advantage would
have done with the same traffic, with keys that fall as in ` + "`shardkeeper simulate --profile typical`" + `. CloudWatch keeps minutes
for 15 days; of what is older the minutes are means of five. On stdout it prints the table of ` + "`shardkeeper simulate`" + `.

It makes a call of CloudWatch for each of the last 15 days, and for 16 older ones, for 0.00003 USD each, and a call of the table for each 1,000 entries. It needs
the rights cloudwatch:GetMetricData, and dynamodb:GetItem and dynamodb:Query on the table; with --stack also
cloudformation:DescribeStacks.`,
		Example: `  shardkeeper report orders orders.html --stack shardkeeper
  shardkeeper report orders orders.html --days 7 --region eu-west-1`,
		Args: arguments(2, 2, "one stream and one file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			c.simulated.report = args[1]
			return c.run(cmd.Context(), at, args[0])
		},
	}
	c.add(cmd)
	cmd.Flags().IntVar(&c.days, "days", 14, "`N` days, 60 at most")
	c.simulated.price.add(cmd)
	formatFlag(cmd, &c.simulated.format, "object")
	return cmd
}

func (c *reportCommand) run(ctx context.Context, at environment, stream string) error {
	if err := checkDemand(stream, c.days); err != nil {
		return err
	}
	if c.simulated.report == "" {
		return usage("the name of FILE is empty")
	}
	prices, err := c.simulated.price.prices()
	if err != nil {
		return err
	}
	if err := at.checkOutputs(nil, []named{{"FILE", c.simulated.report}}); err != nil {
		return err
	}
	return c.useStack(ctx, at, func(in found) error {
		registry := in.Registry(in.Table)
		item, err := registry.Load(ctx, stream)
		if errors.Is(err, ledger.ErrNotEnrolled) {
			return unknownStream(ctx, stream, registry, in.place())
		}
		if err != nil {
			return fmt.Errorf("load stream %s in %s: %w", stream, in.place(), err)
		}
		past, err := c.past(ctx, at, in, item)
		if err != nil {
			return fmt.Errorf("read what happened to stream %s in %s: %w", stream, in.place(), err)
		}
		return c.tell(ctx, at, report.Report{Name: stream, Prices: prices, Trace: past.Trace, Spread: usualSpread()}, past, item)
	})
}

// tell puts what happened before the trials of the same traffic, which begin with as many shards.
func (c *reportCommand) tell(ctx context.Context, at environment, r report.Report, past trial.Past, item ledger.Item) error {
	happened := trial.Happened(past, report.Buckets)
	sim := &c.simulated
	sim.startShards = happened.StartShards
	if err := sim.play(ctx, at, &r, rivalsOf(item.Settings)); err != nil {
		return fmt.Errorf("play the traffic of stream %s: %w", item.Name, err)
	}
	r.Tried = slices.Insert(r.Tried, 0, report.Tried{Variant: trial.Variant{Name: "as it is"}, Result: happened, Happened: true})
	return sim.tell(r, at)
}

// rivalsOf are the policies, each with the stream's bounds. All else is the policies' defaults.
func rivalsOf(s scaling.Settings) []trial.Variant {
	var all []trial.Variant
	for _, policy := range scaling.Policies() {
		layer := scaling.Layer{"policy": string(policy)}
		if s.MaxShards > 0 { // else it never had settings
			layer["min-shards"], layer["max-shards"] = fmt.Sprint(s.MinShards), fmt.Sprint(s.MaxShards)
		}
		all = append(all, trial.Variant{Name: string(policy), Settings: layer})
	}
	return all
}

// past reads a stream's metrics and history.
func (c *reportCommand) past(ctx context.Context, at environment, in found, item ledger.Item) (trial.Past, error) {
	samples, to, err := readSamples(ctx, at, in.services, item.Name, c.days)
	if err != nil {
		return trial.Past{}, err
	}
	t, _ := demand(samples, to)
	if len(t.Minutes) == 0 {
		return trial.Past{}, noTraffic(in.services, item.Name, c.days)
	}
	bar := at.progress("reading the history", "entries")
	defer bar.Done()
	read := 0
	p, err := pastOf(ctx, in, item, t, t.Start, samples, func(p *trial.Past, e ledger.Entry) {
		if d, is := decisionOf(e); is {
			p.Decisions = append(p.Decisions, d)
		}
		read++
		bar.Set(read, 0)
	})
	slices.Reverse(p.Decisions)
	return p, err
}

// pastOf is what happened to a stream by its metrics, its item and its history from a time on. Each entry is given to add, for what else is
// wanted of it; the newest comes first, as the history has them.
func pastOf(ctx context.Context, in found, item ledger.Item, t trace.Trace, from time.Time, samples []scaling.Sample, add func(*trial.Past, ledger.Entry)) (trial.Past, error) {
	p := trial.Past{
		Trace: t, Settings: item.Settings, Refused: refusedShares(samples, t.Start, len(t.Minutes)),
		Seen: []trial.Seen{{At: item.SeenAt, Open: item.OpenShards}},
	}
	q := ledger.Query{Stream: item.Name, From: from, To: t.Start.Add(time.Duration(len(t.Minutes)) * time.Minute)}
	_, _, err := each(ctx, in.Registry(in.Table), q, 0, nil, func(e ledger.Entry) error {
		p.Seen = append(p.Seen, seenIn(e)...)
		add(&p, e)
		return nil
	})
	slices.Reverse(p.Seen)
	return p, err
}

// refusedShares is the share of each minute's records that was refused.
func refusedShares(samples []scaling.Sample, start time.Time, minutes int) []float64 {
	shares := make([]float64, minutes)
	for _, s := range samples {
		minute := int(s.At.Sub(start) / time.Minute)
		if sent := s.Records + s.Throttled; sent > 0 && minute >= 0 && minute < minutes {
			shares[minute] = s.Throttled / sent
		}
	}
	return shares
}
