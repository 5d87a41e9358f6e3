package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

type exportCommand struct {
	Stream     string `required:"" help:"The stream." placeholder:"NAME"`
	Days       int    `default:"14" help:"How many days, up to 15 but for some minutes (${default}): CloudWatch keeps minutes for no longer."`
	OutputFile string `help:"Write to a file; to the terminal when left out." placeholder:"FILE.csv"`
}

// trafficReader is the part of CloudWatch's adapter that the command needs.
type trafficReader interface {
	Writes(ctx context.Context, stream string, from, to time.Time) (scaling.Traffic, error)
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

// Run writes a stream's traffic as a trace.
func (c exportCommand) Run(ctx context.Context, at surroundings) error {
	switch {
	case !scaling.ValidStreamName(c.Stream):
		return fmt.Errorf("%w: no stream is named %q", errUsage, c.Stream)
	case c.Days < 1 || c.Days > maxExportDays:
		return fmt.Errorf("%w: --days %d is not between 1 and %d; CloudWatch keeps minutes for no longer", errUsage, c.Days, maxExportDays)
	}
	reader, err := at.traffic(ctx)
	if err != nil {
		return fmt.Errorf("open CloudWatch: %w", err)
	}
	to := at.now().UTC().Add(-exportLag).Truncate(time.Minute)
	from := to.AddDate(0, 0, -c.Days)
	if oldest := to.AddDate(0, 0, -maxExportDays).Add(exportMargin); from.Before(oldest) {
		from = oldest
	}
	bar := at.progress("reading CloudWatch", "days")
	samples, err := readDays(ctx, reader, c.Stream, from, to, bar.set)
	bar.done()
	if err != nil {
		return fmt.Errorf("export the traffic of stream %s: %w", c.Stream, err)
	}
	t, bare := demand(samples, to)
	if len(t.Minutes) == 0 {
		return fmt.Errorf("CloudWatch has no traffic of stream %s in %d days; is the name right, and the Region?", c.Stream, c.Days)
	}
	write := func(w io.Writer) error { return trace.Write(w, t) }
	if c.OutputFile == "" {
		err = write(at.stdout)
	} else {
		err = at.writeFile(c.OutputFile, write)
	}
	if err == nil {
		_, err = fmt.Fprintf(at.stderr, "%d minutes from %s on; %d of them without traffic\n", len(t.Minutes), t.Start.Format(time.RFC3339), bare)
	}
	return err
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
