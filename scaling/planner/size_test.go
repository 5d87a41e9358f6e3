package planner_test

// What a choice promises, whatever it is asked, and choices that were worked out by hand.

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/scaling/planner"
	"github.com/shardkeeper/shardkeeper/scaling/resize"
)

// noon is the start of a half-hour.
func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

// seen is the past until a moment, of so many hours of one load.
func seen(until time.Time, hours int, load float64) *planner.Past {
	past := planner.NewPast(until)
	for minute := until.Add(-time.Duration(hours) * time.Hour); minute.Before(until); minute = minute.Add(time.Minute) {
		past.Add(minute, load)
	}
	return past
}

// config has numbers that are easy to reckon with and have nothing to do with the defaults.
func config() planner.Config {
	return planner.Config{
		MinShards: 1, MaxShards: 100, TargetUtilization: 0.8, ForecastUtilization: 1, ForecastConfidence: 0.9,
		MaxGrowth: 8, OperationPrice: 0.01, OperationLimit: 10,
	}
}

// A stream with three hours of one load is expected to keep it, with a margin of 1.1, and to grow to 1.1 times the
// highest that was seen.
func TestChoose(t *testing.T) {
	used := func(operations int) []time.Time { // for twelve hours more
		returns := make([]time.Time, operations)
		for i := range returns {
			returns[i] = noon().Add(12 * time.Hour)
		}
		return returns
	}
	for _, c := range []struct {
		name       string
		stream     planner.Stream
		hours      int
		change     func(*planner.Config)
		want       int
		reason     planner.Reason
		operations int
	}{
		{name: "4 shards of load are 5", stream: planner.Stream{OpenShards: 8, Load: 4}, hours: 3, want: 5, operations: 10},
		{name: "one that is full is on its way up", stream: planner.Stream{OpenShards: 5, Load: 4, Urgent: true}, hours: 3, want: 6, operations: 10},
		{name: "and gets one more at least", stream: planner.Stream{OpenShards: 20, Load: 4, Urgent: true}, hours: 3, want: 21, operations: 10},
		{name: "and more than the bounds", stream: planner.Stream{OpenShards: 5, Load: 200, Urgent: true}, hours: 3, want: 275, operations: 10},
		{name: "but no more than the service has", stream: planner.Stream{OpenShards: 5, Load: 1e12, Urgent: true}, hours: 3, want: 10_000, operations: 10},
		{name: "the least", stream: planner.Stream{OpenShards: 8, Load: 4}, hours: 3, change: func(c *planner.Config) { c.MinShards = 7 }, want: 7, operations: 10},
		{
			name: "room for the forecast", stream: planner.Stream{OpenShards: 10, Load: 4}, hours: 3,
			change: func(c *planner.Config) { c.ForecastUtilization = 0.5 }, want: 9, reason: planner.ForForecast, operations: 10,
		},
		{name: "with one operation left growth has to be met now", stream: planner.Stream{OpenShards: 4, Load: 3.6, Urgent: true, Returns: used(9)}, hours: 3, want: 6, reason: planner.ForGrowth, operations: 1},
		{name: "none left is planned as one", stream: planner.Stream{OpenShards: 4, Load: 3.6, Urgent: true, Returns: used(10)}, hours: 3, want: 6, reason: planner.ForGrowth, operations: 0},
		{name: "nothing was seen", stream: planner.Stream{OpenShards: 2}, want: 1, operations: 10},
	} {
		conf := config()
		if c.change != nil {
			c.change(&conf)
		}
		c.stream.Now = noon()
		got := planner.Choose(conf, seen(noon(), c.hours, 4), c.stream)
		if got.Shards != c.want || got.Reason != c.reason || got.Operations != c.operations {
			t.Errorf("%s: got %d shards for reason %d with %d operations, want %d, %d, %d",
				c.name, got.Shards, got.Reason, got.Operations, c.want, c.reason, c.operations)
		}
	}
}

// An operation that is planned for the next half-hour is told, so that the stream is looked at in time.
func TestChooseSoon(t *testing.T) {
	now := noon().Add(20 * time.Minute)
	past := planner.NewPast(now)
	for minute := now.AddDate(0, 0, -3); minute.Before(now); minute = minute.Add(time.Minute) {
		load := 2.0
		if minute.Hour() >= 12 && (minute.Hour() > 12 || minute.Minute() >= 30) {
			load = 4
		}
		past.Add(minute, load)
	}
	for _, c := range []struct {
		name string
		open int
		lead time.Duration
		want int
		soon bool
	}{
		{"enough for now, not for the next half-hour", 3, 0, 3, true},
		{"that is within the lead", 3, 10 * time.Minute, 5, false},
		{"enough for both", 5, 0, 5, false},
	} {
		conf := config()
		conf.Lead, conf.MaxGrowth = c.lead, 1
		got := planner.Choose(conf, past, planner.Stream{Now: now, OpenShards: c.open, Load: 2})
		if got.Shards != c.want || got.Soon != c.soon {
			t.Errorf("%s: got %d, soon %v, want %d, %v", c.name, got.Shards, got.Soon, c.want, c.soon)
		}
	}
}

