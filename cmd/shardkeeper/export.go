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
	cmd.Flags().IntVar(&c.days, "days", 14, fmt.Sprintf("how many `days`, up to %d but for some minutes: CloudWatch keeps minutes for no longer", maxExportDays))
	c.add(cmd)
	traceOutputFlags(cmd, &c.outputFile, &c.format)
	return cmd
}

const (
	// maxExportDays is how long CloudWatch keeps points of a minute: "Data points with a period of
	// 60 seconds (1 minute) are available for 15 days" (GetMetricStatistics, read 2026-11).
	maxExportDays = 15
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
	if days < 1 || days > maxExportDays {
		return usage("--days %d is not between 1 and %d; CloudWatch keeps minutes for no longer", days, maxExportDays)
	}
	return nil
}

func (c *exportCommand) export(ctx context.Context, at environment, in services) error {
	t, bare, err := readDemand(ctx, at, in, c.stream, c.days)
	if err != nil {
		return fmt.Errorf("export the traffic of stream %s: %w", c.stream, err)
	}
	err = at.writeOut(c.outputFile, func(w io.Writer) error { return writeTrace(at, w, c.format, t) })
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
	bar := at.progress("reading CloudWatch", "days")
	defer bar.Done()
	samples, err := readDays(ctx, in.Traffic(), stream, from, to, bar.Set)
	return samples, to, err
}

// window is the last days up to the newest minute that is complete, as far as CloudWatch keeps minutes.
func window(now time.Time, days int) (from, to time.Time) {
	to = now.UTC().Add(-exportLag).Truncate(time.Minute)
	from = to.AddDate(0, 0, -days)
	if oldest := to.AddDate(0, 0, -maxExportDays).Add(exportMargin); from.Before(oldest) {
		from = oldest
	}
	return from, to
}

// readDays reads a stream's samples day by day: one call each, that gives few enough points for
// one page.
func readDays(ctx context.Context, from trafficReader, stream string, start, end time.Time, progress func(done, most int)) ([]scaling.Sample, error) {
	const day = 24 * time.Hour
	days := int((end.Sub(start) + day - 1) / day)
	var samples []scaling.Sample
	for n := range days {
		first := start.Add(time.Duration(n) * day)
		last := first.Add(day)
		if last.After(end) {
			last = end
		}
		got, err := from.Writes(ctx, stream, first, last)
		if err != nil {
			return nil, err
		}
		samples = append(samples, got.Samples...)
		progress(n+1, days)
	}
	return samples, nil
}
