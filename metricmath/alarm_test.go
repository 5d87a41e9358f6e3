package metricmath

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// start is minute 0 of the tests.
var start = time.Date(2022, 11, 8, 11, 0, 0, 0, time.UTC)

func at(minute int64) time.Time { return start.Add(time.Duration(minute) * time.Minute) }

// metricAlarm watches the metric m1.
func metricAlarm(n, m int, missing MissingData) Definition {
	return Definition{
		Queries: SingleMetric(*metricQuery("m1", time.Minute).MetricStat), ComparisonOperator: GreaterThanThreshold,
		Threshold: 0.5, EvaluationPeriods: n, DatapointsToAlarm: m, TreatMissingData: missing,
	}
}

func newAlarm(t *testing.T, d Definition, metrics Metrics, late time.Duration) *Alarm {
	t.Helper()
	a, err := New(d, metrics, late)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// play puts the guide's marks minute by minute from start on, evaluates after
// each, and returns the changes as "minute: FROM -> TO".
func play(a *Alarm, metrics namedMetrics, text string) []string {
	var changes []string
	for i, p := range marks(text) {
		if p.ok {
			metrics.put("m1", Minute(start)+int64(i), p.value)
		}
		if t, changed := a.Evaluate(at(int64(i) + 1)); changed {
			changes = append(changes, t.At.Format("04")+": "+string(t.From)+" -> "+string(t.To))
		}
	}
	return changes
}

func TestAlarmReportsOnlyChanges(t *testing.T) {
	metrics := namedMetrics{}
	a := newAlarm(t, metricAlarm(3, 2, TreatMissing), metrics, 0)
	if a.State() != InsufficientData || a.Reason() != "Unchecked: Initial alarm creation" {
		t.Errorf("a new alarm is %s: %s", a.State(), a.Reason())
	}
	got := play(a, metrics, "- - 0 0 X 0 X X X 0 0 0 - - - - - -")
	want := []string{"03: INSUFFICIENT_DATA -> OK", "07: OK -> ALARM", "11: ALARM -> OK", "17: OK -> INSUFFICIENT_DATA"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// The minute that now lies in is not over, so it is not looked at.
func TestTheCurrentMinuteDoesNotCount(t *testing.T) {
	metrics := namedMetrics{}
	metrics.put("m1", Minute(start), 1)
	a := newAlarm(t, metricAlarm(1, 1, TreatMissing), metrics, 0)
	if _, changed := a.Evaluate(at(0).Add(59 * time.Second)); changed {
		t.Error("the alarm saw a minute that was not over")
	}
	if _, changed := a.Evaluate(at(1)); !changed || a.State() != InAlarm {
		t.Error("the alarm did not see the minute that was over")
	}
}

// Periods of five minutes slide by one minute: minutes 1 to 5, then 2 to 6 (user
// guide, "Alarm evaluation", and "Alarm evaluation window": a sliding window is
// the default and advances at each evaluation; read 2026-11-23).
func TestWindowsSlide(t *testing.T) {
	d := metricAlarm(1, 1, TreatMissing)
	d.Queries[0].MetricStat.Period = 5 * time.Minute
	d.Threshold = 4.5 // reached only by five values of 1
	metrics := namedMetrics{}
	a := newAlarm(t, d, metrics, 0)
	got := play(a, metrics, "0 X X X X X X 0 0")
	want := []string{"01: INSUFFICIENT_DATA -> OK", "06: OK -> ALARM", "08: ALARM -> OK"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestPutKeepsTheState(t *testing.T) {
	metrics := namedMetrics{}
	d := metricAlarm(2, 2, TreatMissing)
	d.Queries = []Query{metricQuery("m1", time.Minute), expressionQuery("s1", "1"), returned(expressionQuery("e1", "m1/s1"))}
	a := newAlarm(t, d, metrics, 0)
	play(a, metrics, "X X X X")
	doubled := a.Definition()
	doubled.Queries[1].Expression = "2"
	if err := a.Put(doubled); err != nil {
		t.Fatal(err)
	}
	if a.State() != InAlarm {
		t.Errorf("Put changed the state to %s", a.State())
	}
	// The whole window is computed with the new constant: 0.5 is not above 0.5.
	if change, changed := a.Evaluate(at(4)); !changed || change.To != OK {
		t.Errorf("after doubling: %s, want OK", a.State())
	}
}

func TestPutRefusesAnInvalidDefinition(t *testing.T) {
	metrics := namedMetrics{}
	a := newAlarm(t, metricAlarm(1, 1, TreatMissing), metrics, 0)
	before := a.Definition()
	broken := a.Definition()
	broken.Queries[0].MetricStat.Period = 0
	if err := a.Put(broken); err == nil {
		t.Error("an invalid definition was taken")
	}
	if diff := cmp.Diff(before, a.Definition()); diff != "" {
		t.Error(diff)
	}
	if got := play(a, metrics, "X"); len(got) != 1 {
		t.Errorf("the alarm no longer works: %v", got)
	}
}

func TestNewRefusesBadInput(t *testing.T) {
	if _, err := New(metricAlarm(1, 1, TreatMissing), namedMetrics{}, -time.Second); err == nil {
		t.Error("a negative lateness was taken")
	}
	if _, err := New(Definition{}, namedMetrics{}, 0); err == nil {
		t.Error("an empty definition was taken")
	}
	if _, err := Evaluate(Definition{}, namedMetrics{}, start, OK); err == nil {
		t.Error("an empty definition was evaluated")
	}
}

// SetAlarmState: "the alarm returns to its actual state quickly, often within
// seconds" (API reference, SetAlarmState), and that is a change again: setting
// OK re-arms an alarm that still breaches.
func TestSetReArms(t *testing.T) {
	metrics := namedMetrics{}
	a := newAlarm(t, metricAlarm(1, 1, TreatMissing), metrics, 0)
	play(a, metrics, "X X")
	change, changed, err := a.Set(at(2), OK, "re-armed")
	want := Transition{At: at(2), From: InAlarm, To: OK, Reason: "re-armed"}
	if diff := cmp.Diff(want, change); diff != "" || !changed || err != nil || a.Reason() != "re-armed" {
		t.Errorf("Set: changed %v, error %v\n%s", changed, err, diff)
	}
	if change, changed := a.Evaluate(at(2)); !changed || change.From != OK || change.To != InAlarm {
		t.Errorf("the alarm did not fire again: %+v", change)
	}
	if _, changed, err := a.Set(at(2), InAlarm, "again"); changed || err != nil {
		t.Errorf("setting the same state: changed %v, error %v", changed, err)
	}
	if _, _, err := a.Set(at(2), "PANIC", "?"); err == nil || a.State() != InAlarm {
		t.Errorf("an unknown state was taken: %s, %v", a.State(), err)
	}
}

// With ignore the state stays as it was, also after Set.
func TestIgnoreKeepsWhatWasSet(t *testing.T) {
	metrics := namedMetrics{}
	a := newAlarm(t, metricAlarm(1, 1, TreatIgnore), metrics, 0)
	for _, state := range []State{InAlarm, OK, InsufficientData} {
		if _, _, err := a.Set(start, state, "test"); err != nil {
			t.Fatal(err)
		}
		if change, changed := a.Evaluate(start); changed {
			t.Errorf("without data %s became %s", state, change.To)
		}
	}
	r, err := Evaluate(metricAlarm(1, 1, TreatIgnore), metrics, start, InAlarm)
	if err != nil || r.State != InAlarm || r.Reason != "" || r.Missing != 1 {
		t.Errorf("got %+v, %v", r, err)
	}
}

// A sample may appear or change until late has passed, but no datapoint may be
// remembered before.
func TestLateData(t *testing.T) {
	metrics := namedMetrics{}
	a := newAlarm(t, metricAlarm(3, 3, TreatNotBreaching), metrics, 90*time.Second) // two minutes
	first := Minute(start)
	for minute := range int64(3) {
		metrics.put("m1", first+minute, 0)
	}
	a.Evaluate(at(3))
	a.Evaluate(at(4)) // minutes 0 and 1 are final now, minute 2 is two minutes old at minute 5
	metrics.put("m1", first, 1)
	metrics.put("m1", first+1, 1)
	metrics.put("m1", first+2, 1)
	metrics.put("m1", first+3, 1)
	metrics.put("m1", first+4, 1)
	if change, changed := a.Evaluate(at(5)); !changed || change.To != InAlarm {
		t.Errorf("corrected minutes went unseen: %s", a.State())
	}
	// Put forgets what was remembered.
	d := a.Definition()
	d.EvaluationPeriods, d.DatapointsToAlarm = 5, 5
	if err := a.Put(d); err != nil {
		t.Fatal(err)
	}
	if change, changed := a.Evaluate(at(5)); changed {
		t.Errorf("all five minutes breach, but: %+v", change)
	}
}

func TestMinute(t *testing.T) {
	for minute := int64(-3); minute <= 3; minute++ {
		for _, second := range []int64{0, 1, 59} {
			if got := Minute(time.Unix(minute*60+second, 0)); got != minute {
				t.Errorf("second %d of minute %d lies in minute %d", second, minute, got)
			}
		}
	}
}