// Any input gives a size, and one that is not urgent is within the bounds and one operation away.
func TestChooseKeepsItsPromises(t *testing.T) {
	number := func() *rapid.Generator[float64] {
		return rapid.OneOf(
			rapid.Float64Range(0, 2), rapid.Float64Range(0, 20_000),
			rapid.SampledFrom([]float64{0, -1, math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, math.SmallestNonzeroFloat64}),
		)
	}
	moved := 0
	promises := func(rt *rapid.T) {
		now := noon().Add(time.Duration(rapid.IntRange(0, 86_400).Draw(rt, "second")) * time.Second)
		past := planner.NewPast(now)
		hours, every := rapid.IntRange(0, 240).Draw(rt, "hours"), rapid.IntRange(20, 90).Draw(rt, "every")
		for minute := now.Add(-time.Duration(hours) * time.Hour); minute.Before(now); minute = minute.Add(time.Duration(every) * time.Minute) {
			past.Add(minute, number().Draw(rt, "load"))
		}
		c := planner.Config{
			TargetUtilization: number().Draw(rt, "target"), ForecastUtilization: number().Draw(rt, "forecast"), ForecastConfidence: number().Draw(rt, "confidence"),
			MaxGrowth: number().Draw(rt, "growth"), OperationPrice: number().Draw(rt, "price"),
			Lead:           time.Duration(rapid.Int64().Draw(rt, "lead")),
			OperationLimit: rapid.IntRange(-5, 50).Draw(rt, "limit"),
		}
		c.MinShards = rapid.IntRange(1, resize.MostShards).Draw(rt, "min")
		c.MaxShards = rapid.IntRange(c.MinShards, resize.MostShards).Draw(rt, "max")
		s := planner.Stream{
			Now: now, Load: number().Draw(rt, "present load"), Urgent: rapid.Bool().Draw(rt, "urgent"),
			OpenShards: rapid.IntRange(c.MinShards, c.MaxShards).Draw(rt, "open"),
		}
		for range rapid.IntRange(0, 12).Draw(rt, "operations") {
			s.Returns = append(s.Returns, now.Add(time.Duration(rapid.Int64Range(0, int64(25*time.Hour)).Draw(rt, "returns"))))
		}
		size := planner.Choose(c, past, s)
		switch {
		case s.Urgent && size.Shards <= s.OpenShards:
			rt.Fatalf("%d shards for a full stream of %d", size.Shards, s.OpenShards)
		case s.Urgent:
		case size.Shards < max(c.MinShards, resize.Smallest(s.OpenShards)) || size.Shards > min(c.MaxShards, resize.Largest(s.OpenShards)):
			rt.Fatalf("from %d to %d shards, within %d to %d", s.OpenShards, size.Shards, c.MinShards, c.MaxShards)
		case size.Soon && size.Shards != s.OpenShards:
			rt.Fatalf("an operation now to %d and one soon", size.Shards)
		case size.Shards != s.OpenShards:
			moved++
		}
		left := c.OperationLimit
		for _, returns := range s.Returns {
			if returns.After(s.Now) {
				left--
			}
		}
		if size.Operations != max(0, left) {
			rt.Fatalf("%d operations left, of %d", size.Operations, left)
		}
	}
	for try := 0; try < 5 && moved == 0; try++ { // of a hundred inputs a few lead to an operation, now and then none
		rapid.Check(t, promises)
	}
	if moved == 0 {
		t.Error("the inputs are too tame: no size ever differs")
	}
}

// The load of now does not end with the half-hour, whatever the forecast says of the next one.
func TestTheLoadOfNowOutlastsTheHalfHour(t *testing.T) {
	c := config()
	for _, left := range []time.Duration{time.Second, time.Minute, 10 * time.Minute} {
		now := noon().Add(-left)
		past := seen(now, 48, 1)
		past.Add(now.Add(-time.Minute), 4.4)
		if got := planner.Choose(c, past, planner.Stream{Now: now, OpenShards: 6, Load: 4.4}); got.Shards < 6 {
			t.Errorf("%s before the half-hour ends: %d shards for a load of 4.4", left, got.Shards)
		}
	}
}

