package inspect

import (
	"context"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Metrics is the part of CloudWatch that a live look needs.
type Metrics interface {
	Latest(ctx context.Context, streams []string, from, to time.Time) (map[string]scaling.Traffic, error)
}

// liveSpan is how far back a live look goes: Kinesis' metrics are seen within three minutes.
const liveSpan = 5 * time.Minute

// Live replaces how full the streams of rows were by how full they are, as CloudWatch has it now. A stream of which
// CloudWatch has no minute is empty, as Kinesis tells no metrics of what nobody writes to.
func Live(ctx context.Context, metrics Metrics, rows []Row, now time.Time) error {
	names := make([]string, len(rows))
	for i, r := range rows {
		names[i] = r.Stream
	}
	to := now.Truncate(time.Minute)
	traffic, err := metrics.Latest(ctx, names, to.Add(-liveSpan), to)
	if err != nil {
		return err
	}
	for i := range rows {
		r := &rows[i]
		summary := scaling.Summary{Status: scaling.StatusActive, OpenShards: r.OpenShards}
		d := scaling.Decide(now, scaling.Settings{ThrottledShare: r.throttledShare}, scaling.Observation{Stream: summary, Traffic: traffic[r.Stream]}, nil)
		r.Measured = ledger.Measured{At: now, Utilization: d.Utilization, Limit: d.Limit}
	}
	return nil
}
