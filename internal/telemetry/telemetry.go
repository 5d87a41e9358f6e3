// Package telemetry writes what a Lambda function did, as log lines and as metrics in the log. It is one
// of the sinks that internal/app composes, and knows no other.
package telemetry

import (
	"context"
	"io"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/emf"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// Telemetry writes what a function did: one line for each stream that something happened to, one
// for the invocation, and one with its metrics. Lambda sends what is written to CloudWatch Logs.
type Telemetry struct {
	Dimension     string // of the metrics: which function they are of
	StreamMetrics bool   // write metrics of each stream too, which cost by the stream

	out io.Writer
	log *slog.Logger
	now func() time.Time
}

// New returns the telemetry of a function. Lines below the level are not written; the
// metrics always are. Now is asked for the time of the metrics and the length of invocations.
func New(function string, out io.Writer, level slog.Level, now func() time.Time) *Telemetry {
	lines := slog.NewJSONHandler(out, &slog.HandlerOptions{Level: level})
	return &Telemetry{Dimension: function, out: out, log: slog.New(lines).With("function", function), now: now}
}

// Started tells, once for each new process, what is wrong with the stack's parameters; nothing for nil.
func (t *Telemetry) Started(ctx context.Context, defaults error) {
	if defaults == nil {
		return
	}
	t.log.ErrorContext(ctx, "stack parameters cannot be used; streams keep their last good settings", "error", defaults.Error())
	t.metrics(ctx, emf.Counts{emf.InvalidSettings: 1}, nil)
}

// Record writes the lines and the metrics of an invocation.
func (t *Telemetry) Record(ctx context.Context, in report.Invocation) {
	log := t.log.With("request_id", in.RequestID)
	events := map[string]int{}
	for _, r := range in.Reports {
		events[string(r.Event)]++
		if r.Event != report.Checked || len(r.Faults) > 0 {
			log.LogAttrs(ctx, levelOf(r), "stream", attributesOf(r)...)
		}
	}
	level, attributes := slog.LevelInfo, []slog.Attr{
		slog.Int("reports", len(in.Reports)),
		slog.Any("events", events),
		slog.Int64("duration_ms", t.now().Sub(in.Started).Milliseconds()),
	}
	if in.Err != nil {
		level, attributes = slog.LevelError, append(attributes, slog.String("error", in.Err.Error()))
	}
	if len(in.Denied) > 0 {
		level, attributes = slog.LevelError, append(attributes, slog.Any("denied", in.Denied))
	}
	log.LogAttrs(ctx, level, "invocation", attributes...)

	if in.Heartbeat {
		t.fleet(ctx, log, in.Reports)
	}
	counts := emf.Of(in.Reports)
	if len(in.Denied) > 0 {
		counts[emf.AccessDenied] = len(in.Denied)
	}
	if in.Heartbeat && in.Err == nil {
		counts[emf.Due] = len(in.Reports)
	}
	t.metrics(ctx, counts, map[string]string{"request_id": in.RequestID, "stream_name": onlyStream(in.Reports)})
}

func (t *Telemetry) metrics(ctx context.Context, counts emf.Counts, properties map[string]string) {
	if len(counts) == 0 {
		return
	}
	maps.DeleteFunc(properties, func(_, value string) bool { return value == "" })
	line, err := emf.Line(t.Dimension, t.now(), counts, properties)
	t.write(ctx, line, err)
}

func (t *Telemetry) write(ctx context.Context, line []byte, err error) {
	if err == nil {
		_, err = t.out.Write(append(line, '\n'))
	}
	if err != nil {
		t.log.ErrorContext(ctx, "metrics were not written", "error", err.Error())
	}
}

// onlyStream returns the stream that all reports are about; empty if there are several.
func onlyStream(reports []report.Report) string {
	if len(reports) == 0 || slices.ContainsFunc(reports, func(r report.Report) bool { return r.Stream != reports[0].Stream }) {
		return ""
	}
	return reports[0].Stream
}

// levelOf is error for what was left undone, and warn for what somebody should look into if it
// goes on.
func levelOf(r report.Report) slog.Level {
	counts := emf.Of([]report.Report{r})
	switch {
	case counts[emf.Failures]+counts[emf.QuotaExceeded] > 0:
		return slog.LevelError
	case counts[emf.Throttled]+counts[emf.Refused]+counts[emf.UnknownOutcomes]+counts[emf.BadInput]+counts[emf.InvalidSettings]+counts[emf.HotKeySuspected]+counts[emf.AccountStale] > 0:
		return slog.LevelWarn
	}
	return slog.LevelInfo
}

// attributesOf returns a report's line: always the same keys, in the same order; what is empty
// is left out.
func attributesOf(r report.Report) []slog.Attr {
	attributes := []slog.Attr{slog.String("event", string(r.Event))}
	add := func(given bool, a slog.Attr) {
		if given {
			attributes = append(attributes, a)
		}
	}
	add(r.Stream != "", slog.String("stream_name", r.Stream))
	decided := len(r.Reasons) > 0
	add(decided || r.Direction != scaling.Hold, slog.String("direction", r.Direction.String()))
	add(r.OpenShards > 0, slog.Int("open_shards", r.OpenShards))
	add(r.Target > 0, slog.Int("target_shards", r.Target))
	add(decided, slog.Float64("utilization", r.Utilization))
	add(decided, slog.String("reason", r.Reasons.String()))
	add(decided, slog.Int("operations_24h", r.Operations))
	add(r.Fence > 0, slog.Int64("fence", r.Fence))
	add(!r.RetryAt.IsZero(), slog.Time("retry_at", r.RetryAt.UTC()))
	add(r.Detail != "", slog.String("detail", shortened(r.Detail)))
	add(r.HotKey != "", slog.String("hot_key", shortened(r.HotKey)))
	if len(r.Faults) > 0 {
		faults := make([]string, len(r.Faults))
		for i, fault := range r.Faults {
			faults[i] = shortened(fault.Error())
		}
		attributes = append(attributes, slog.Any("faults", faults))
	}
	return attributes
}

// maxDetail keeps what came from outside from filling the log.
const maxDetail = 1000

func shortened(text string) string {
	if len(text) <= maxDetail {
		return text
	}
	return text[:maxDetail] + "..."
}
