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
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestOf(t *testing.T) {
	hold := func(code scaling.ReasonCode) scaling.Report {
		return scaling.Report{Event: scaling.EventHold, Reasons: scaling.Trail{{Code: scaling.Doubled}, {Code: code}}}
	}
	throttled := fmt.Errorf("update the alarms: %w", scaling.ErrThrottled)
	tests := []struct {
		name    string
		reports []scaling.Report
		want    emf.Counts
	}{
		{"nothing", nil, emf.Counts{}},
		{"well", []scaling.Report{{Event: scaling.EventChecked}, {Event: scaling.EventSettings}}, emf.Counts{}},
		{"up", []scaling.Report{{Event: scaling.EventOperation, Direction: scaling.Up}}, emf.Counts{emf.Operations: 1, emf.ScaleUps: 1}},
		{"down", []scaling.Report{{Event: scaling.EventOperation, Direction: scaling.Down}}, emf.Counts{emf.Operations: 1, emf.ScaleDowns: 1}},
		{"a refused scale-up is none", []scaling.Report{{Event: scaling.EventRefused, Direction: scaling.Up}}, emf.Counts{emf.Refused: 1}},
		{"everyday hold", []scaling.Report{hold(scaling.HoldCooldown)}, emf.Counts{emf.Holds: 1}},
		{"at its maximum", []scaling.Report{hold(scaling.HoldAtMaxShards)}, emf.Counts{emf.Holds: 1, emf.AtMaxShards: 1}},
		{
			"out of budget",
			[]scaling.Report{hold(scaling.HoldBudgetExhausted), hold(scaling.HoldShardQuota)},
			emf.Counts{emf.Holds: 2, emf.BudgetExhausted: 1, emf.ShardQuota: 1},
		},
		{
			"done, with a fault",
			[]scaling.Report{{Event: scaling.EventOperation, Direction: scaling.Up, Faults: []error{errors.New("x")}}},
			emf.Counts{emf.Operations: 1, emf.ScaleUps: 1, emf.Failures: 1},
		},
		{"waiting for a quota", []scaling.Report{{Event: scaling.EventFailed, Faults: []error{throttled}}}, emf.Counts{emf.Throttled: 1}},
		{"a quota and a fault", []scaling.Report{{Event: scaling.EventFailed, Faults: []error{throttled, errors.New("x")}}}, emf.Counts{emf.Failures: 1}},
		{"failed without a word", []scaling.Report{{Event: scaling.EventFailed}}, emf.Counts{emf.Failures: 1}},
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
	counts := emf.Of([]scaling.Report{
		{Event: scaling.EventOperation, Direction: scaling.Up},
		{Event: scaling.EventOperation, Direction: scaling.Down},
		{Event: scaling.EventBadInput},
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
