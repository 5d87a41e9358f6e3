package metricmath

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestMemoryNeverChangesAResult follows an alarm over random data that arrive
// up to its lateness late, with definitions replaced on the way, and compares
// each minute with a plain evaluation, which remembers nothing.
func TestMemoryNeverChangesAResult(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		late := rapid.Int64Range(0, 3).Draw(t, "late")
		metrics := namedMetrics{}
		d := drawDefinition(t)
		a, err := New(d, metrics, time.Duration(late)*time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		state := a.State()
		now := Minute(start)
		for range rapid.IntRange(1, 80).Draw(t, "minutes") {
			now++
			for _, id := range []string{"m1", "m2", "m3"} {
				// The minute that just ended, or one that may still change.
				if age := rapid.Int64Range(0, late).Draw(t, "age"); rapid.IntRange(0, 3).Draw(t, "there") > 0 {
					metrics.put(id, now-1-age, drawValue(t))
				}
			}
			if rapid.IntRange(0, 15).Draw(t, "put") == 0 {
				d = drawDefinition(t)
				if err := a.Put(d); err != nil {
					t.Fatal(err)
				}
			}
			compareWithPlain(t, a, d, metrics, time.Unix(now*60, 0), state)
			state = a.State()
		}
	})
}

func compareWithPlain(t *rapid.T, a *Alarm, d Definition, metrics Metrics, now time.Time, state State) {
	want, err := Evaluate(d, metrics, now, state)
	if err != nil {
		t.Fatal(err)
	}
	change, changed := a.Evaluate(now)
	if a.State() != want.State || changed != (want.State != state) {
		t.Fatalf("%v: the alarm is %s (changed: %v), a plain evaluation gives %s after %s", now, a.State(), changed, want.State, state)
	}
	if changed && (change.Reason != want.Reason || change.Missing != want.Missing || len(change.Datapoints) != len(want.Datapoints)) {
		t.Fatalf("%v: the alarm says %q, a plain evaluation %q", now, change.Reason, want.Reason)
	}
}

// TestIncrementalEqualsNaive compares every datapoint of an evaluator that
// remembers with those of one that is made anew, over random expressions, gaps
// and late data, minutes left out and time that goes back.
func TestIncrementalEqualsNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		late := rapid.Int64Range(0, 3).Draw(t, "late")
		metrics := namedMetrics{}
		d := drawDefinition(t)
		d.Queries[5].Expression = drawSeries(t, 4, "m1", "m2", "e1")
		d.EvaluationRange = d.EvaluationPeriods + rapid.IntRange(0, 8).Draw(t, "beyond N")
		incremental, err := newWatch(d, metrics, late)
		if err != nil {
			t.Fatal(err)
		}
		sparse := rapid.IntRange(1, 4).Draw(t, "sparse")
		now, newest := Minute(start), Minute(start)
		for range rapid.IntRange(1, 60).Draw(t, "minutes") {
			step := rapid.SampledFrom([]int64{1, 1, 1, 1, 1, 1, 1, 1, 2, 30, -4}).Draw(t, "step")
			now += step
			for ; newest < now; newest++ { // data come in for what is not final yet
				for _, id := range []string{"m1", "m2", "m3"} {
					if rapid.IntRange(0, sparse).Draw(t, "there") == 0 {
						metrics.put(id, newest-rapid.Int64Range(0, late).Draw(t, "age"), drawValue(t))
					}
				}
			}
			naive, err := newWatch(d, metrics, late)
			if err != nil {
				t.Fatal(err)
			}
			if want, got := naive.window(now), incremental.window(now); !slices.Equal(want, got) {
				t.Fatalf("%s, e1 = %s, at %d: remembering gives %s, anew %s", d.Queries[5].Expression, d.Queries[4].Expression,
					now-Minute(start), formatPoints(got), formatPoints(want))
			}
		}
	})
}

func drawValue(t *rapid.T) float64 { return float64(rapid.IntRange(-2, 6).Draw(t, "value")) }

func drawDefinition(t *rapid.T) Definition {
	period := time.Duration(rapid.SampledFrom([]int{1, 1, 5}).Draw(t, "period")) * time.Minute
	n := rapid.IntRange(1, 6).Draw(t, "N")
	return Definition{
		Queries: []Query{
			metricQuery("m1", period), metricQuery("m2", period), metricQuery("m3", period),
			expressionQuery("s1", fmt.Sprint(rapid.IntRange(0, 3).Draw(t, "s1"))),
			expressionQuery("e1", drawSeries(t, 2, "m1", "m2", "m3")),
			returned(expressionQuery("e2", drawSeries(t, 3, "m1", "m2", "m3", "e1"))),
		},
		ComparisonOperator: rapid.SampledFrom([]ComparisonOperator{
			GreaterThanOrEqualToThreshold, GreaterThanThreshold, LessThanThreshold, LessThanOrEqualToThreshold,
		}).Draw(t, "operator"),
		Threshold:         drawValue(t),
		EvaluationPeriods: n,
		DatapointsToAlarm: rapid.IntRange(0, n).Draw(t, "M"),
		TreatMissingData: rapid.SampledFrom([]MissingData{
			"", TreatMissing, TreatIgnore, TreatBreaching, TreatNotBreaching,
		}).Draw(t, "missing"),
	}
}

