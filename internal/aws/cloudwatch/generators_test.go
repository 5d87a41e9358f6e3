package cloudwatch_test

// Settings, shards and metrics drawn at random, and what an alarm makes of them.

import (
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/internal/aws/cloudwatch"
	"github.com/shardkeeper/shardkeeper/metricmath"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// noon is when the alarms are evaluated.
func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

// metrics holds one series for each metric, by name and, if it has one, consumer.
type metrics map[string]*metricmath.Ring

func (m metrics) Metric(name metricmath.MetricName) metricmath.Metric { return m.ring(key(name)) }

func (m metrics) ring(key string) *metricmath.Ring {
	if m[key] == nil {
		m[key] = metricmath.NewRing(2 * 1440)
	}
	return m[key]
}

func key(name metricmath.MetricName) string {
	k := name.Name
	for _, d := range name.Dimensions {
		if d.Name == "ConsumerName" {
			k += "/" + d.Value
		}
	}
	return k
}

// put stores a value for a minute some minutes before noon: 1 is the newest one that is over.
func (m metrics) put(key string, ago int, v float64) {
	m.ring(key).Put(metricmath.Minute(noon())-int64(ago), metricmath.Value(v))
}

const (
	bytesIn   = "IncomingBytes"
	recordsIn = "IncomingRecords"
	throttled = "WriteProvisionedThroughputExceeded"
	age       = "GetRecords.IteratorAgeMilliseconds"
	fanOut    = "SubscribeToShardEvent.MillisBehindLatest"
)

type tester interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

// evaluated returns the outcome of an alarm at noon that was OK before.
func evaluated(t tester, want scaling.AlarmWant, dir scaling.Direction, m metrics) metricmath.Result {
	t.Helper()
	r, err := metricmath.Evaluate(cloudwatch.Definition(want, dir), m, noon(), metricmath.OK)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// reading returns what an alarm reads for its newest period, and whether it reads anything.
func reading(t tester, want scaling.AlarmWant, dir scaling.Direction, m metrics) (float64, bool) {
	t.Helper()
	r := evaluated(t, want, dir, m)
	window := want.Settings.ScaleUpAlarm
	if dir == scaling.Down {
		window = want.Settings.ScaleDownAlarm
	}
	period := time.Duration(window.PeriodMinutes) * time.Minute
	for _, d := range r.Datapoints {
		if d.Start.Equal(noon().Add(-period)) {
			return d.Value, true
		}
	}
	return 0, false
}

func anyWindow() *rapid.Generator[scaling.AlarmWindow] {
	return rapid.Custom(func(t *rapid.T) scaling.AlarmWindow {
		w := scaling.AlarmWindow{PeriodMinutes: rapid.IntRange(1, 60).Draw(t, "period")}
		w.EvaluationPeriods = rapid.IntRange(1, 24*60/w.PeriodMinutes).Draw(t, "periods")
		w.DatapointsToAlarm = rapid.IntRange(1, w.EvaluationPeriods).Draw(t, "datapoints")
		return w
	})
}

// shortWindow is one that a test fills minute by minute without taking long.
func shortWindow() *rapid.Generator[scaling.AlarmWindow] {
	return rapid.Custom(func(t *rapid.T) scaling.AlarmWindow {
		n := rapid.IntRange(1, 12).Draw(t, "periods")
		return scaling.AlarmWindow{PeriodMinutes: rapid.IntRange(1, 5).Draw(t, "period"), EvaluationPeriods: n, DatapointsToAlarm: rapid.IntRange(1, n).Draw(t, "datapoints")}
	})
}

// anyWant draws valid settings, and shards that may lie outside of their bounds.
func anyWant(window *rapid.Generator[scaling.AlarmWindow]) *rapid.Generator[scaling.AlarmWant] {
	return rapid.Custom(func(t *rapid.T) scaling.AlarmWant {
		s := scaling.Defaults(rapid.SampledFrom([]scaling.Policy{scaling.DoubleHalve, scaling.TargetTracking}).Draw(t, "policy"))
		s.MinShards = rapid.IntRange(1, scaling.MaxStreamShards).Draw(t, "min")
		s.MaxShards = rapid.IntRange(s.MinShards, scaling.MaxStreamShards).Draw(t, "max")
		s.ScaleUpThreshold = rapid.Float64Range(1e-9, 1).Draw(t, "up threshold")
		s.ScaleDownThreshold = s.ScaleUpThreshold * rapid.Float64Range(0.01, 0.5).Draw(t, "down threshold")
		s.ThrottledShare = rapid.OneOf(rapid.Float64Range(0.001, 1), rapid.Just(5e-324)).Draw(t, "throttled share")
		s.ScaleUpAlarm, s.ScaleDownAlarm = window.Draw(t, "up window"), window.Draw(t, "down window")
		s.IteratorAgeMinutes = rapid.IntRange(0, 7*24*60).Draw(t, "iterator age")
		s.FanOutConsumers = strings.Repeat("reader ", rapid.IntRange(0, 5).Draw(t, "consumers"))
		if err := s.Validate(); err != nil {
			t.Fatalf("settings that should be valid: %v", err)
		}
		return scaling.AlarmWant{
			Stream:     rapid.StringMatching(`[a-zA-Z0-9_.-]{1,128}`).Draw(t, "stream"),
			OpenShards: rapid.OneOf(rapid.IntRange(1, 8), rapid.IntRange(1, scaling.MaxStreamShards)).Draw(t, "open"),
			Settings:   s,
		}
	})
}

// anyMetrics draws metrics of the last minutes, with gaps.
func anyMetrics(t *rapid.T, minutes int) metrics {
	m := metrics{}
	for _, name := range []string{bytesIn, recordsIn, throttled, age, fanOut + "/reader"} {
		for ago := 1; ago <= minutes; ago++ {
			if rapid.Bool().Draw(t, "present") {
				m.put(name, ago, rapid.Float64Range(0, 1e12).Draw(t, name))
			}
		}
	}
	return m
}
