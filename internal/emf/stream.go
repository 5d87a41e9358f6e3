package emf

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// StreamDimension is the one dimension of the metrics of a stream: its name.
const StreamDimension = "StreamName"

// StreamMetric is the name of a metric of one stream.
type StreamMetric string

// The metrics of one stream. Each is a value of the reconciler's looks, which are some minutes apart.
const (
	StreamOpenShards     StreamMetric = "OpenShards"
	StreamMaxShards      StreamMetric = "MaxShards"
	StreamOperationsLeft StreamMetric = "OperationsLeft" // for scale-ups, in the rolling 24 hours
	StreamUtilization    StreamMetric = "Utilization"    // of what it can use, as last measured; absent when not known
	StreamAtMaximum      StreamMetric = "AtMaximum"      // 1 while the stream may not grow further, else 0: its average is the share of the time
)

// StreamMetrics returns every metric of one stream, in the order in which a line has them.
func StreamMetrics() []StreamMetric {
	return []StreamMetric{StreamOpenShards, StreamMaxShards, StreamOperationsLeft, StreamUtilization, StreamAtMaximum}
}

// StreamLine returns the line that carries a stream's metrics, without a line break.
func StreamLine(stream string, at time.Time, s report.State) ([]byte, error) {
	line := map[string]any{StreamDimension: stream}
	values := map[StreamMetric]float64{
		StreamOpenShards: float64(s.OpenShards), StreamMaxShards: float64(s.MaxShards), StreamOperationsLeft: float64(s.OperationsLeft), StreamAtMaximum: 0,
	}
	if s.AtMaximum() {
		values[StreamAtMaximum] = 1
	}
	if s.Utilization > 0 {
		values[StreamUtilization] = s.Utilization
	}
	var definitions []definition
	for _, name := range StreamMetrics() {
		if value, given := values[name]; given {
			definitions = append(definitions, definition{Name: Metric(name), Unit: "None"})
			line[string(name)] = value
		}
	}
	line["_aws"] = directive{
		Timestamp:         at.UnixMilli(),
		CloudWatchMetrics: []metricSet{{Namespace: Namespace, Dimensions: [][]string{{StreamDimension}}, Metrics: definitions}},
	}
	text, err := json.Marshal(line)
	if err != nil {
		return nil, fmt.Errorf("write the metrics of stream %s: %w", stream, err)
	}
	return text, nil
}
