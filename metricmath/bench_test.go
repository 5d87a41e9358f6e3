package metricmath

import (
	"strconv"
	"testing"
	"time"
)

// kinesisAlarm is an alarm on the utilization of a stream of four shards: bytes
// and records against the write limits of a shard, and throttled writes as
// full. It watches over three metrics.
func kinesisAlarm(period time.Duration, n, m int, operator ComparisonOperator, threshold float64) Definition {
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

// fillMinute puts a day's rise and fall, with a throttled minute now and then.
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
	up, err := New(kinesisAlarm(time.Minute, 5, 3, GreaterThanOrEqualToThreshold, 0.75), metrics, time.Minute)
	if err != nil {
		tb.Fatal(err)
	}
	down, err = New(kinesisAlarm(5*time.Minute, 60, 57, LessThanThreshold, 0.25), metrics, time.Minute)
	if err != nil {
		tb.Fatal(err)
	}
	return up, down
}

// BenchmarkTwoWeeks evaluates an up and a down alarm every minute for two weeks.
// The shard count, and with it both definitions, changes every hour.
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
				shards := strconv.FormatInt(4+minute/60%3, 10)
				definitions[0].Queries[3].Expression = shards
				definitions[1].Queries[3].Expression = shards
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
