package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/internal/simulate/report"
	"github.com/shardkeeper/shardkeeper/scaling"
)

type costCommand struct {
	accountFlags

	simulated simulateCommand // with traffic that was read instead of a trace
	days      int
}

func newCost(at environment) *cobra.Command {
	c := costCommand{simulated: simulateCommand{traceFlags: traceFlags{seed: 1}}}
	cmd := &cobra.Command{
		Use:     "cost STREAM",
		GroupID: groupAWS,
		Short:   "Say what a stream would cost: scaled by each policy, of a fixed size, on-demand",
		Long: `Reads a stream's traffic from CloudWatch and plays it in the model of AWS: what scaling it by each policy, a fixed
size, on-demand and on-demand Advantage would cost a month, and what each would refuse. The stream need not be enrolled.
CloudWatch keeps minutes for 15 days; of what is older the minutes are means of five. Keys are taken to fall as in
` + "`shardkeeper simulate --profile typical`" + `. It is ` + "`shardkeeper export`" + ` and ` + "`shardkeeper simulate`" + ` in one.

It makes a call for each of the last 15 days, and for 16 older ones, for 0.00003 USD each. It needs the right cloudwatch:GetMetricData.`,
		Example: `  shardkeeper cost orders
  shardkeeper cost orders --days 7 --report orders.html`,
		Args: arguments(1, 1, "one stream"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd.Context(), at, args[0]) },
	}
	c.add(cmd)
	flags := cmd.Flags()
	flags.IntVar(&c.days, "days", 14, "`N` days of traffic, 60 at most")
	fileFlag(flags, &c.simulated.report, "report", "write one self-contained page with charts and decisions to a `file` of HTML")
	c.simulated.variantFlags.add(cmd)
	c.simulated.price.add(cmd)
	formatFlag(cmd, &c.simulated.format, "object")
	return cmd
}

func (c *costCommand) run(ctx context.Context, at environment, stream string) error {
	if err := checkDemand(stream, c.days); err != nil {
		return err
	}
	sim := &c.simulated
	base, err := sim.base()
	if err != nil {
		return err
	}
	if len(sim.policy)+len(sim.variant) == 0 && base["policy"] == "" {
		sim.policy = values(scaling.Policies())
	}
	variants, err := sim.variants()
	if err != nil {
		return err
	}
	prices, err := sim.price.prices()
	if err != nil {
		return err
	}
	if err := at.checkOutputs(nil, []named{{"--report", sim.report}}); err != nil {
		return err
	}
	return c.use(ctx, at, func(in services) error {
		r := report.Report{Name: stream, Prices: prices, Spread: usualSpread()}
		if r.Trace, _, err = readDemand(ctx, at, in, stream, c.days); err != nil {
			return fmt.Errorf("read the traffic of stream %s: %w", stream, err)
		}
		if err := sim.play(ctx, at, &r, variants); err != nil {
			return fmt.Errorf("play the traffic of stream %s: %w", stream, err)
		}
		return sim.tell(r, at)
	})
}
