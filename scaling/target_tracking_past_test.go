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

// pastOf is a stream that has seen a load for some days until a time of the day of noon.
func pastOf(hour, minute int, dir scaling.Direction, open, days int, load func(time.Time) float64) input {
	at := noon().Truncate(24 * time.Hour).Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
	return tracked(at, dir, open, flow(at, time.Duration(days)*24*time.Hour, load))
}

// trackingPastCases are streams of which days are known. Noon is that of a Monday.
func trackingPastCases() []decideCase {
	later := func(in input) time.Time { return in.now.Add(trackingRetry) }
	sized := func(code scaling.ReasonCode) []scaling.ReasonCode { return tracking(code) }
	held := tracking(scaling.SizedToForecast, scaling.HoldRightSize)

	night := pastOf(3, 0, scaling.Down, 12, 3, hours(8, 2))
	dawn := pastOf(6, 20, scaling.Up, 4, 3, hours(8, 3.7))
	// Yesterday was a Sunday. At half past nine the load pauses on workdays, and goes on at ten.
	work := func(at time.Time) float64 {
		if at.Hour() == 9 {
			return 4
		}
		return hours(12, 2)(at)
	}
	weekday := pastOf(9, 30, scaling.Down, 16, 8, idleOn(work, time.Saturday, time.Sunday))
	dayOff := pastOf(9, 30, scaling.Down, 16, 8, idleOn(work, time.Saturday, time.Sunday, time.Monday))

	// A minute of 16 at 15:00 every day; with no outlook only growth knows of it.
	burst := func(at time.Time) float64 {
		if at.Hour() == 15 && at.Minute() == 0 {
			return 16
		}
		return 2
	}
	blind := func(load func(time.Time) float64) input {
		return pastOf(12, 0, scaling.Down, 16, 3, load).with(func(in *input) { in.s.Outlook = 0 })
	}

	soon := pastOf(6, 50, scaling.Down, 4, 3, hours(8, 2)).with(func(in *input) { in.s.Lead = 15 * time.Minute })
	lead := func(d time.Duration) input { return soon.with(func(in *input) { in.s.Lead = d }) }
	ahead := tracking(scaling.ScaledAhead, scaling.SizedToLoad)
	return []decideCase{
		{name: "the night before a morning, with one operation left", in: night.left(1), target: 8, codes: sized(scaling.SizedToForecast)},
		{name: "the night before a morning, with four left to follow it", in: night.left(4), target: 6, codes: sized(scaling.SizedToLoad)},
		{
			name: "the night before a morning, with little room in the forecast", in: night.left(1).with(func(in *input) { in.s.ForecastUtilization = 0.5 }),
			target: 12, codes: held, retry: later(night),
		},
		{name: "the night of a stream without mornings", in: pastOf(3, 0, scaling.Down, 12, 3, always(2)).left(2), target: 6, codes: sized(scaling.SizedToLoad)},
		{name: "dawn, with the last operation", in: dawn.left(1), target: 8, codes: sized(scaling.SizedToForecast)},
		{name: "dawn, with operations to follow the morning", in: dawn, target: 5, codes: sized(scaling.SizedToLoad)},

		{name: "a weekday after a weekend", in: weekday, target: 12, codes: sized(scaling.SizedToForecast)},
		{name: "a day off among days off", in: dayOff, target: 8, codes: sized(scaling.SizedToLoad)},

		{name: "a bursty stream with two operations left", in: blind(burst).left(2), target: 10, codes: sized(scaling.SizedToGrowth)},
		{name: "a smooth one", in: blind(always(2)).left(2), target: 8, codes: sized(scaling.SizedToLoad)},
		{name: "a bursty one with all operations left", in: blind(burst), target: 8, codes: sized(scaling.SizedToLoad)},
		{
			name: "a bursty one with one operation left", in: blind(burst).left(1),
			target: 16, codes: tracking(scaling.SizedToGrowth, scaling.HoldRightSize), retry: later(blind(burst)),
		},
		{
			name: "a bursty one, but the growth that counts is bounded", in: blind(burst).left(1).with(func(in *input) { in.s.MaxGrowth = 4 }),
			target: 10, codes: sized(scaling.SizedToGrowth),
		},

		{name: "a morning within the lead", in: soon, target: 8, codes: ahead},
		{name: "a morning beyond the lead", in: lead(9 * time.Minute), target: 4, codes: held, retry: later(soon)},
		{name: "no lead", in: lead(0), target: 4, codes: held, retry: later(soon)},
		{
			name: "a morning that the shards are enough for", in: soon.with(func(in *input) { in.o.Stream.OpenShards = 8 }),
			target: 8, codes: held, retry: later(soon),
		},
		{
			name: "a morning that one operation does not reach", in: soon.with(func(in *input) { in.o.Stream.OpenShards = 3 }),
			target: 6, codes: append(ahead[:3:3], scaling.CappedAtDouble),
		},
		{
			name: "a morning above the maximum", in: soon.with(func(in *input) { in.s.MaxShards = 6 }),
			target: 6, codes: append(ahead[:3:3], scaling.CappedAtMaxShards),
		},
		{
			name: "a morning without an operation left", in: soon.left(0), target: 4,
			codes: tracking(scaling.ScaledAhead, scaling.SizedToGrowth, scaling.CappedAtDouble, scaling.HoldBudgetExhausted), retry: soon.now.Add(14*time.Hour + time.Minute),
		},
	}
}

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
	d := pastOf(3, 0, scaling.Down, 12, 3, hours(8, 2)).left(1).decide()
	equal(t, "the trail", d.Reasons.String(),
		"utilization_measured (0.17 of bytes); sized_to_forecast (load 2.0, forecast 8.0, growth 1.6-fold, 1 operations left)")
}
