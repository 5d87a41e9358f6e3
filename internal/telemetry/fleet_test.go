package telemetry

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/scaling/report"
)

func ofRun(t *testing.T, streamMetrics bool) (fleet map[string]any, lines string) {
	t.Helper()
	var out bytes.Buffer
	telemetry := New("reconciler", &out, slog.LevelInfo, noon)
	telemetry.StreamMetrics = streamMetrics
	reports := []report.Report{{Event: report.Paused}}
	for i := range 15 {
		state := report.State{OpenShards: 4, MaxShards: 8, OperationsLeft: 5, Utilization: float64(i) / 100}
		switch i {
		case 3:
			state.OpenShards = 8
		case 5:
			state.OpenShards, state.OperationsLeft = 8, 0
		}
		reports = append(reports, report.Report{Stream: fmt.Sprintf("s%02d", i), Event: report.Checked, State: state})
	}
	telemetry.Record(t.Context(), report.Invocation{Started: noon(), Heartbeat: true, Reports: reports})
	for line := range strings.Lines(out.String()) {
		fields := map[string]any{}
		if err := json.Unmarshal([]byte(line), &fields); err != nil {
			t.Fatal(err)
		}
		if fields["msg"] == "fleet" {
			fleet = fields
		}
	}
	return fleet, out.String()
}

// The line of a run has the totals, and names the worst first.
func TestTheLineOfARunNamesTheWorst(t *testing.T) {
	fleet, _ := ofRun(t, false)
	for name, want := range map[string]float64{"streams": 15, "open_shards": 68, "at_maximum": 2, "out_of_budget": 1, "hot_keys": 0} {
		if fleet[name] != want {
			t.Errorf("%s is %v, want %v", name, fleet[name], want)
		}
	}
	var names []string
	named, _ := fleet["worst"].([]any)
	for _, one := range named {
		fields, _ := one.(map[string]any)
		names = append(names, fmt.Sprint(fields["stream_name"]))
	}
	if diff := cmp.Diff([]string{"s05", "s03", "s14", "s13", "s12", "s11", "s10", "s09", "s08", "s07"}, names); diff != "" {
		t.Error(diff)
	}
}

func TestStreamsHaveMetricsOnlyWhereTheyAreWanted(t *testing.T) {
	for _, wanted := range []bool{false, true} {
		_, lines := ofRun(t, wanted)
		want := 0
		if wanted {
			want = 15
		}
		if got := strings.Count(lines, `"Dimensions":[["StreamName"]]`); got != want {
			t.Errorf("%v: metrics of %d streams, want %d", wanted, got, want)
		}
	}
}
