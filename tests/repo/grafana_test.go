package repo_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/shardkeeper/shardkeeper/internal/emf"
)

// grafana is the part of a dashboard of Grafana that is checked.
type grafana struct {
	Title      string
	Templating struct {
		List []struct{ Name string }
	}
	Panels []struct {
		Title   string
		GridPos struct{ X, Y, W, H int }
		Targets []struct {
			RefID      string
			Namespace  string
			MetricName string
			Statistic  string
			Dimensions map[string]string
		}
	}
}

// kinesisMetrics are those of AWS/Kinesis by stream that the dashboard may show.
// https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html (read 2026-11)
func kinesisMetrics() map[string]bool {
	return map[string]bool{
		"IncomingBytes": true, "IncomingRecords": true, "WriteProvisionedThroughputExceeded": true, "GetRecords.IteratorAgeMilliseconds": true,
	}
}

// Every query of the Grafana dashboard is of a metric that is written, with its own dimension, and every metric of a
// stream is shown.
func TestGrafanaShowsMetricsThatAreWritten(t *testing.T) {
	text, err := os.ReadFile("docs/grafana/shardkeeper.json")
	if err != nil {
		t.Fatal(err)
	}
	var dashboard grafana
	if err := json.Unmarshal(text, &dashboard); err != nil {
		t.Fatal(err)
	}
	ofFunction, ofStream := map[string]bool{}, map[string]bool{}
	for _, metric := range emf.All() {
		ofFunction[string(metric)] = true
	}
	for _, metric := range emf.StreamMetrics() {
		ofStream[string(metric)] = true
	}
	functions := map[string]bool{"${stack}-scaler": true, "${stack}-enroller": true, "${stack}-reconciler": true}
	shown, taken := map[string]bool{}, map[[2]int]string{}
	for _, panel := range dashboard.Panels {
		if panel.Title == "" || len(panel.Targets) == 0 {
			t.Errorf("a panel without a title or a query: %+v", panel)
		}
		for x := panel.GridPos.X; x < panel.GridPos.X+panel.GridPos.W; x++ {
			if other := taken[[2]int{x, panel.GridPos.Y}]; other != "" {
				t.Errorf("%q lies on %q", panel.Title, other)
			}
			taken[[2]int{x, panel.GridPos.Y}] = panel.Title
		}
		refs := map[string]bool{}
		for _, q := range panel.Targets {
			function, byFunction := q.Dimensions[emf.Dimension]
			stream, byStream := q.Dimensions[emf.StreamDimension]
			switch {
			case len(q.Dimensions) != 1 || refs[q.RefID] || q.Statistic == "":
				t.Errorf("%q: query %+v", panel.Title, q)
			case q.Namespace == emf.Namespace && byFunction && functions[function] && ofFunction[q.MetricName]:
			case q.Namespace == emf.Namespace && byStream && stream == "$stream" && ofStream[q.MetricName]:
				shown[q.MetricName] = true
			case q.Namespace == "AWS/Kinesis" && byStream && stream == "$stream" && kinesisMetrics()[q.MetricName]:
			default:
				t.Errorf("%q: nothing writes %s %s %v", panel.Title, q.Namespace, q.MetricName, q.Dimensions)
			}
			refs[q.RefID] = true
		}
	}
	for metric := range ofStream {
		if !shown[metric] {
			t.Errorf("%s of a stream is nowhere shown", metric)
		}
	}
	for _, variable := range dashboard.Templating.List {
		if !strings.Contains(string(text), "${"+variable.Name+"}") && !strings.Contains(string(text), "$"+variable.Name) {
			t.Errorf("variable %s is not used", variable.Name)
		}
	}
}
