package scaling_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// anyTracked draws a healthy stream under target-tracking whose alarm the newest samples bear out,
// at any minute of a day, with anything at all before them.
func anyTracked() *rapid.Generator[input] {
	return rapid.Custom(func(t *rapid.T) input {
		at := noon().Add(time.Duration(rapid.IntRange(0, 1439).Draw(t, "minute of the day")) * time.Minute)
		dir := rapid.SampledFrom([]scaling.Direction{scaling.Up, scaling.Down, scaling.Down}).Draw(t, "alarm")
		in := tracked(at, dir, rapid.OneOf(rapid.IntRange(1, 12), rapid.IntRange(1, scaling.MaxStreamShards)).Draw(t, "open"), nil)
		trackAnyhow(t, &in.s)
		if rapid.Bool().Draw(t, "usual") { // so that the wanted size is often near the open shards, worth its price and a small saving
			in.s.OperationPrice, in.s.MinSaving = rapid.Float64Range(0.001, 0.02).Draw(t, "usual price"), rapid.SampledFrom([]float64{0.3, 0.5, 1}).Draw(t, "more than usual saving")
			in.s.TargetUtilization, in.s.ForecastUtilization = rapid.Float64Range(0.6, 1).Draw(t, "target"), rapid.Float64Range(0.6, 1).Draw(t, "forecast")
		}
		open := in.o.Stream.OpenShards
		in.s.MinShards = rapid.SampledFrom([]int{1, max(open/2, 1), max(open*3/4, 1)}).Draw(t, "min") // the last leaves little to save
		in.s.MaxShards = rapid.OneOf(rapid.Just(scaling.MaxStreamShards), rapid.IntRange(open, scaling.MaxStreamShards)).Draw(t, "max")
		newest := rapid.Float64Range(0.91, 3) // of the open shards
		if dir == scaling.Down {
			newest = rapid.OneOf(rapid.Float64Range(0, 0.79), rapid.Float64Range(0.45, 0.65))
		}
		in.o.Traffic.Samples = append(anyPast(at, float64(open)).Draw(t, "past"), flow(at, 22*time.Minute, always(newest.Draw(t, "newest")*float64(open)))...)
		return in.left(10 - rapid.IntRange(0, 10).Draw(t, "operations used"))
	})
}

// anyPast draws what was seen until the newest minutes: days of a pattern with gaps and bursts, or
// stretches of no sense.
func anyPast(at time.Time, open float64) *rapid.Generator[[]scaling.Sample] {
	return rapid.Custom(func(t *rapid.T) []scaling.Sample {
		var samples []scaling.Sample
		share := rapid.Float64Range(0, 2)
		night, day, burst := share.Draw(t, "night"), share.Draw(t, "day"), share.Draw(t, "burst")*rapid.Float64Range(1, 20).Draw(t, "bursts")
		every := rapid.SampledFrom([]time.Duration{3 * time.Minute, 17 * time.Minute, time.Hour}).Draw(t, "every")
		hours := rapid.OneOf(rapid.IntRange(0, 9*24), rapid.IntRange(25, 9*24)) // more than a first day, as often as not
		broken := rapid.IntRange(1, 49).Draw(t, "broken")
		for past := at.Add(-time.Duration(hours.Draw(t, "hours")) * time.Hour); past.Before(at.Add(-22 * time.Minute)); past = past.Add(every) {
			load := night
			if past.Hour() >= 8 && past.Hour() < 18 {
				load = day
			}
			switch len(samples) % 50 {
			case broken:
				samples = append(samples, scaling.Sample{At: past, Bytes: anyRate().Draw(t, "bytes"), Records: anyRate().Draw(t, "records"), Throttled: anyRate().Draw(t, "throttled")})
				continue
			case broken / 2:
				load = burst
			}
			samples = append(samples, scaling.Sample{At: past, Bytes: load * open * scaling.BytesPerShard})
		}
		return samples
	})
}

// Whatever was seen, the target is within bounds, an alarm moves a stream its own way, and a hold
// of the policy is looked at again.
func TestTargetTrackingKeepsItsPromises(t *testing.T) {
	given := map[scaling.ReasonCode]int{}
	property := func(rt *rapid.T) {
		in := anyTracked().Draw(rt, "input")
		if err := in.s.Validate(); err != nil {
			rt.Fatalf("the generator gives settings that cannot be used: %v", err)
		}
		d := promised(rt, in)
		trail := codes(d.Reasons)
		for _, code := range trail {
			given[code]++
		}
		ahead := slices.Contains(trail, scaling.ScaledAhead)
		switch open := in.o.Stream.OpenShards; {
		case in.o.Alarm == scaling.Up && (d.Target < open || ahead):
			rt.Fatalf("a scale-up alarm takes %d shards to %d: %v", open, d.Target, d.Reasons)
		case in.o.Alarm == scaling.Up && d.Target == open && open < in.s.MaxShards && in.h.Used(in.now) < in.s.OperationLimit:
			rt.Fatalf("a scale-up alarm that the samples bear out is held: %v", d.Reasons)
		case in.o.Alarm == scaling.Down && d.Target > open && !ahead:
			rt.Fatalf("a scale-down alarm takes %d shards to %d: %v", open, d.Target, d.Reasons)
		case ahead && d.Target < open:
			rt.Fatalf("ahead of a load %d shards become %d: %v", open, d.Target, d.Reasons)
		}
		if d.Direction == scaling.Hold && d.Reasons.Last() != scaling.HoldAtMaxShards && !d.RetryAt.After(in.now) {
			rt.Fatalf("held until %v: %v", d.RetryAt, d.Reasons)
		}
	}
	for range 7 { // so that every code is all but sure to occur
		rapid.Check(t, property)
	}
	for _, code := range []scaling.ReasonCode{
		scaling.SizedToLoad, scaling.SizedToForecast, scaling.SizedToGrowth, scaling.ScaledAhead, scaling.HoldRightSize,
		scaling.HoldSmallSaving,
	} {
		if given[code] == 0 {
			t.Errorf("the inputs are too tame or too wild to tell: never %q", code)
		}
	}
}

