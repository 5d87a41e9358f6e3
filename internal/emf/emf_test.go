package emf_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/internal/emf"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestOf(t *testing.T) {
	hold := func(code scaling.ReasonCode) report.Report {
		return report.Report{Event: report.Hold, Reasons: scaling.Trail{{Code: scaling.Doubled}, {Code: code}}}
	}
	throttled := fmt.Errorf("update the alarms: %w", scaling.ErrThrottled)
	tests := []struct {
		name    string
		reports []report.Report
		want    emf.Counts
	}{
		{"nothing", nil, emf.Counts{}},
		{"well", []report.Report{{Event: report.Checked}, {Event: report.Settings}}, emf.Counts{}},
		{"up", []report.Report{{Event: report.Operation, Direction: scaling.Up}}, emf.Counts{emf.Operations: 1, emf.ScaleUps: 1}},
		{"down", []report.Report{{Event: report.Operation, Direction: scaling.Down}}, emf.Counts{emf.Operations: 1, emf.ScaleDowns: 1}},
		{"a refused scale-up is none", []report.Report{{Event: report.Refused, Direction: scaling.Up}}, emf.Counts{emf.Refused: 1}},
		{"everyday hold", []report.Report{hold(scaling.HoldCooldown)}, emf.Counts{emf.Holds: 1}},
		{"at its maximum", []report.Report{hold(scaling.HoldAtMaxShards)}, emf.Counts{emf.Holds: 1, emf.AtMaxShards: 1}},
		{
			"out of budget",
			[]report.Report{hold(scaling.HoldBudgetExhausted), hold(scaling.HoldShardQuota)},
			emf.Counts{emf.Holds: 2, emf.BudgetExhausted: 1, emf.ShardQuota: 1},
		},
		{
			"done, with a fault",
			[]report.Report{{Event: report.Operation, Direction: scaling.Up, Faults: []error{errors.New("x")}}},
			emf.Counts{emf.Operations: 1, emf.ScaleUps: 1, emf.Failures: 1},
		},
		{"waiting for a quota", []report.Report{{Event: report.Failed, Faults: []error{throttled}}}, emf.Counts{emf.Throttled: 1}},
		{"a quota and a fault", []report.Report{{Event: report.Failed, Faults: []error{throttled, errors.New("x")}}}, emf.Counts{emf.Failures: 1}},
		{"no alarms left", []report.Report{{Event: report.Failed, Faults: []error{throttled, fmt.Errorf("alarms: %w", scaling.ErrLimitExceeded)}}}, emf.Counts{emf.QuotaExceeded: 1}},
		{"no alarms left, and a fault", []report.Report{{Event: report.Failed, Faults: []error{scaling.ErrLimitExceeded, errors.New("x")}}}, emf.Counts{emf.Failures: 1}},
		{
			"a hot key, whatever was decided",
			[]report.Report{{Event: report.Hold, HotKey: "x"}, {Event: report.Operation, Direction: scaling.Down, HotKey: "y"}, hold(scaling.HoldHotKey)},
			emf.Counts{emf.HotKeySuspected: 2, emf.Holds: 2, emf.Operations: 1, emf.ScaleDowns: 1},
		},
		{"failed without a word", []report.Report{{Event: report.Failed}}, emf.Counts{emf.Failures: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, emf.Of(tt.reports)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEveryMetricIsListedOnceAndWritten(t *testing.T) {
	counts := emf.Counts{}
	for i, name := range emf.All() {
		if _, twice := counts[name]; twice {
			t.Errorf("%s is listed twice", name)
		}
		counts[name] = i
	}
	text, err := emf.Line("scaler", time.UnixMilli(0), counts, nil)
	if err != nil {
		t.Fatal(err)
	}
	line := map[string]any{}
	if err := json.Unmarshal(text, &line); err != nil {
		t.Fatal(err)
	}
	for name, value := range counts {
		if line[string(name)] != float64(value) {
			t.Errorf("%s = %v, want %d", name, line[string(name)], value)
		}
	}
}

func TestLineGolden(t *testing.T) {
	counts := emf.Of([]report.Report{
		{Event: report.Operation, Direction: scaling.Up},
		{Event: report.Operation, Direction: scaling.Down},
		{Event: report.BadInput},
	})
	counts[emf.Due] = 0 // a heartbeat is written at zero
	counts["NoMetric"] = 7
	text, err := emf.Line("scaler", time.Date(2026, 11, 23, 9, 0, 0, int(250*time.Millisecond), time.UTC), counts,
		map[string]string{"request_id": "4f1d\n\"", "Operations": "lost", "Function": "lost"})
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "line.golden.json")
	if *update {
		if err := os.WriteFile(golden, append(text, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(text)+"\n"); diff != "" {
		t.Error(diff)
	}
}
