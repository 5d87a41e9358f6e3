package metricmath

import (
	"strconv"
	"testing"
	"time"
)

// useAlarm is an alarm on the use of a capacity of four units: bytes
// and records against the limits of a unit, and refused records as
// full. It watches over three metrics.
func useAlarm(period time.Duration, n, m int, operator ComparisonOperator, threshold float64) Definition {
	return Definition{
		Queries: []Query{
			metricQuery("m1", period), metricQuery("m2", period), metricQuery("m3", period),
			expressionQuery("s1", "4"),
			expressionQuery("e1", "m1/(1048576*PERIOD(m1)*s1)"),
			expressionQuery("e2", "m2/(1000*PERIOD(m2)*s1)"),
			expressionQuery("e3", "IF(FILL(m3,0) > 0.01*(m2+m3), 1, 0)"),
			returned(expressionQuery("e4", "MAX([e1,e2,e3])")),
		},
		Threshold: threshold, ComparisonOperator: operator, EvaluationPeriods: n, DatapointsToAlarm: m,
		TreatMissingData: TreatMissing,
	}
}

const twoWeeks = 14 * 24 * 60 // minutes

// fillMinute puts a day's rise and fall, with a minute with refusals now and then.
func fillMinute(metrics namedMetrics, minute int64) {
	level := float64(minute%1440) / 1440
	level = 1 - 4*(level-0.5)*(level-0.5)
	metrics.put("m1", minute, 4*60*1048576*level)
	metrics.put("m2", minute, 4*60*900*level)
	if minute%97 == 0 {
		metrics.put("m3", minute, 4*60*50*level)
	}
}

func twoAlarms(tb testing.TB, metrics Metrics) (up, down *Alarm) {
	tb.Helper()
	up, err := New(useAlarm(time.Minute, 5, 3, GreaterThanOrEqualToThreshold, 0.75), metrics, time.Minute)
	if err != nil {
		tb.Fatal(err)
	}
	down, err = New(useAlarm(5*time.Minute, 60, 57, LessThanThreshold, 0.25), metrics, time.Minute)
	if err != nil {
		tb.Fatal(err)
	}
	return up, down
}

// BenchmarkTwoWeeks evaluates an up and a down alarm every minute for two weeks.
// The number of units, and with it both definitions, changes every hour.
func BenchmarkTwoWeeks(b *testing.B) {
	changes := 0
	for b.Loop() {
		metrics := namedMetrics{}
		up, down := twoAlarms(b, metrics)
		definitions := [2]Definition{up.Definition(), down.Definition()}
		for minute := range int64(twoWeeks) {
			fillMinute(metrics, minute)
			now := time.Unix(minute*60+60, 0)
			if minute%60 == 0 {
				units := strconv.FormatInt(4+minute/60%3, 10)
				definitions[0].Queries[3].Expression = units
				definitions[1].Queries[3].Expression = units
				if err := up.Put(definitions[0]); err != nil {
					b.Fatal(err)
				}
				if err := down.Put(definitions[1]); err != nil {
					b.Fatal(err)
				}
			}
			if _, changed := up.Evaluate(now); changed {
				changes++
			}
			if _, changed := down.Evaluate(now); changed {
				changes++
			}
		}
	}
	b.ReportMetric(float64(changes)/float64(b.N), "changes/op")
}

// longAlarm looks at a day of minutes.
func longAlarm(expression string) Definition {
	return Definition{
		Queries:   []Query{metricQuery("m1", time.Minute), metricQuery("m2", time.Minute), returned(expressionQuery("e1", expression))},
		Threshold: 1e9, ComparisonOperator: GreaterThanThreshold, EvaluationPeriods: 1440,
	}
}

// follow evaluates an alarm every minute for two weeks.
func follow(tb testing.TB, d Definition, metrics Metrics) time.Duration {
	tb.Helper()
	a, err := New(d, metrics, time.Minute)
	if err != nil {
		tb.Fatal(err)
	}
	began := time.Now()
	for minute := range int64(twoWeeks) {
		a.Evaluate(time.Unix(minute*60+60, 0))
	}
	return time.Since(began)
}

// sparse has two weeks of minutes, one in three without a value.
func sparse() Metrics {
	samples := Samples{}
	for minute := range int64(twoWeeks) {
		if minute%3 != 0 {
			samples[minute] = Value(float64(minute % 1440))
		}
	}
	return maker(func() Metric { return samples })
}

// BenchmarkLongWindow sets what looks at other points against what does not, in
// one run: "x pointwise" is how many times as long it takes.
func BenchmarkLongWindow(b *testing.B) {
	metrics := sparse()
	for _, expression := range []string{
		"FILL(m1, REPEAT)", "FILL(m1, REPEAT) / (60 * 4)", "FILL(m1, LINEAR)", "RATE(m1)", "FILL(RATE(m1), REPEAT)", "m1 / MAX(m1)",
	} {
		b.Run(expression, func(b *testing.B) {
			var pointwise, this time.Duration
			for b.Loop() {
				pointwise += follow(b, longAlarm("FILL(m1, 0) / (60 * 4)"), metrics)
				this += follow(b, longAlarm(expression), metrics)
			}
			b.ReportMetric(this.Seconds()/pointwise.Seconds(), "x-pointwise")
			b.ReportMetric(float64(this.Milliseconds())/float64(b.N), "ms")
		})
	}
}

// countingMetric counts how often a metric is asked.
type countingMetric struct {
	Metric
	asked *int
}

func (c countingMetric) At(minute int64) (Sample, bool) { *c.asked++; return c.Metric.At(minute) }

// TestLongWindowsAreIncremental: after the first minute an evaluation asks for
// the minutes that are new or not final, however long the window is.
func TestLongWindowsAreIncremental(t *testing.T) {
	for _, expression := range []string{
		"FILL(m1, 0)", "FILL(m1, REPEAT)", "FILL(m1, LINEAR)", "DIFF(m1)", "RATE(m1)", "FILL(RATE(FILL(m1, LINEAR)), REPEAT)", "m1 / MAX(m1)",
	} {
		asked := 0
		metrics := maker(func() Metric { return countingMetric{sparse().Metric(MetricName{}), &asked} })
		a := newAlarm(t, longAlarm(expression), metrics, time.Minute)
		a.Evaluate(time.Unix(5000*60, 0))
		asked = 0
		for minute := range int64(1000) {
			a.Evaluate(time.Unix((5001+minute)*60, 0))
		}
		if asked > 6*1000 {
			t.Errorf("%s: 1000 evaluations asked for %d minutes, want at most 6 each", expression, asked)
		}
	}
}

func TestEvaluateAllocatesNothing(t *testing.T) {
	metrics := namedMetrics{}
	up, down := twoAlarms(t, metrics)
	whole := newAlarm(t, func() Definition {
		d := up.Definition()
		d.Queries[7].Expression = "FILL(MAX([e1,e2,e3]), REPEAT) / MAX(m1)"
		return d
	}(), metrics, 0)
	minute := int64(700) // the middle of a day: no alarm changes
	for m := range int64(twoWeeks) {
		fillMinute(metrics, m)
	}
	allocations := testing.AllocsPerRun(20, func() {
		minute++
		for _, a := range []*Alarm{up, down, whole} {
			a.Evaluate(time.Unix(minute*60, 0))
		}
	})
	if allocations != 0 {
		t.Errorf("three evaluations allocate %v times, want 0", allocations)
	}
}
