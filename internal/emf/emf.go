// Package emf writes an invocation's metrics as one log line in CloudWatch's embedded metric
// format, so that no call is made for them:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
// (read 2026-11).
//
// A custom metric costs $0.30 a month for each name and set of dimension values. So the one
// dimension is the function, and a metric is written only when it is not zero. What happened to
// one stream is found by its name, in the log lines.
package emf

import (
	"encoding/json"
	"fmt"
	"time"
)

// Namespace is the CloudWatch namespace of all metrics here.
const Namespace = "Shardkeeper"

// Dimension is the one dimension of all metrics here: the name of the function that wrote them, which has the
// name of its stack in it.
const Dimension = "Function"

// directive is the part of the line that tells CloudWatch which of its members are metrics.
type directive struct {
	Timestamp         int64 // milliseconds since 1970
	CloudWatchMetrics []metricSet
}

type metricSet struct {
	Namespace  string
	Dimensions [][]string
	Metrics    []definition
}

type definition struct {
	Name Metric
	Unit string
}

// Line returns the line that carries counts, without a line break. The properties are beside the
// metrics in the line and cost nothing; one with the name of a metric or of the dimension is lost.
// Metrics are written in the order of All, and unknown ones not at all.
func Line(function string, at time.Time, counts Counts, properties map[string]string) ([]byte, error) {
	line := make(map[string]any, len(counts)+len(properties)+2)
	for key, value := range properties {
		line[key] = value
	}
	line[Dimension] = function
	var definitions []definition
	for _, name := range All() {
		if value, counted := counts[name]; counted {
			definitions = append(definitions, definition{Name: name, Unit: "Count"})
			line[string(name)] = value
		}
	}
	line["_aws"] = directive{
		Timestamp: at.UnixMilli(),
		CloudWatchMetrics: []metricSet{{
			Namespace: Namespace, Dimensions: [][]string{{Dimension}}, Metrics: definitions,
		}},
	}
	text, err := json.Marshal(line)
	if err != nil {
		return nil, fmt.Errorf("write the metrics of %s: %w", function, err)
	}
	return text, nil
}
