package app

import (
	"cmp"
	"context"
	"io"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/telemetry"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// Sink hears of each invocation what was done: the log and the metrics, or a notifier. It tells of
// its own failures itself: what has been done to the streams does not hang on them.
type Sink interface {
	Record(ctx context.Context, in report.Invocation)
}

// Function is what is the same for all Lambda functions: it runs the work of an invocation, and tells
// every sink what came of it.
type Function struct {
	Now       func() time.Time
	Sinks     []Sink
	Heartbeat bool // see [report.Invocation]
}

// NewFunction returns a function whose log lines and metrics go to out. Here is where another sink is
// added. It tells at once what is wrong with the stack's parameters.
func NewFunction(ctx context.Context, name string, out io.Writer, c Config, now func() time.Time) Function {
	log := telemetry.New(name, out, c.LogLevel, now)
	log.Dimension = cmp.Or(c.Function, name) // or the metrics of two stacks would be one
	log.StreamMetrics = c.StreamMetrics
	log.Started(ctx, c.DefaultsFault)
	return Function{Now: now, Sinks: []Sink{
		log,
	}}
}

// Invoke does the work of one invocation and tells the sinks of it. It returns what Lambda gets: nothing,
// and the error of the work, which is nil unless Lambda is to call again.
func (f Function) Invoke(ctx context.Context, requestID string, work func(context.Context) ([]report.Report, error)) ([]byte, error) {
	in := report.Invocation{RequestID: requestID, Started: f.Now(), Heartbeat: f.Heartbeat}
	noting, denied := withDenials(ctx)
	in.Reports, in.Err = work(noting)
	in.Denied = denied.noted()
	for _, sink := range f.Sinks {
		sink.Record(ctx, in)
	}
	return []byte("null"), in.Err
}
