package scaling_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// lookingFarBack is a stream of 4 shards that is nearly idle since some minutes, and was at a utilization before. Its scale-up alarm
// looks at six datapoints of five minutes, and wants two at or above 0.75.
func lookingFarBack(ago int, before float64) input {
	return traffic(scaling.Down, join(minutes(90, ago+1, filled(before)), minutes(ago, 2, filled(0.05)))...).with(func(in *input) {
		in.s.Calm = time.Hour
		in.s.ScaleUpAlarm = scaling.AlarmWindow{PeriodMinutes: 5, EvaluationPeriods: 6, DatapointsToAlarm: 2}
		in.s.ScaleDownAlarm = scaling.AlarmWindow{PeriodMinutes: 1, EvaluationPeriods: 10, DatapointsToAlarm: 10}
	})
}

// A size is not made at which the scale-up alarm would go off at once, by the minutes that it still looks at.
func TestAScaleDownWaitsForTheScaleUpAlarmsWindow(t *testing.T) {
	for _, c := range []struct {
		name string
		in   input
		wait time.Duration // zero: it is not held
	}{
		{"three datapoints would be high", lookingFarBack(15, 0.5), 10 * time.Minute},
		{"two", lookingFarBack(20, 0.5), 5 * time.Minute},
		{"one", lookingFarBack(25, 0.5), 0},
		{"half the shards could take it", lookingFarBack(15, 0.3), 0},
		{"a maximum is obeyed", lookingFarBack(15, 0.5).with(func(in *input) { in.s.MaxShards = 2 }), 0},
	} {
		d := c.in.decide()
		if c.wait == 0 && d.Target != 2 {
			t.Errorf("%s: %d shards: %v", c.name, d.Target, d.Reasons)
		}
		if c.wait > 0 && (d.Reasons.Last() != scaling.HoldTakesBack || !d.RetryAt.Equal(noon().Add(c.wait))) {
			t.Errorf("%s: %d shards, again at %s: %v", c.name, d.Target, d.RetryAt, d.Reasons)
		}
	}
}

// halvedAndDoubled is a stream of 4 shards, under a load that two can take but for some of its minutes. So it was halved, and
// doubled again after a time by a load, so long ago.
func halvedAndDoubled(after, ago time.Duration, load float64) input {
	in := asked(scaling.Down, 4, 0)
	up := noon().Add(-ago)
	in.s.Calm = time.Hour
	in.s.ScaleDownAlarm = scaling.AlarmWindow{PeriodMinutes: 1, EvaluationPeriods: 15, DatapointsToAlarm: 14}
	in.s.ScaleUpReserve = 0
	in.h = scaling.Operations{{At: up, Direction: scaling.Up, From: 2, To: 4}, {At: up.Add(-after), Direction: scaling.Down, From: 4, To: 2}}
	var samples []scaling.Sample
	for minute := up.Add(-time.Hour); minute.Before(noon()); minute = minute.Add(time.Minute) {
		records := 0.8
		if minute.Equal(up.Add(-2 * time.Minute)) {
			records = load
		}
		samples = append(samples, scaling.Sample{At: minute, Records: records * scaling.RecordsPerShard})
	}
	in.o.Traffic = scaling.Traffic{Known: true, From: up.Add(-time.Hour), To: noon(), Samples: samples}
	return in
}

// A halving that the load took back soon after it is not made again within a day, unless the stream is nearly idle.
func TestAHalvingThatWasTakenBackIsNotMadeAgain(t *testing.T) {
	for _, c := range []struct {
		name string
		in   input
		held bool
	}{
		{"taken back within the hour", halvedAndDoubled(time.Hour, 3*time.Hour, 1.6), true},
		{"within two", halvedAndDoubled(2*time.Hour, 3*time.Hour, 1.6), true},
		{"later", halvedAndDoubled(121*time.Minute, 3*time.Hour, 1.6), false},
		{"nearly a day ago", halvedAndDoubled(time.Hour, 24*time.Hour-time.Minute, 1.6), true},
		{"a day ago", halvedAndDoubled(time.Hour, 24*time.Hour, 1.6), false},
		{"not by the load", halvedAndDoubled(time.Hour, 3*time.Hour, 1.4), false},
		{"of a smaller size", halvedAndDoubled(time.Hour, 3*time.Hour, 1.6).with(func(in *input) { in.h[0].From, in.h[0].To, in.h[1].To = 1, 4, 1 }), false},
		{"of a larger size", halvedAndDoubled(time.Hour, 3*time.Hour, 2.4).with(func(in *input) { in.h[0].From, in.h[1].From, in.h[1].To = 3, 6, 3 }), true},
		{"nearly idle by now", halvedAndDoubled(time.Hour, 3*time.Hour, 1.6).with(func(in *input) {
			in.o.Traffic.Samples = join(in.o.Traffic.Samples[:len(in.o.Traffic.Samples)-15], minutes(15, 1, filled(0.05)))
		}), false},
		{"made smaller since then", halvedAndDoubled(time.Hour, 3*time.Hour, 1.6).with(func(in *input) {
			in.h = append(scaling.Operations{{At: noon().Add(-2 * time.Hour), Direction: scaling.Down, From: 8, To: 4}, {At: noon().Add(-150 * time.Minute), Direction: scaling.Up, From: 4, To: 8}}, in.h...)
		}), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := c.in.decide()
			if held := d.Reasons.Last() == scaling.HoldTakesBack; held != c.held || !held && d.Target != 2 {
				t.Errorf("%d shards: %v", d.Target, d.Reasons)
			}
			if c.held && (d.RetryAt.After(noon().Add(15*time.Minute)) || !d.RetryAt.After(noon())) {
				t.Errorf("again at %s: %v", d.RetryAt, d.Reasons)
			}
		})
	}
}
