package cloudwatch_test

// What the formulas read and when they fire, by the evaluator of CloudWatch's rules.

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/internal/aws/cloudwatch"
	"github.com/shardkeeper/shardkeeper/metricmath"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// Limits of PutMetricAlarm and MetricDataQuery, read 2026-11.
func TestEveryDefinitionIsWithinTheLimitsOfCloudWatch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := anyWant(anyWindow()).Draw(t, "want")
		for _, dir := range directions() {
			d := cloudwatch.Definition(want, dir)
			if err := d.Validate(); err != nil {
				t.Fatal(err)
			}
			for _, q := range d.Queries {
				if len(q.Expression) > 2048 || strings.ContainsAny(q.Expression, "+") || q.Label == "" {
					t.Errorf("%s: label %q, expression %q", q.ID, q.Label, q.Expression)
				}
			}
			if text := cloudwatch.Description(want, dir, table); len(text) > 1024 {
				t.Errorf("the description has %d characters", len(text))
			}
			if name := scaling.AlarmName(want.Stream, dir); len(name) > 255 {
				t.Errorf("the name has %d characters", len(name))
			}
		}
	})
}

func TestTheUpAlarmReadsTheUtilizationOfTheDecision(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := anyWant(shortWindow()).Draw(t, "want")
		minutes := want.Settings.ScaleUpAlarm.PeriodMinutes
		m, sum := metrics{}, scaling.Sample{}
		for ago := 1; ago <= minutes; ago++ {
			b, r, th := rapid.Float64Range(1, 1e12).Draw(t, "bytes"), rapid.Float64Range(1, 1e9).Draw(t, "records"), rapid.Float64Range(0, 1e8).Draw(t, "throttled")
			m.put(bytesIn, ago, b)
			m.put(recordsIn, ago, r)
			m.put(throttled, ago, th)
			sum.Bytes, sum.Records, sum.Throttled = sum.Bytes+b, sum.Records+r, sum.Throttled+th
		}
		seconds := float64(60 * minutes)
		point := scaling.Sample{Bytes: sum.Bytes / seconds, Records: sum.Records / seconds, Throttled: sum.Throttled / seconds}
		share := point.Throttled / (point.Records + point.Throttled)
		if math.Abs(share-want.Settings.ThrottledShare) < 1e-9 {
			t.Skip("on the edge both answers are right")
		}
		got, ok := reading(t, want, scaling.Up, m)
		if expected := point.Utilization(want.OpenShards, want.Settings.ThrottledShare); !ok || !near(got, expected) {
			t.Errorf("the alarm reads %v, %t; the decision sees %v", got, ok, expected)
		}
		want.Usable = rapid.Float64Range(0.35, 1).Draw(t, "usable")
		point.Throttled = 0
		for ago := 1; ago <= minutes; ago++ {
			m.put(throttled, ago, 0)
		}
		got, ok = reading(t, want, scaling.Up, m)
		if expected := point.Utilization(want.OpenShards, 1) / want.Usable; !ok || !near(got, expected) {
			t.Errorf("of what can be used the alarm reads %v, %t; want %v", got, ok, expected)
		}
	})
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(a), math.Abs(b)) }

func TestTheDownAlarmReadsTheLargerUtilization(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := anyWant(shortWindow()).Draw(t, "want")
		minutes := want.Settings.ScaleDownAlarm.PeriodMinutes
		m, b, r := metrics{}, 0.0, 0.0
		for ago := 1; ago <= minutes; ago++ {
			if rapid.Bool().Draw(t, "traffic") {
				v, w := rapid.Float64Range(0, 1e12).Draw(t, "bytes"), rapid.Float64Range(0, 1e9).Draw(t, "records")
				m.put(bytesIn, ago, v)
				m.put(recordsIn, ago, w)
				b, r = b+v, r+w
			}
		}
		limit := float64(60 * minutes * want.OpenShards)
		expected := max(b/(1048576*limit), r/(1000*limit))
		if got, ok := reading(t, want, scaling.Down, m); !ok || !near(got, expected) {
			t.Errorf("the alarm reads %v, %t, want %v", got, ok, expected)
		}
	})
}

func TestAFullyThrottledMinuteReadsAsFull(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := anyWant(shortWindow()).Draw(t, "want")
		m := metrics{}
		m.put(throttled, 1, rapid.Float64Range(1, 1e9).Draw(t, "throttled"))
		if other := rapid.IntRange(0, 20).Draw(t, "other minutes"); other > 0 { // with or without metrics before
			m.put(recordsIn, 60+other, 1)
			m.put(bytesIn, 60+other, 1)
		}
		if got, ok := reading(t, want, scaling.Up, m); !ok || got < 1 {
			t.Errorf("the alarm reads %v, %t, want 1 at least", got, ok)
		}
	})
}

// CloudWatch often has the newest minute only after the evaluation. The predecessor filled it
// with 0 and asked for all datapoints: its alarm came late, or never.
func TestALateNewestMinuteDoesNotStopTheUpAlarm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := anyWant(rapid.Custom(func(t *rapid.T) scaling.AlarmWindow {
			n := rapid.IntRange(1, 12).Draw(t, "n")
			return scaling.AlarmWindow{PeriodMinutes: 1, EvaluationPeriods: n, DatapointsToAlarm: n}
		})).Draw(t, "want")
		m := metrics{}
		for ago := 2; ago < 60; ago++ {
			m.put(recordsIn, ago, 60_000*float64(want.OpenShards))
			m.put(bytesIn, ago, 1)
			m.put(throttled, ago, 0)
		}
		if r := evaluated(t, want, scaling.Up, m); r.State != metricmath.InAlarm {
			t.Errorf("a full stream is %s: %s", r.State, r.Reason)
		}
	})
}

