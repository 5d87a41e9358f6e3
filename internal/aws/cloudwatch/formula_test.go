package cloudwatch_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/internal/aws/cloudwatch"
	"github.com/shardkeeper/shardkeeper/metricmath"
	"github.com/shardkeeper/shardkeeper/scaling"
)

var update = flag.Bool("update", false, "write the golden files anew")

func directions() []scaling.Direction { return []scaling.Direction{scaling.Up, scaling.Down} }

// wantOf returns what the alarms of the stream "orders" are made for, with settings that the golden
// files show, whatever the defaults are, after some changes.
func wantOf(open int, changes ...func(*scaling.Settings)) scaling.AlarmWant {
	s := scaling.Defaults(scaling.DoubleHalve)
	s.ScaleUpThreshold, s.ScaleDownThreshold, s.ThrottledShare, s.IteratorAgeMinutes = 0.75, 0.25, 0.01, 30
	s.ScaleUpAlarm = scaling.AlarmWindow{PeriodMinutes: 1, EvaluationPeriods: 5, DatapointsToAlarm: 3}
	s.ScaleDownAlarm = scaling.AlarmWindow{PeriodMinutes: 5, EvaluationPeriods: 12, DatapointsToAlarm: 11}
	for _, change := range changes {
		change(&s)
	}
	return scaling.AlarmWant{Stream: "orders", OpenShards: open, Settings: s}
}

// using is what alarms are made for where the stream can use a share of its nominal capacity.
func using(usable float64, want scaling.AlarmWant) scaling.AlarmWant {
	want.Usable = usable
	return want
}

// suspected is what alarms are made for where a hot key is suspected.
func suspected(want scaling.AlarmWant) scaling.AlarmWant {
	want.HotKey = true
	return want
}

func from8To64(s *scaling.Settings) { s.MinShards, s.MaxShards = 8, 64 }

// The golden files are what people see in the console.
func TestFormulaGolden(t *testing.T) {
	tests := map[string]scaling.AlarmWant{
		"defaults":           wantOf(4),
		"one-shard":          wantOf(1),
		"at-min-shards":      wantOf(8, from8To64),
		"below-min-shards":   wantOf(4, from8To64),
		"at-max-shards":      wantOf(64, from8To64),
		"above-max-shards":   wantOf(100, from8To64),
		"lag-does-not-count": wantOf(4, func(s *scaling.Settings) { s.IteratorAgeMinutes = 0; s.FanOutConsumers = "billing" }),
		"fan-out-consumers":  wantOf(10_000, func(s *scaling.Settings) { s.FanOutConsumers = "billing search audit fraud ml" }),
		"hot-key":            suspected(using(0.76, wantOf(40))),
		"usable-share":       using(0.76, wantOf(40)),
		"usable-share-and-a-nominal-threshold": using(0.76, wantOf(40, func(s *scaling.Settings) {
			s.NominalThresholds = scaling.NominalUp
		})),
		"small-numbers-long-periods": wantOf(4, func(s *scaling.Settings) {
			s.ThrottledShare, s.ScaleUpThreshold, s.ScaleDownThreshold = 0.0000001, 0.9, 0.1
			s.ScaleUpAlarm = scaling.AlarmWindow{PeriodMinutes: 5, EvaluationPeriods: 5, DatapointsToAlarm: 5}
			s.ScaleDownAlarm = scaling.AlarmWindow{PeriodMinutes: 60, EvaluationPeriods: 24, DatapointsToAlarm: 24}
		}),
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			if err := want.Settings.Validate(); err != nil {
				t.Fatal(err)
			}
			var text strings.Builder
			for _, dir := range directions() {
				fmt.Fprintf(&text, "%s\n%s\n%s\n", scaling.AlarmName(want.Stream, dir), cloudwatch.Description(want, dir, table), render(cloudwatch.Definition(want, dir)))
			}
			golden(t, filepath.Join("testdata", name+".golden"), text.String())
		})
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; go test -update writes it", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs; go test -update writes it anew:\n%s", path, diff)
	}
}

// render writes a definition as a table.
func render(d metricmath.Definition) string {
	var b strings.Builder
	for _, q := range d.Queries {
		mark, what := " ", q.Expression
		if q.ReturnData {
			mark = "*"
		}
		if m := q.MetricStat; m != nil {
			what = fmt.Sprintf("%s of %s %s %v per %s", m.Stat, m.Metric.Namespace, m.Metric.Name, m.Metric.Dimensions, m.Period)
		}
		fmt.Fprintf(&b, "%s %-2s  %-40s %s\n", mark, q.ID, q.Label, what)
	}
	fmt.Fprintf(&b, "%s %.12g, %d of %d, missing data: %s\n", d.ComparisonOperator, d.Threshold, d.DatapointsToAlarm, d.EvaluationPeriods, d.TreatMissingData)
	return b.String()
}

func TestDefinitionOfHoldIsNone(t *testing.T) {
	if got := cloudwatch.Definition(wantOf(4), scaling.Hold); len(got.Queries) != 0 {
		t.Errorf("Definition = %+v, want none", got)
	}
	if got := cloudwatch.Description(wantOf(4), scaling.Hold, table); got != "" {
		t.Errorf("Description = %q, want none", got)
	}
}

// The predecessor wrote its alarms with a period of five minutes, whatever was set.
func TestThePeriodIsTheOneThatIsSet(t *testing.T) {
	for _, period := range []int{1, 3, 60} {
		want := wantOf(4, func(s *scaling.Settings) {
			s.ScaleUpAlarm.PeriodMinutes, s.ScaleDownAlarm.PeriodMinutes = period, period
		})
		for _, dir := range directions() {
			for _, q := range cloudwatch.Definition(want, dir).Queries {
				if q.MetricStat != nil && q.MetricStat.Period.Minutes() != float64(period) {
					t.Errorf("%s: %s has period %s, want %d minutes", dir, q.ID, q.MetricStat.Period, period)
				}
			}
		}
	}
}

// A scale-up alarm that one datapoint sets off looks back three minutes, since metrics come late; one that wants more looks at what was
// set.
func TestTheScaleUpAlarmLooksBack(t *testing.T) {
	for window, want := range map[scaling.AlarmWindow]int{
		{PeriodMinutes: 1, EvaluationPeriods: 1, DatapointsToAlarm: 1}: 3,
		{PeriodMinutes: 1, EvaluationPeriods: 2, DatapointsToAlarm: 1}: 3,
		{PeriodMinutes: 1, EvaluationPeriods: 5, DatapointsToAlarm: 1}: 5,
		{PeriodMinutes: 1, EvaluationPeriods: 2, DatapointsToAlarm: 2}: 2,
		{PeriodMinutes: 2, EvaluationPeriods: 1, DatapointsToAlarm: 1}: 1,
		{PeriodMinutes: 5, EvaluationPeriods: 1, DatapointsToAlarm: 1}: 1,
	} {
		wanted := wantOf(4, func(s *scaling.Settings) { s.ScaleUpAlarm = window })
		got := cloudwatch.Definition(wanted, scaling.Up)
		if got.EvaluationPeriods != want || got.DatapointsToAlarm != window.DatapointsToAlarm {
			t.Errorf("%v: %d of %d datapoints, want of %d", window, got.DatapointsToAlarm, got.EvaluationPeriods, want)
		}
		if text := cloudwatch.Description(wanted, scaling.Up, table); !strings.Contains(text, fmt.Sprintf("%d of %d datapoints", window.DatapointsToAlarm, want)) {
			t.Errorf("%v is described as %q", window, text)
		}
	}
}
