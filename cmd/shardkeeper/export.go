package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

type exportCommand struct {
	accountFlags

	stream     string
	days       int
	outputFile string
	format     output.Format
}

func newExport(at environment) *cobra.Command {
	var c exportCommand
	cmd := &cobra.Command{
		Use:     "export [STREAM]",
		GroupID: groupAWS,
		Short:   "Write a stream's traffic of the last days, as a trace",
		Long: `Writes a stream's traffic of the last days, as CloudWatch counted it, as a trace for simulate and recommend.

It needs the right cloudwatch:GetMetricData, and nothing else.`,
		Example: `  shardkeeper export orders --days 14 --output-file orders.csv
  shardkeeper export orders --region eu-west-1 --profile production > orders.csv`,
		Args: arguments(0, 1, "one stream"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 && c.stream != "" {
				return usage("the stream is named twice, by --stream and without it; give one")
			}
			if len(args) > 0 {
				c.stream = args[0]
			}
			return c.run(cmd.Context(), at)
		},
	}
	cmd.Flags().StringVar(&c.stream, "stream", "", "the `stream`, another way to name it")
	cmd.Flags().IntVar(&c.days, "days", 14, fmt.Sprintf("how many `days`, up to %d; what is older than %d days is of sums of five minutes", mostDays, minuteDays))
	c.add(cmd)
	traceOutputFlags(cmd, &c.outputFile, &c.format)
	return cmd
}

const (
	// minuteDays is how long CloudWatch keeps points of a minute: "Data points with a period of
	// 60 seconds (1 minute) are available for 15 days" (GetMetricStatistics, read 2026-11).
	minuteDays = 15
	// mostDays is how many days of traffic can be asked for. Points of five minutes are kept for 63 days.
	mostDays = 60
	// sumMinutes is how many minutes there are in the points of what is older than minuteDays.
	sumMinutes = 5
	// exportLag leaves out the newest minutes, whose metrics are not complete yet.
	exportLag = 3 * time.Minute
	// exportMargin leaves out the oldest minutes too, three more than exportLag: CloudWatch forgets them
	// while it is asked.
	exportMargin = exportLag + 3*time.Minute
)

// run writes a stream's traffic as a trace.
func (c *exportCommand) run(ctx context.Context, at environment) error {
	if c.stream == "" {
		return usage("a stream is needed, as STREAM or as --stream STREAM")
	}
	if err := checkDemand(c.stream, c.days); err != nil {
		return err
	}
	if err := at.checkOutputs(nil, []named{{"--output-file", c.outputFile}}); err != nil {
		return err
	}
	return c.use(ctx, at, func(in services) error { return c.export(ctx, at, in) })
}

// checkDemand says what is wrong with a stream's name, or with the days of traffic that are asked for.
func checkDemand(stream string, days int) error {
	if err := checkStream(stream); err != nil {
		return err
	}
	return checkDays(days)
}

// checkDays says that so many days of traffic cannot be asked for.
func checkDays(days int) error {
	if days < 1 || days > mostDays {
		return usage("--days %d is not between 1 and %d; CloudWatch keeps points of five minutes for no longer", days, mostDays)
	}
	return nil
}

func (c *exportCommand) export(ctx context.Context, at environment, in services) error {
	t, bare, err := readDemand(ctx, at, in, c.stream, c.days)
	if err != nil {
		return fmt.Errorf("export the traffic of stream %s: %w", c.stream, err)
	}
	err = at.writeOut(c.outputFile, func(w io.Writer) error { return writeTrace(ctx, at, w, c.format, t) })
	if err == nil {
		at.tell("%d minutes from %s on; %d of them without traffic", len(t.Minutes), t.Start.Format(time.RFC3339), bare)
	}
	return err
}

// readDemand reads what producers sent to a stream in so many days, and how many minutes of it had no traffic. A
// stream without any is an error.
func readDemand(ctx context.Context, at environment, in services, stream string, days int) (t trace.Trace, bare int, err error) {
	samples, to, err := readSamples(ctx, at, in, stream, days)
	if err != nil {
		return t, 0, err
	}
	t, bare = demand(samples, to)
	if len(t.Minutes) == 0 {
		return t, 0, noTraffic(in, stream, days)
	}
	return t, bare, nil
}

// noTraffic says that a stream has none.
func noTraffic(in services, stream string, days int) error {
	return failed("aws kinesis list-streams --region "+in.Region()+", or another --region",
		"CloudWatch in Region %s has no traffic of stream %s in %d days; is the name right, and the Region?", in.Region(), stream, days)
}

// readSamples reads a stream's minutes of so many days, up to the newest that is complete.
func readSamples(ctx context.Context, at environment, in services, stream string, days int) ([]scaling.Sample, time.Time, error) {
	from, to := window(at.now(), days)
	bar := at.progress("reading CloudWatch", "calls")
	defer bar.Done()
	samples, err := readStretches(ctx, in.Traffic(), stream, stretches(from, to), bar.Set)
	bar.Done()
	if err == nil && days > minuteDays {
		at.tell("%s", coarse(to))
	}
	return samples, to, err
}

// coarse says what is known of the days that CloudWatch keeps no minutes of.
func coarse(to time.Time) string {
	return "before " + minutesFrom(to).Format(minuteLayout) + " (UTC) the minutes are means of five: shorter peaks were higher"
}