// A full stream whose load has doubled within the hour gets room for an hour more of it, up to double its shards. One whose load
// came at once, and stays where it is, does not climb.
func TestAJumpIsNoClimb(t *testing.T) {
	past := seen(noon(), 30, 2)
	past.Add(noon().Add(-20*time.Minute), 4)
	for _, c := range []struct {
		jumped bool
		want   int
	}{{false, 8}, {true, 6}} {
		got := planner.Choose(config(), past, planner.Stream{Now: noon(), OpenShards: 4, Load: 4.2, Urgent: true, Jumped: c.jumped})
		if got.Shards != c.want {
			t.Errorf("jumped %v: %d shards, want %d", c.jumped, got.Shards, c.want)
		}
	}
}

// Of a load that is only the least that it may be nobody knows how far it has climbed: double, though it was foreseen or jumped.
func TestALoadOfWhichOnlyTheLeastIsKnownIsDoubled(t *testing.T) {
	for _, c := range []struct {
		name   string
		stream planner.Stream
		want   int
	}{
		{"known", planner.Stream{OpenShards: 6, Load: 4, Urgent: true}, 7},
		{"at least", planner.Stream{OpenShards: 6, Load: 4, Urgent: true, AtLeast: true}, 12},
		{"at least, and it jumped", planner.Stream{OpenShards: 6, Load: 4, Urgent: true, AtLeast: true, Jumped: true}, 12},
		{"at least, and the stream is not full", planner.Stream{OpenShards: 6, Load: 4, AtLeast: true}, 5},
	} {
		c.stream.Now = noon()
		if got := planner.Choose(config(), seen(noon(), 30, 4), c.stream); got.Shards != c.want {
			t.Errorf("%s: %d shards, want %d", c.name, got.Shards, c.want)
		}
	}
}

// A load that comes back to its record, or to a tenth more, climbs no further than that: on a stream's first day too.
func TestALoadThatComesBackToItsRecordClimbsNoFurther(t *testing.T) {
	for _, hours := range []int{6, 23, 100} {
		for _, c := range []struct {
			load float64
			want int
		}{{30, 42}, {33, 46}, {33.1, 80}} {
			past := seen(noon(), hours, 2)
			past.Add(noon().Add(-3*time.Hour), 30)
			past.Add(noon().Add(-time.Minute), c.load)
			conf := config()
			conf.MaxGrowth = 1
			if got := planner.Choose(conf, past, planner.Stream{Now: noon(), OpenShards: 40, Load: c.load, Urgent: true}); got.Shards != c.want {
				t.Errorf("%d hours known: %d shards for a load of %v, want %d", hours, got.Shards, c.load, c.want)
			}
		}
	}
}

// A climb that nobody foresaw is met boldly by the last two operations, as far as they may go; not where the stream refuses records,
// since more shards may not help it, nor far above the record while that is not broken.
func TestTheLastOperationsOfAClimbAreBold(t *testing.T) {
	climbing := func(record float64) *planner.Past {
		past := seen(noon(), 30, 2)
		past.Add(noon().Add(-20*time.Hour), record)
		past.Add(noon().Add(-50*time.Minute), 10.5)
		return past
	}
	for _, c := range []struct {
		name    string
		record  float64
		left    int
		refuses bool
		want    int
	}{
		{"three left: as much as an hour more of the climb needs", 40, 3, false, 21},
		{"two left: double", 40, 2, false, 32},
		{"one left: double", 40, 1, false, 32},
		{"one left, and the stream refuses records", 40, 1, true, 21},
		{"one left, and the record is near", 14, 1, false, 20},
	} {
		conf := config()
		conf.MaxGrowth = 1
		s := planner.Stream{Now: noon(), OpenShards: 16, Load: 13, Urgent: true, Refuses: c.refuses}
		for range conf.OperationLimit - c.left {
			s.Returns = append(s.Returns, noon().Add(20*time.Hour))
		}
		if got := planner.Choose(conf, climbing(c.record), s); got.Shards != c.want {
			t.Errorf("%s: %d shards, want %d", c.name, got.Shards, c.want)
		}
	}
}

// A limit that no settings allow, and an operation that comes back in the middle of the day, still give a size.
func TestChooseWithAnImpossibleLimit(t *testing.T) {
	for _, limit := range []int{math.MinInt, -1, 0, math.MaxInt} {
		c := config()
		c.OperationLimit = limit
		s := planner.Stream{Now: noon(), OpenShards: 8, Load: 4, Returns: []time.Time{noon().Add(6 * time.Hour)}}
		if got := planner.Choose(c, seen(noon(), 30, 4), s).Shards; got < 1 || got > 16 {
			t.Errorf("limit %d: %d shards", limit, got)
		}
	}
}