// Samples that make no sense, of times that make none, give a decision with a reason all the same.
func TestTargetTrackingIsTotal(t *testing.T) {
	anyTime := rapid.OneOf(
		rapid.Custom(func(t *rapid.T) time.Time {
			return noon().Add(-time.Duration(rapid.IntRange(-3600, 10*24*3600).Draw(t, "seconds ago")) * time.Second)
		}),
		rapid.SampledFrom([]time.Time{
			{},
			noon(), time.Unix(0, 0).UTC(), time.Unix(-1, 0).UTC(), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
			time.Unix(math.MaxInt64, 0), time.Unix(math.MinInt64, 0), noon().AddDate(-100, 0, 0), noon().AddDate(100, 0, 0),
		}),
	)
	rapid.Check(t, func(rt *rapid.T) {
		in := anyTracked().Draw(rt, "input")
		samples := slices.Clone(in.o.Traffic.Samples)
		for range rapid.IntRange(0, 20).Draw(rt, "more samples") {
			i := rapid.IntRange(0, len(samples)).Draw(rt, "place") // in no order
			samples = slices.Insert(samples, i, scaling.Sample{
				At: anyTime.Draw(rt, "at"), Bytes: anyRate().Draw(rt, "bytes"), Records: anyRate().Draw(rt, "records"), Throttled: anyRate().Draw(rt, "throttled"),
			})
		}
		in.o.Traffic.Samples = samples
		if rapid.Bool().Draw(rt, "another end") {
			in.o.Traffic.To = anyTime.Draw(rt, "to")
		}
		if rapid.IntRange(0, 9).Draw(rt, "unanswered") == 0 {
			in.o.Traffic.Known = false
		}
		promised(rt, in)
	})
}

// The scale-up alarm never gives fewer shards than the load of the last minutes needs, and more of
// it never means fewer where the load set the size. Where the forecast or growth did, it may: the load
// moves the sizes that a plan chooses from and the price of its operations. That happens once in
// a thousand or two of these streams, and 9 shards became 7 at worst; never fewer than the load needs.
func TestTargetTrackingGivesMoreForMoreLoad(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		in := anyTracked().Filter(func(in input) bool { return in.o.Alarm == scaling.Up }).Draw(rt, "input")
		busier := in
		busier.o.Traffic.Samples = slices.Clone(in.o.Traffic.Samples)
		last := &busier.o.Traffic.Samples[len(in.o.Traffic.Samples)-1]
		last.Bytes = last.Bytes*rapid.Float64Range(1, 20).Draw(rt, "factor") + rapid.Float64Range(0, 10).Draw(rt, "more")*scaling.BytesPerShard
		last.Records += rapid.Float64Range(0, 1e4).Draw(rt, "records")
		a, b := in.decide(), busier.decide()
		if b.Target < a.Target && slices.Contains(codes(a.Reasons), scaling.SizedToLoad) {
			rt.Fatalf("more load takes the target from %d to %d\nbefore: %v\nafter: %v", a.Target, b.Target, a.Reasons, b.Reasons)
		}
		open := in.o.Stream.OpenShards
		load := max(last.Bytes/scaling.BytesPerShard, last.Records/scaling.RecordsPerShard)
		needs := min(load*1.1/in.s.TargetUtilization, float64(2*open), float64(in.s.MaxShards))
		if float64(b.Target) < needs-1e-6 && b.Reasons.Last() != scaling.HoldBudgetExhausted {
			rt.Fatalf("%d shards of %d, and the load needs %v: %v", b.Target, open, needs, b.Reasons)
		}
	})
}

// A stream that grew in the past keeps at least the room of one that did not.
func TestTargetTrackingKeepsMoreRoomForMoreGrowth(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		load := rapid.Float64Range(1, 100).Draw(rt, "load")
		burst := load * rapid.Float64Range(1, 50).Draw(rt, "burst")
		left := rapid.IntRange(1, 10).Draw(rt, "operations left")
		with := func(high float64) scaling.Decision {
			in := pastOf(12, 0, scaling.Down, 1000, 3, func(at time.Time) float64 {
				if at.Hour() == 20 && at.Minute() == 0 {
					return high
				}
				return load
			})
			in.s.MaxGrowth = 50
			return in.left(left).decide()
		}
		if smooth, bursty := with(load), with(burst); bursty.Target < smooth.Target {
			rt.Fatalf("growth takes the target from %d to %d\nwithout: %v\nwith: %v", smooth.Target, bursty.Target, smooth.Reasons, bursty.Reasons)
		}
	})
}
