package telemetry

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

var update = flag.Bool("update", false, "write the golden files anew")

func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

// A line of each kind, without the time that slog writes.
func TestRecordGolden(t *testing.T) {
	var out bytes.Buffer
	telemetry := New("scaler", &out, slog.LevelInfo, noon)
	throttled := fmt.Errorf("update the alarms of orders: %w", scaling.ErrThrottled)
	telemetry.Record(t.Context(), report.Invocation{
		RequestID: "8d3c", Started: noon().Add(-412 * time.Millisecond),
		Reports: []report.Report{
			{
				Stream: "orders", Event: report.Operation, Direction: scaling.Up, OpenShards: 2, Target: 4, Utilization: 0.91,
				Reasons:    scaling.Trail{{Code: scaling.UtilizationMeasured, Detail: "0.91 of bytes"}, {Code: scaling.Doubled}},
				Operations: 3, Fence: 12, Faults: []error{throttled},
			},
			{
				Stream: "clicks", Event: report.Hold, OpenShards: 8, Target: 8, Utilization: 0.1, Operations: 10, Fence: 40,
				Reasons: scaling.Trail{{Code: scaling.HoldBudgetExhausted, Detail: "10 of 10 operations used"}}, RetryAt: noon().Add(time.Hour),
			},
			{Stream: "calm", Event: report.Checked, OpenShards: 1},
			{Event: report.BadInput, Detail: strings.Repeat("x", 1200)},
			{Stream: "broken", Event: report.Failed, Faults: []error{errors.New("access denied")}},
		},
		Err: errors.New("handle alarm broken-scale-up: access denied"),
	})
	telemetry.Started(t.Context(), errors.New("the stack's defaults cannot be used: max-shards: \"many\" is not a whole number"))
	telemetry.Started(t.Context(), nil)
	got := regexp.MustCompile(`"time":"[^"]*",`).ReplaceAll(out.Bytes(), nil)
	golden := filepath.Join("testdata", "telemetry.golden.jsonl")
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Error(diff)
	}
}

// A hot key that is suspected from now on is told in a line that warns, whatever was decided.
func TestASuspectedHotKeyIsAWarning(t *testing.T) {
	for _, r := range []report.Report{
		{Stream: "orders", Event: report.Hold, HotKey: "10 % refused"},
		{Stream: "orders", Event: report.Operation, Direction: scaling.Up, HotKey: "10 % refused"},
	} {
		var out bytes.Buffer
		New("scaler", &out, slog.LevelWarn, noon).Record(t.Context(), report.Invocation{Started: noon(), Reports: []report.Report{r}})
		line, _, _ := strings.Cut(out.String(), "\n")
		for _, want := range []string{`"level":"WARN"`, `"hot_key":"10 % refused"`, `"stream_name":"orders"`} {
			if !strings.Contains(line, want) {
				t.Errorf("%s: %s lacks %s", r.Event, line, want)
			}
		}
	}
}

func TestMetricsAreWrittenAtEveryLogLevel(t *testing.T) {
	var out bytes.Buffer
	New("scaler", &out, slog.LevelError, noon).Record(t.Context(), report.Invocation{
		Started: noon(), Reports: []report.Report{{Stream: "orders", Event: report.Hold}},
	})
	if text := out.String(); strings.Count(text, "\n") != 1 || !strings.Contains(text, `"Holds":1`) || !strings.Contains(text, `"stream_name":"orders"`) {
		t.Errorf("want the metrics' line alone:\n%s", text)
	}
}

func TestNothingToTellIsOneLine(t *testing.T) {
	var out bytes.Buffer
	New("enroller", &out, slog.LevelInfo, noon).Record(t.Context(), report.Invocation{
		Started: noon(), Reports: []report.Report{{Stream: "orders", Event: report.Checked}},
	})
	if text := out.String(); strings.Count(text, "\n") != 1 || !strings.Contains(text, `"events":{"checked":1}`) {
		t.Errorf("want the summary alone:\n%s", text)
	}
}