func TestASingleHighMinuteAmidSilenceDoesNotSetOffTheUpAlarm(t *testing.T) {
	for ago := 1; ago <= 7; ago++ {
		m := metrics{}
		m.put(recordsIn, ago, 1e9)
		if r := evaluated(t, wantOf(4), scaling.Up, m); r.State != metricmath.OK {
			t.Errorf("%d minutes ago: %s, want OK: %s", ago, r.State, r.Reason)
		}
	}
}

func TestAnIdleStreamSetsOffTheDownAlarm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := anyWant(shortWindow()).Draw(t, "want")
		want.OpenShards = rapid.IntRange(want.Settings.MinShards+1, scaling.MaxStreamShards+1).Draw(t, "open above min")
		if r := evaluated(t, want, scaling.Down, metrics{}); r.State != metricmath.InAlarm {
			t.Errorf("an idle stream is %s: %s", r.State, r.Reason)
		}
		if r := evaluated(t, want, scaling.Up, metrics{}); r.State != metricmath.OK {
			t.Errorf("the up alarm of an idle stream is %s: %s", r.State, r.Reason)
		}
	})
}

// The predecessor saw only consumers that share the throughput.
func TestAnyLagHoldsTheDownAlarm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := anyWant(shortWindow()).Draw(t, "want")
		want.Settings.IteratorAgeMinutes = rapid.IntRange(1, 7*24*60).Draw(t, "limit")
		want.Settings.FanOutConsumers = "billing search"
		want.OpenShards = rapid.IntRange(2, 2*scaling.MaxStreamShards).Draw(t, "open")
		want.Settings.MinShards, want.Settings.MaxShards = 1, scaling.MaxStreamShards
		want.OpenShards = min(want.OpenShards, want.Settings.MaxShards)

		limit := float64(want.Settings.IteratorAgeMinutes * 60_000)
		who := rapid.SampledFrom([]string{age, fanOut + "/billing", fanOut + "/search"}).Draw(t, "who")
		beyond := rapid.Float64Range(0, 1e9).Draw(t, "beyond")
		behind, almost := metrics{}, metrics{}
		for ago := 1; ago <= 90; ago++ {
			behind.put(who, ago, limit+beyond)
			almost.put(who, ago, limit*0.999)
		}
		if r := evaluated(t, want, scaling.Down, behind); r.State != metricmath.OK {
			t.Errorf("behind: %s: %s", r.State, r.Reason)
		}
		if got, _ := reading(t, want, scaling.Down, behind); got != 1 {
			t.Errorf("behind: the alarm reads %v, want 1", got)
		}
		if r := evaluated(t, want, scaling.Down, almost); r.State != metricmath.InAlarm {
			t.Errorf("almost: %s: %s", r.State, r.Reason)
		}
	})
}

// The predecessor divided by the iterator age limit. Without a limit no lag matters.
func TestWithoutALimitLagHoldsNothing(t *testing.T) {
	want := wantOf(4, func(s *scaling.Settings) { s.IteratorAgeMinutes, s.FanOutConsumers = 0, "billing" })
	m := metrics{}
	for ago := 1; ago <= 90; ago++ {
		m.put(age, ago, 1e12)
		m.put(fanOut+"/billing", ago, 1e12)
	}
	if r := evaluated(t, want, scaling.Down, m); r.State != metricmath.InAlarm {
		t.Errorf("%s: %s", r.State, r.Reason)
	}
}

func TestAtMinShardsTheDownAlarmNeverFires(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := anyWant(shortWindow()).Draw(t, "want")
		want.OpenShards = rapid.IntRange(1, want.Settings.MinShards).Draw(t, "open up to min")
		m := anyMetrics(t, 20)
		if r := evaluated(t, want, scaling.Down, m); r.State != metricmath.OK {
			t.Errorf("%d open, min %d: %s: %s", want.OpenShards, want.Settings.MinShards, r.State, r.Reason)
		}
	})
}

func TestOutsideItsBoundsAStreamAlwaysAsks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := anyWant(shortWindow()).Draw(t, "want")
		want.Settings.MinShards, want.Settings.MaxShards = 10, 20
		m := anyMetrics(t, 20)
		want.OpenShards = rapid.IntRange(1, 9).Draw(t, "below min")
		if r := evaluated(t, want, scaling.Up, m); r.State != metricmath.InAlarm {
			t.Errorf("%d open, min 10: up is %s: %s", want.OpenShards, r.State, r.Reason)
		}
		want.OpenShards = rapid.IntRange(21, scaling.MaxStreamShards).Draw(t, "above max")
		if r := evaluated(t, want, scaling.Down, m); r.State != metricmath.InAlarm {
			t.Errorf("%d open, max 20: down is %s: %s", want.OpenShards, r.State, r.Reason)
		}
	})
}

// More traffic never makes the up alarm read less, nor the down alarm.
func TestMoreTrafficNeverReadsAsLess(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := anyWant(shortWindow()).Draw(t, "want")
		b, r := rapid.Float64Range(0, 1e12).Draw(t, "bytes"), rapid.Float64Range(0, 1e9).Draw(t, "records")
		more := rapid.Float64Range(1, 10).Draw(t, "more")
		less, greater := metrics{}, metrics{}
		less.put(bytesIn, 1, b)
		less.put(recordsIn, 1, r)
		greater.put(bytesIn, 1, b*more)
		greater.put(recordsIn, 1, r*more)
		for _, dir := range directions() {
			x, _ := reading(t, want, dir, less)
			if y, ok := reading(t, want, dir, greater); !ok || y < x {
				t.Errorf("%s: %v times the traffic reads %v, %t after %v", dir, more, y, ok, x)
			}
		}
	})
}
