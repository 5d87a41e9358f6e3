package scaling_test

import (
	"slices"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// hours is a load of day from 07:00 until 19:00, else of night.
func hours(day, night float64) func(time.Time) float64 {
	return func(at time.Time) float64 {
		if at.Hour() >= 7 && at.Hour() < 19 {
			return day
		}
		return night
	}
}

// idleOn is a load with days on which it is 2 throughout.
func idleOn(load func(time.Time) float64, days ...time.Weekday) func(time.Time) float64 {
	return func(at time.Time) float64 {
		if slices.Contains(days, at.Weekday()) {
			return 2
		}
		return load(at)
	}
}

// daily is a load that is higher for one minute of each day.
func daily(load, high float64, hour int) func(time.Time) float64 {
	return func(at time.Time) float64 {
		if at.Hour() == hour && at.Minute() == 0 {
			return high
		}
		return load
	}
}

// pastOf is a stream that has seen a load for some days until a time of the day of noon. Growth
// does not count, unless a test says so.
func pastOf(hour, minute int, dir scaling.Direction, open, days int, load func(time.Time) float64) input {
	at := noon().Truncate(24 * time.Hour).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
	return tracked(at, dir, open, flow(at, time.Duration(days)*24*time.Hour, load)).with(func(in *input) { in.s.MaxGrowth = 1 })
}

// trackingPastCases are streams of which days are known. Noon is that of a Monday. Days that are
// all alike are expected to come again, with 1.03 for a margin.
func trackingPastCases() []decideCase {
	return slices.Concat(nightCases(), weekCases(), burstCases(), aheadCases(), inTimeCases())
}

// nightCases are at three in the night, with a day of 8 from seven on: 8.24 shards.
func nightCases() []decideCase {
	night := pastOf(3, 0, scaling.Down, 12, 3, hours(8, 2))
	dawn := pastOf(6, 20, scaling.Up, 4, 3, hours(8, 3.7))
	load, forecast := tracking(scaling.SizedToLoad), tracking(scaling.SizedToForecast)
	held := append(forecast[:2:2], scaling.HoldRightSize)
	return []decideCase{
		{name: "a night, with all operations left to follow it", in: night, target: 6, codes: load},
		// By day the load may need 10 at 0.8. With two of four operations used 5 would do.
		{name: "a night, with four operations left", in: night.left(4), target: 6, codes: load},
		// With two of three used there should be 10, and 9 lack one for all day.
		{name: "a night, with three operations left, and none to lose on it", in: night.left(3), target: 9, codes: forecast},
		{name: "a night, with two operations left", in: night.left(2), target: 12, codes: held, retry: inPast(night)},
		{name: "a night without a morning", in: pastOf(3, 0, scaling.Down, 12, 3, always(2)).left(2), target: 6, codes: load},
		{
			name: "a night, with operations that cost much", in: night.with(func(in *input) { in.s.OperationPrice = 0.12 }),
			target: 9, codes: forecast,
		},
		{
			name: "a night before a day that has the 10 anyway, with three left", in: night.left(3).with(func(in *input) { in.s.ForecastUtilization = 0.7 }),
			target: 6, codes: load,
		},
		{name: "dawn, with operations to follow the morning", in: dawn, target: 6, codes: load},
		{name: "dawn, with two operations left", in: dawn.left(2), target: 8, codes: forecast},
	}
}

// weekCases are on a Monday at half past nine. At nine the load pauses, and goes on at ten.
func weekCases() []decideCase {
	work := func(at time.Time) float64 {
		if at.Hour() == 9 {
			return 4
		}
		return hours(12, 2)(at)
	}
	monday := func(off ...time.Weekday) input {
		return pastOf(9, 30, scaling.Down, 20, 8, idleOn(work, off...)).with(func(in *input) {
			in.s.ForecastConfidence, in.s.OperationPrice = 0.5, 0.1 // weekends spoil few forecasts; the pause is not worth it
		})
	}
	return []decideCase{
		{name: "a weekday after a weekend goes on", in: monday(time.Saturday, time.Sunday), target: 13, codes: tracking(scaling.SizedToForecast)},
		{name: "a day off among days off does not", in: monday(time.Saturday, time.Sunday, time.Monday), target: 10, codes: tracking(scaling.SizedToLoad)},
	}
}

// burstCases have a minute of 16 at 15:00 every day. At 17:00 it is long until the next, and only
// growth knows of it: 8-fold, from 2 to 16, which is 20 at 0.8. From half past five on such a burst has never come.
func burstCases() []decideCase {
	past := func(hour int, load func(time.Time) float64) input {
		return pastOf(hour, 0, scaling.Down, 16, 3, load).with(func(in *input) { in.s.MaxGrowth = 8 })
	}
	at := func(load func(time.Time) float64) input { return past(17, load) }
	burst, evening := at(daily(2, 16, 15)), past(20, daily(2, 16, 15))
	load, growth := tracking(scaling.SizedToLoad), tracking(scaling.SizedToGrowth)
	held := append(growth[:2:2], scaling.HoldRightSize)
	return []decideCase{
		{name: "bursts, with all operations left", in: burst, target: 8, codes: load},
		{name: "bursts, with four left: a quarter of 20 is enough", in: burst.left(4), target: 8, codes: load},
		{name: "bursts, with three left: half of it", in: burst.left(3), target: 10, codes: growth},
		{name: "at hours without bursts, with three left", in: evening.left(3), target: 8, codes: load},
		{name: "at hours without bursts, with two left", in: evening.left(2), target: 8, codes: load},
		{name: "bursts, with two left: all of it", in: burst.left(2), target: 16, codes: held, retry: inPast(burst)},
		{
			name: "bursts that count for half, with two left: 10 now, but less in half an hour, and that saves more", in: burst.left(2).with(func(in *input) { in.s.MaxGrowth = 4 }),
			target: 16, codes: tracking(scaling.SizedToForecast, scaling.HoldRightSize), retry: inPast(burst),
		},
		{name: "a burst an hour ago is held no more", in: pastOf(18, 0, scaling.Down, 16, 3, daily(2, 16, 17)).with(func(in *input) { in.s.MaxGrowth = 8 }), target: 8, codes: load},
		{name: "no bursts, with one left", in: at(always(2)).left(1), target: 8, codes: load},
	}
}

// aheadCases are at ten to seven, with a day of 8 from seven on: 8.24 shards.
func aheadCases() []decideCase {
	soon := func(open int, lead time.Duration) input {
		return pastOf(6, 50, scaling.Down, open, 3, hours(8, 2)).with(func(in *input) { in.s.Lead = lead })
	}
	early := func(lead time.Duration) input { // at twenty past five
		return pastOf(5, 20, scaling.Down, 5, 3, hours(8, 2)).with(func(in *input) { in.s.Lead = lead })
	}
	const long = 15 * time.Minute
	morning := soon(5, long)
	ahead := tracking(scaling.SizedToForecast, scaling.ScaledAhead)
	held := tracking(scaling.SizedToForecast, scaling.HoldRightSize)
	return []decideCase{
		{name: "a morning within the lead", in: morning, target: 9, codes: ahead},
		{name: "a morning just within it", in: soon(5, 10*time.Minute), target: 9, codes: ahead},
		{name: "a morning just beyond it", in: soon(5, 9*time.Minute), target: 5, codes: held, retry: morning.now.Add(time.Minute)},
		{name: "no lead", in: soon(5, 0), target: 5, codes: held, retry: morning.now.Add(10 * time.Minute)},
		{name: "a morning within a lead of hours", in: early(100 * time.Minute), target: 9, codes: ahead},
		{name: "a morning just beyond one", in: early(99 * time.Minute), target: 5, codes: held, retry: early(0).now.Add(time.Minute)},
		{name: "a morning that the shards are enough for", in: soon(9, long), target: 9, codes: held, retry: inPast(morning)},
		{name: "a morning that one operation does not reach", in: soon(3, long), target: 6, codes: ahead},
		{name: "a morning that takes two begins now, however short the lead", in: soon(4, time.Minute), target: 5, codes: ahead},
		{name: "but not without a lead", in: soon(4, 0), target: 4, codes: held, retry: inPast(morning)},
		{name: "a morning above the maximum", in: morning.with(func(in *input) { in.s.MaxShards = 6 }), target: 6, codes: ahead},
		{
			name: "a morning above the quota", in: morning.with(func(in *input) { in.o.Account = scaling.Account{ShardLimit: 12, OpenShards: 10} }),
			target: 7, codes: append(ahead[:3:3], scaling.CappedAtQuota),
		},
		{
			name: "a morning without an operation left", in: morning.left(0), target: 5,
			codes: tracking(scaling.SizedToGrowth, scaling.ScaledAhead, scaling.HoldBudgetExhausted), retry: morning.now.Add(14*time.Hour + time.Minute),
		},
	}
}

// inTimeCases hold at 06:35: the stream is looked at again in time for the morning, or when it may
// be another world.
func inTimeCases() []decideCase {
	morning := noon().Truncate(24 * time.Hour).Add(6*time.Hour + 35*time.Minute)
	at := func(lead time.Duration, load func(time.Time) float64) input {
		return pastOf(6, 35, scaling.Down, 5, 3, load).with(func(in *input) { in.s.Lead = lead })
	}
	burst := func(ago ...time.Duration) func(time.Time) float64 { // minutes of 3.9 on that Monday, else 2
		return func(t time.Time) float64 {
			if slices.Contains(ago, morning.Sub(t)/time.Minute) {
				return 3.9
			}
			return 2
		}
	}
	var cases []decideCase
	for _, c := range []struct {
		name  string
		in    input
		code  scaling.ReasonCode
		retry time.Duration
	}{
		{"a look at the start of the lead", at(15*time.Minute, hours(8, 2)), scaling.SizedToForecast, 10 * time.Minute},
		{"a look at the start of a longer one", at(24*time.Minute, hours(8, 2)), scaling.SizedToForecast, time.Minute},
		{"a look at the start of a short one", at(4*time.Minute, hours(8, 2)), scaling.SizedToForecast, 21 * time.Minute},
		{"a look when nothing is ahead", at(15*time.Minute, always(3.9)), scaling.SizedToLoad, trackingRetry},
		{"a look when a burst is gone", at(0, burst(6)), scaling.SizedToLoad, 9 * time.Minute},
		{"a look when the last of two is gone", at(0, burst(8, 5)), scaling.SizedToLoad, 10 * time.Minute},
		{"a look when a burst is gone that counts for its last time", at(0, burst(10)), scaling.SizedToLoad, 5 * time.Minute},
		{"no look for a burst that is gone already", at(0, burst(12)).with(func(in *input) { in.s.MinShards = 5 }), scaling.SizedToLoad, trackingRetry},
		{"a look at the start of the lead, which is before a burst is gone", at(19*time.Minute, burst(3)), scaling.SizedToLoad, 6 * time.Minute},
	} {
		cases = append(cases, decideCase{name: c.name, in: c.in, target: 5, codes: tracking(c.code, scaling.HoldRightSize), retry: c.in.now.Add(c.retry)})
	}
	return cases
}

// inPast is when a held stream of the past is looked at again, with nothing planned soon.
func inPast(in input) time.Time { return in.now.Add(trackingRetry) }

// The fewer operations are left, the more shards are kept, and the trail tells the numbers.
func TestTargetTrackingKeepsMoreWithFewerOperationsLeft(t *testing.T) {
	last := 0
	for left := 10; left > 0; left-- {
		d := pastOf(3, 0, scaling.Down, 12, 3, hours(8, 2)).left(left).decide()
		if d.Target < last {
			t.Errorf("%d operations left: %d shards, and %d with one more", left, d.Target, last)
		}
		last = d.Target
	}
	d := pastOf(3, 0, scaling.Down, 12, 3, hours(8, 2)).left(3).decide()
	equal(t, "the trail", d.Reasons.String(), "utilization_measured (0.17 of bytes); "+
		"sized_to_forecast (load 2.0, forecast 2.0, 8.0 within a day, and up to 1.03 times that; may grow to 2.5; 3 operations left)")
	d = pastOf(6, 50, scaling.Down, 5, 3, hours(8, 2)).with(func(in *input) { in.s.Lead = 10 * time.Minute }).decide()
	equal(t, "the last step ahead", d.Reasons[2].String(), "scaled_ahead (8.0 shards of load expected within the hour)")
	d = pastOf(5, 20, scaling.Down, 5, 3, hours(8, 2)).with(func(in *input) { in.s.Lead = 2 * time.Hour }).decide()
	equal(t, "the last step long ahead", d.Reasons[2].String(), "scaled_ahead (8.0 shards of load expected within 2h30m0s)")
	d = tracked(noon(), scaling.Up, 40, flow(noon(), 3*time.Hour, always(42.9))).decide()
	equal(t, "the last step to a quarter", d.Reasons[2].String(), "rounded_to_quarter (59 to 60)")
	d = tracked(noon(), scaling.Down, 10, flow(noon(), 3*time.Hour, always(7.5))).with(func(in *input) {
		in.s.ScaleDownThreshold, in.s.TargetUtilization, in.s.ForecastUtilization = 0.9, 1, 1
	}).decide()
	equal(t, "the last step of a small saving", d.Reasons[2].String(), "saving_too_small (9 shards save 0.10, at least 0.2 wanted)")
}
