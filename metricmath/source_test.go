package metricmath

import (
	"math"
	"strings"
	"testing"
	"time"
)

// maker gives the metric that a test made.
type maker func() Metric

func (m maker) Metric(MetricName) Metric { return m() }

// pointerMetrics may be a nil pointer.
type pointerMetrics struct{ maker }

// TestMissingMetricsAreErrors: a metric that is nil, also a nil ring from a map
// without it, and a ring that forgets what the alarm looks at, are errors of all
// calls that take metrics, never a panic.
func TestMissingMetricsAreErrors(t *testing.T) {
	d := metricAlarm(3, 0, TreatMissing) // looks at 5 minutes
	tests := []struct {
		name    string
		metrics Metrics
		want    string
	}{
		{"no metrics", nil, "metrics is nil"},
		{"nil metrics", (*pointerMetrics)(nil), "metrics is nil"},
		{"no metric", maker(func() Metric { return nil }), `metric "m1" of "Test": there is no such metric`},
		{"nil ring", maker(func() Metric { return (*Ring)(nil) }), "there is no such metric"},
		{"zero ring", maker(func() Metric { return new(Ring) }), "its ring remembers 0 minutes and 5 are looked at"},
		{"short ring", maker(func() Metric { return NewRing(4) }), "its ring remembers 4 minutes and 5 are looked at"},
		{"shortest ring", maker(func() Metric { return NewRing(-1) }), "its ring remembers 1 minute and 5 are looked at"},
	}
	for _, tt := range tests {
		if _, err := New(d, tt.metrics, 0); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: New gave %v, want %q", tt.name, err, tt.want)
		}
		if _, err := Evaluate(d, tt.metrics, start, OK); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: Evaluate gave %v, want %q", tt.name, err, tt.want)
		}
		if tt.metrics == nil || tt.name == "nil metrics" {
			continue
		}
		inputs := map[string]Input{"m1": {tt.metrics.Metric(MetricName{}), Sum}}
		if _, err := Compute("m1", inputs, minutes(5)); err == nil {
			t.Errorf("%s: Compute took it", tt.name)
		}
	}
	// A definition that looks back further needs a longer ring, also in Put.
	a := newAlarm(t, d, maker(func() Metric { return NewRing(5) }), 0)
	d.EvaluationPeriods = 7
	if err := a.Put(d); err == nil || !strings.Contains(err.Error(), "remembers 8 minutes and 9 are") {
		t.Errorf("Put gave %v", err)
	}
	if _, changed := a.Evaluate(at(5)); changed || a.Definition().EvaluationPeriods != 3 {
		t.Error("a refused definition changed the alarm")
	}
}

func TestZeroRingsDoNotPanic(t *testing.T) {
	var ring Ring
	if _, ok := ring.At(0); ok {
		t.Error("a zero ring holds a sample")
	}
	ring.Put(7, Value(1))
	if s, ok := ring.At(7); !ok || s.Sum != 1 {
		t.Errorf("the sample of minute 7 is %v, %v", s, ok)
	}
	if huge := NewRing(math.MaxInt); len(huge.slots) != maxRing {
		t.Errorf("the longest ring has %d minutes", len(huge.slots))
	}
}

func TestRecorded(t *testing.T) {
	s := Recorded(start.Add(30*time.Second), 5, math.NaN(), -1)
	for minute, want := range map[int64]point{-1: {}, 0: {5, true}, 1: {}, 2: {-1, true}, 3: {}} {
		if sample, ok := s.At(Minute(start) + minute); ok != want.ok || sample.Sum != want.value {
			t.Errorf("minute %d: %v, %v, want %v", minute, sample, ok, want)
		}
	}
	if _, ok := Samples(nil).At(0); ok {
		t.Error("nil has a sample")
	}
}
