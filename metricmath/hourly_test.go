package metricmath

import (
	"testing"
	"time"
)

// dailyAlarm watches for a failure within three days, hour by hour.
func dailyAlarm() Definition {
	d := metricAlarm(72, 1, TreatNotBreaching)
	d.Queries[0].MetricStat.Period = time.Hour
	return d
}

// TestMoreThanADay is the user guide's example of an alarm on a job that runs
// every three days: the job fails at 10:02; at 10:03 the alarm stays OK, since it
// sees data up to 10:00 only; at 11:03 it goes to ALARM. The example is known from
// notes on the guide; no copy of the page itself was at hand on 2026-11-26.
func TestMoreThanADay(t *testing.T) {
	clock := func(hour, minute int) time.Time { return time.Date(2026, 11, 26, hour, minute, 0, 0, time.UTC) }
	metrics := namedMetrics{"m1": NewRing(dailyAlarm().Reach())}
	a := newAlarm(t, dailyAlarm(), metrics, 0)
	a.Evaluate(clock(9, 3))
	metrics.put("m1", Minute(clock(10, 2)), 1)
	for _, tt := range []struct {
		at   time.Time
		want State
	}{{clock(10, 3), OK}, {clock(10, 59), OK}, {clock(11, 3), InAlarm}, {clock(12, 3), InAlarm}} {
		if r, err := Evaluate(dailyAlarm(), metrics, tt.at, OK); err != nil || r.State != tt.want {
			t.Errorf("Evaluate at %v: %s, %v, want %s", tt.at, r.State, err, tt.want)
		}
		if a.Evaluate(tt.at); a.State() != tt.want {
			t.Errorf("the alarm at %v is %s, want %s", tt.at, a.State(), tt.want)
		}
	}
	r, err := Evaluate(dailyAlarm(), metrics, clock(11, 3), OK)
	if err != nil || len(r.Datapoints) != 1 || !r.Datapoints[0].Start.Equal(clock(10, 0)) {
		t.Errorf("got %+v, %v, want the datapoint of 10:00", r, err)
	}
}

// Once an hour means that what was set stays until the next hour. A new
// definition is evaluated at once.
func TestMoreThanADayOnceAnHour(t *testing.T) {
	metrics := namedMetrics{"m1": NewRing(dailyAlarm().Reach())}
	metrics.put("m1", Minute(start)-1, 1)
	a := newAlarm(t, dailyAlarm(), metrics, 0)
	if _, changed := a.Evaluate(at(20)); !changed || a.State() != InAlarm {
		t.Fatalf("a new alarm is %s", a.State())
	}
	if _, _, err := a.Set(at(21), OK, "re-armed"); err != nil {
		t.Fatal(err)
	}
	for minute := int64(22); minute < 60; minute++ {
		if change, changed := a.Evaluate(at(minute)); changed {
			t.Fatalf("within the hour: %+v", change)
		}
	}
	if _, changed := a.Evaluate(at(60)); !changed || a.State() != InAlarm {
		t.Errorf("in the next hour the alarm is %s", a.State())
	}
	d := a.Definition()
	d.Threshold = 2
	if err := a.Put(d); err != nil {
		t.Fatal(err)
	}
	if _, changed := a.Evaluate(at(61)); !changed || a.State() != OK {
		t.Errorf("with the new threshold the alarm is %s", a.State())
	}
}

// Exactly a day is not more than a day.
func TestADayIsEvaluatedEveryMinute(t *testing.T) {
	for _, tt := range []struct {
		n      int
		period time.Duration
		hourly bool
	}{
		{1440, time.Minute, false},
		{24, time.Hour, false},
		{25, time.Hour, true},
		{1, 24 * time.Hour, false},
		{2, 24 * time.Hour, true},
		{3, 7 * time.Hour, false},
		{4, 7 * time.Hour, true},
		{1, 7 * 24 * time.Hour, true},
	} {
		d := metricAlarm(tt.n, 1, TreatMissing)
		d.Queries[0].MetricStat.Period = tt.period
		if got := d.hourly(); got != tt.hourly || d.Validate() != nil {
			t.Errorf("%d periods of %v: hourly %v, %v, want %v", tt.n, tt.period, got, d.Validate(), tt.hourly)
		}
	}
}