// drawSeries returns an expression that is a time series, over the given ids.
func drawSeries(t *rapid.T, depth int, ids ...string) string {
	if depth == 0 {
		return rapid.SampledFrom(ids).Draw(t, "id")
	}
	x := drawSeries(t, depth-1, ids...)
	switch rapid.IntRange(0, 8).Draw(t, "form") {
	case 0:
		return x
	case 1:
		sign := rapid.SampledFrom([]string{"+", "-", "*", "/", "^", "==", "<", ">=", "AND", "OR"}).Draw(t, "sign")
		return fmt.Sprintf("(%s %s %s)", x, sign, drawSeries(t, depth-1, ids...))
	case 2:
		sign := rapid.SampledFrom([]string{"+", "-", "*", "/", ">", "!="}).Draw(t, "sign")
		return fmt.Sprintf("(%s %s s1)", x, sign)
	case 3:
		f := rapid.SampledFrom([]string{"MAX", "MIN", "SUM", "AVG", "DATAPOINT_COUNT"}).Draw(t, "function")
		return fmt.Sprintf("%s([%s, %s])", f, x, drawSeries(t, depth-1, ids...))
	case 4:
		filler := rapid.SampledFrom([]string{"0", "s1", "REPEAT", "LINEAR"}).Draw(t, "filler")
		return fmt.Sprintf("FILL(%s, %s)", x, filler)
	case 5:
		return fmt.Sprintf("IF(%s, %s, %s)", x, drawSeries(t, depth-1, ids...), drawSeries(t, depth-1, ids...))
	case 6:
		f := rapid.SampledFrom([]string{"ABS", "FLOOR", "RATE", "DIFF", "HOUR", "DAY", "-"}).Draw(t, "function")
		return fmt.Sprintf("%s(%s)", f, x)
	case 7: // twice, for what remembers to remember what remembers
		word := rapid.SampledFrom([]string{"REPEAT", "LINEAR"}).Draw(t, "word")
		f := rapid.SampledFrom([]string{"RATE", "DIFF", "ABS"}).Draw(t, "function")
		return fmt.Sprintf("FILL(%s(%s), %s)", f, x, word)
	}
	f := rapid.SampledFrom([]string{"MAX", "MIN", "SUM", "AVG", "DATAPOINT_COUNT"}).Draw(t, "function")
	return fmt.Sprintf("(%s + %s(%s))", x, f, drawSeries(t, depth-1, ids...))
}

// TestStepsAgreeWithTheTree compares the compiled steps with a direct reading
// of the syntax tree, one period at a time.
func TestStepsAgreeWithTheTree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		metrics := namedMetrics{}
		d := drawDefinition(t)
		d.Queries[0].MetricStat.Period, d.Queries[1].MetricStat.Period, d.Queries[2].MetricStat.Period = time.Minute, time.Minute, time.Minute
		for minute := range int64(d.Range()) {
			for _, id := range []string{"m1", "m2", "m3"} {
				if rapid.Bool().Draw(t, "there") {
					metrics.put(id, minute, drawValue(t))
				}
			}
		}
		w, err := newWatch(d, metrics, 0)
		if err != nil {
			t.Fatal(err)
		}
		tree := &reader{definition: d, metrics: metrics, length: d.Range()}
		for i, got := range w.window(int64(d.Range())) {
			if want := tree.query("e2", i); got.ok == math.IsNaN(want) || got.ok && got.value != want {
				t.Fatalf("%s at %d = %v, want %v", d.Queries[5].Expression, i, got, want)
			}
		}
	})
}

// TestTimeMayJump evaluates long and short ranges at minutes in any order, over
// data that do not change.
func TestTimeMayJump(t *testing.T) {
	metrics := namedMetrics{}
	for minute := range int64(4000) {
		if minute%7 != 0 {
			metrics.put("m1", minute, float64(minute*minute%11))
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		d := metricAlarm(rapid.SampledFrom([]int{1, 3, 150}).Draw(t, "N"), 0, TreatMissing)
		d.Queries[0].MetricStat.Period = time.Duration(rapid.SampledFrom([]int{1, 5}).Draw(t, "period")) * time.Minute
		d.DatapointsToAlarm, d.Threshold = 1+d.EvaluationPeriods/2, 5*d.period().Minutes()
		a, err := New(d, metrics, 0)
		if err != nil {
			t.Fatal(err)
		}
		state := a.State()
		for _, minute := range rapid.SliceOfN(rapid.Int64Range(0, 5000), 2, 8).Draw(t, "minutes") {
			compareWithPlain(t, a, d, metrics, time.Unix(minute*60, 0), state)
			state = a.State()
		}
	})
}
