package main

// A trace as what a command writes: its file's own form, which is CSV, or JSON, or a table.

import (
	"context"
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
	"github.com/shardkeeper/shardkeeper/internal/trace"
)

// minuteLine is a minute of traffic as one JSON line. Its names are part of the command's promise.
type minuteLine struct {
	At      time.Time `json:"timestamp"`
	Records float64   `json:"records_per_second"`
	Bytes   float64   `json:"bytes_per_second"`
}

// traceOutputFlags adds the flags for where a trace goes, and in which form.
func traceOutputFlags(cmd *cobra.Command, file *string, format *output.Format) {
	fileFlag(cmd.Flags(), file, "output-file", "write to a `file`; to the terminal when left out")
	_ = cmd.MarkFlagFilename("output-file", "csv")
	formatFlag(cmd, format, "minute")
	*format = output.CSV
	cmd.Flags().Lookup("output").DefValue = string(output.CSV)
}

// writeTrace writes a trace, until the command ends.
func writeTrace(ctx context.Context, at environment, w io.Writer, format output.Format, t trace.Trace) error {
	until := untilEnd{w, ctx.Err}
	if format == output.CSV {
		return trace.Write(until, t)
	}
	screen := at.screen
	if screen.W = until; w != at.stdout {
		screen.Width, screen.Colour = 0, false
	}
	columns := []output.Column{{Title: "time (UTC)"}, {Title: "records/s", Right: true}, {Title: "bytes/s", Right: true}}
	rows, err := output.NewRows(screen, format, columns, func(m minuteLine) []string {
		return []string{m.At.Format(minuteLayout), strconv.FormatFloat(m.Records, 'f', 1, 64), strconv.FormatFloat(m.Bytes, 'f', 0, 64)}
	}, func(m minuteLine) minuteLine { return m })
	if err != nil {
		return err
	}
	for i, m := range t.Minutes {
		line := minuteLine{t.Start.Add(time.Duration(i) * time.Minute).UTC(), m.Records, m.Bytes}
		if err := rows.Write(line); err != nil {
			return err
		}
	}
	return rows.Close()
}

// untilEnd is written to until the command ends. So no file is left half written: who writes it hears of the error.
type untilEnd struct {
	to    io.Writer
	ended func() error
}

func (u untilEnd) Write(p []byte) (int, error) {
	if err := u.ended(); err != nil {
		return 0, err
	}
	return u.to.Write(p)
}
