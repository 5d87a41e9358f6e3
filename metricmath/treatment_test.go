package metricmath

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// An alarm on a metric of DynamoDB keeps its state where data is missing, unless
// the definition says otherwise.
func TestDynamoDBIgnoresMissingData(t *testing.T) {
	for _, tt := range []struct {
		namespace string
		treat     MissingData
		want      State // after ALARM, without data
	}{
		{"AWS/DynamoDB", "", InAlarm},
		{"AWS/DynamoDB", TreatMissing, InsufficientData},
		{"AWS/DynamoDB", TreatNotBreaching, OK},
		{"AWS/Kinesis", "", InsufficientData},
		{"AWS/Kinesis", TreatIgnore, InAlarm},
	} {
		d := metricAlarm(3, 2, tt.treat)
		d.Queries[0].MetricStat.Metric.Namespace = tt.namespace
		if r, err := Evaluate(d, namedMetrics{}, start, InAlarm); err != nil || r.State != tt.want {
			t.Errorf("%s, %q: %s, %v, want %s", tt.namespace, tt.treat, r.State, err, tt.want)
		}
	}
	math := metricAlarm(1, 1, "")
	math.Queries = []Query{metricQuery("m1", time.Minute), metricQuery("m2", time.Minute), returned(expressionQuery("e1", "m1 / m2"))}
	math.Queries[1].MetricStat.Metric.Namespace = "AWS/DynamoDB"
	if r, err := Evaluate(math, namedMetrics{}, start, InAlarm); err != nil || r.State != InAlarm {
		t.Errorf("metric math: %s, %v, want ALARM", r.State, err)
	}
}

// The range beyond N can be set, also to nothing: then only the newest N count.
func TestTheRangeCanBeSet(t *testing.T) {
	data := marks("X X 0 - - - -")
	for _, tt := range []struct {
		evaluationRange int
		want            State
	}{
		{0, InsufficientData}, // 4: N + 2
		{2, InsufficientData},
		{4, InsufficientData},
		{5, OK},
		{6, InAlarm}, // two real points are in the range, and one breaches: M
		{7, InAlarm},
	} {
		d := metricAlarm(2, 1, TreatMissing)
		d.EvaluationRange = tt.evaluationRange
		metrics := namedMetrics{}
		for i, p := range data {
			if p.ok {
				metrics.put("m1", Minute(start)+int64(i), p.value)
			}
		}
		if r, err := Evaluate(d, metrics, at(int64(len(data))), OK); err != nil || r.State != tt.want {
			t.Errorf("range %d: %s, %v, want %s", tt.evaluationRange, r.State, err, tt.want)
		}
	}
}

// TestThePrematureRule states rule by rule when fewer points than M alarm under
// "missing" (user guide, "Avoiding premature transitions to alarm state"), for any
// N, M and range.
func TestThePrematureRule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "N")
		m := rapid.IntRange(1, n).Draw(t, "M")
		points := rapid.SliceOfN(rapid.SampledFrom(marks("X - - 0")), n, n+5).Draw(t, "points")
		breaching, within, oldest := 0, 0, 0
		for i, p := range points {
			switch {
			case p.ok && p.value > 0.5:
				breaching++
				oldest = max(oldest, len(points)-i)
			case p.ok:
				within++
			}
		}
		if breaching+within >= n || breaching >= m {
			return // decided by real points
		}
		missing := OK
		switch {
		case within > 0:
		case breaching == 0:
			missing = InsufficientData
		case oldest >= m:
			missing = InAlarm
		}
		ignore := keep
		if within > 0 {
			ignore = OK
		}
		if got := judged(testRule(n, m, TreatMissing), points); got != missing {
			t.Fatalf("missing: %s, want %s", got, missing)
		}
		if got := judged(testRule(n, m, TreatIgnore), points); got != ignore {
			t.Fatalf("ignore: %s, want %s", got, ignore)
		}
	})
}
