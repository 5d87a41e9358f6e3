package scaling_test

import (
	"slices"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

func TestTargetTrackingScalesUp(t *testing.T)     { check(t, trackingUpCases()) }
func TestTargetTrackingScalesDown(t *testing.T)   { check(t, trackingDownCases()) }
func TestTargetTrackingKnowsThePast(t *testing.T) { check(t, trackingPastCases()) }

// trackingRetry is when a scale-down that holds is looked at again.
const trackingRetry = 30 * time.Minute

// tracked is a stream under target-tracking that an alarm asked about, with numbers that are easy
// to reckon with and have nothing to do with the defaults. It has seen these samples.
func tracked(at time.Time, dir scaling.Direction, open int, samples []scaling.Sample) input {
	in := asked(dir, open, 0)
	in.now = at
	in.s.Policy = scaling.TargetTracking
	in.s.MinShards, in.s.MaxShards = 1, scaling.MaxStreamShards
	in.s.ScaleUpThreshold, in.s.ScaleDownThreshold, in.s.ThrottledShare = 0.9, 0.8, 0.01
	in.s.ScaleUpAlarm = scaling.AlarmWindow{PeriodMinutes: 1, EvaluationPeriods: 1, DatapointsToAlarm: 1}
	in.s.ScaleDownAlarm = scaling.AlarmWindow{PeriodMinutes: 1, EvaluationPeriods: 20, DatapointsToAlarm: 20}
	in.s.ScaleUpCooldown, in.s.ScaleDownCooldown, in.s.ScaleUpReserve, in.s.OperationLimit = 0, 0, 0, 10
	in.s.TargetUtilization, in.s.ForecastUtilization, in.s.MinSaving, in.s.MaxGrowth = 0.8, 1, 0.2, 8
	in.s.ForecastConfidence, in.s.OperationPrice = 0.9, 0.01
	in.s.PeakHold, in.s.Lead = 10*time.Minute, 0
	in.o.Traffic = scaling.Traffic{Known: true, From: at.Add(-in.s.Lookback(dir)), To: at, Samples: samples}
	return in
}

// left returns the input with only some operations left of the ten.
func (in input) left(operations int) input {
	return in.with(func(in *input) {
		in.h = scaling.Operations{}
		for i := range in.s.OperationLimit - operations {
			in.h = append(in.h, scaling.Operation{At: in.now.Add(-time.Duration(i+1) * time.Hour)})
		}
	})
}

// sinceYesterday returns the input of a stream that was seen for more than a day: its first day is over.
func (in input) sinceYesterday() input {
	return in.with(func(in *input) {
		first := scaling.Sample{At: in.now.Add(-25 * time.Hour), Bytes: scaling.BytesPerShard / 10}
		in.o.Traffic.Samples = slices.Insert(slices.Clone(in.o.Traffic.Samples), 0, first)
	})
}

// flow is a load in shards for some time, until two minutes before a moment: what CloudWatch shows.
func flow(until time.Time, length time.Duration, load func(time.Time) float64) []scaling.Sample {
	var samples []scaling.Sample
	for at := until.Add(-length); at.Before(until.Add(-time.Minute)); at = at.Add(time.Minute) {
		samples = append(samples, scaling.Sample{At: at, Bytes: load(at) * scaling.BytesPerShard})
	}
	return samples
}

// always is the same load at all times.
func always(load float64) func(time.Time) float64 { return func(time.Time) float64 { return load } }

// tracking is the trail of a decision that the samples confirmed.
func tracking(more ...scaling.ReasonCode) []scaling.ReasonCode {
	return slices.Concat([]scaling.ReasonCode{scaling.UtilizationMeasured}, more)
}

// trackingUpCases have three hours of samples, not enough to know the stream: what is ahead is 1.1
// times the load, which a rising load at 0.8 always exceeds, and growth is up to 1.1 times the
// highest load. A size is 1.1/0.8 = 1.375 times the load.
func trackingUpCases() []decideCase {
	up := func(open int, load float64) input {
		return tracked(noon(), scaling.Up, open, flow(noon(), 3*time.Hour, always(load)))
	}
	refused := flow(noon(), time.Hour, always(3))
	for i := range refused {
		refused[i].Records, refused[i].Throttled = 1000, 5000
	}
	ended := flow(noon(), time.Hour, func(at time.Time) float64 {
		if noon().Sub(at) > 3*time.Minute {
			return 4.4
		}
		return 3.8
	})
	higher := func(operations int) input { // an hour ago it had 4.4
		in := up(4, 4).left(operations)
		in.o.Traffic.Samples[120].Bytes = 4.4 * scaling.BytesPerShard
		return in
	}
	unseen := tracked(noon(), scaling.Up, 4, nil)
	load, growth := tracking(scaling.SizedToLoad), tracking(scaling.SizedToGrowth)
	return []decideCase{
		{name: "4 shards of load are 5.5", in: up(4, 4), target: 6, codes: load},
		{name: "a size between quarters", in: up(8, 8), target: 11, codes: load},
		{name: "many shards", in: up(800, 800), target: 1100, codes: load},
		{name: "a quarter is near", in: up(40, 42.9), target: 60, codes: tracking(scaling.SizedToLoad, scaling.RoundedToQuarter)},
		{name: "a quarter is no whole number", in: up(43, 46.5), target: 65, codes: tracking(scaling.SizedToLoad, scaling.RoundedToQuarter)},
		{name: "a quarter is not so near", in: up(40, 42), target: 58, codes: load},
		{
			name: "so many that the alarm does not ask again at once", in: up(8, 7.21).with(func(in *input) { in.s.TargetUtilization = 1 }),
			target: 10, codes: load,
		},
		{
			name: "as many for a lower threshold", in: up(8, 5.7).with(func(in *input) { in.s.ScaleUpThreshold, in.s.ScaleDownThreshold = 0.7, 0.6 }),
			target: 10, codes: load,
		},
		{name: "more than double", in: up(4, 40), target: 8, codes: tracking(scaling.SizedToLoad, scaling.CappedAtDouble)},
		{
			name: "more than the maximum", in: up(8, 9).with(func(in *input) { in.s.MaxShards = 10 }),
			target: 10, codes: tracking(scaling.SizedToLoad, scaling.CappedAtMaxShards),
		},
		{
			name: "at the maximum", in: up(8, 9).with(func(in *input) { in.s.MaxShards = 8 }),
			target: 8, codes: tracking(scaling.SizedToLoad, scaling.CappedAtMaxShards, scaling.HoldAtMaxShards),
		},
		{name: "refused records count, at most once over", in: tracked(noon(), scaling.Up, 6, refused), target: 9, codes: load},
		{name: "the last minutes count, the higher ones before them do not", in: tracked(noon(), scaling.Up, 4, ended), target: 6, codes: load},
		{name: "no samples, so nothing shows a load", in: unseen, target: 4, codes: []scaling.ReasonCode{scaling.HoldNoSamples}, retry: noon().Add(2 * time.Minute)},
		{
			name: "CloudWatch did not answer, but the alarm shows that the stream is full", in: unseen.with(func(in *input) {
				in.o.Traffic = scaling.Traffic{}
				saysFull(in)
			}),
			target: 6, codes: []scaling.ReasonCode{scaling.AlarmTrusted, scaling.SizedToLoad},
		},
		// It may grow to 1.1*4.4/0.8 = 6.05. With this operation and one more it would need 3.02 now.
		{name: "two operations left", in: higher(2), target: 6, codes: load},
		{name: "the last operation has room for growth", in: higher(1), target: 7, codes: growth},
		{
			name: "no growth counts", in: higher(1).with(func(in *input) { in.s.MaxGrowth = 1 }),
			target: 6, codes: load,
		},
		{
			name: "no operation left", in: higher(0), target: 4,
			codes: tracking(scaling.SizedToGrowth, scaling.HoldBudgetExhausted), retry: noon().Add(14*time.Hour + time.Minute),
		},
	}
}

// trackingDownCases have three hours of samples too. A load at 0.8 and 1.1 times that at 0.88 need
// the same: a size is 1.25 times the load, now and ahead.
func trackingDownCases() []decideCase {
	seen := func(open int, load func(time.Time) float64) input {
		in := tracked(noon(), scaling.Down, open, flow(noon(), 3*time.Hour, load))
		in.s.ForecastUtilization = 0.88
		return in
	}
	down := func(open int, load float64) input { return seen(open, always(load)) }
	least := func(shards int) func(*input) { return func(in *input) { in.s.MinShards = shards } }
	peak := func(ago time.Duration) input { // a minute of 7, then 2
		return seen(10, func(at time.Time) float64 {
			if noon().Sub(at) == ago {
				return 7
			}
			return 2
		}).sinceYesterday()
	}
	settledThere := func(in *input) { // no day is known: the last operation was three hours before the others' hour
		for i := range in.h {
			in.h[i].At = in.h[i].At.Add(-3 * time.Hour)
		}
	}
	higher := func(operations int) input { // an hour ago it had 3.4
		in := down(10, 2.5).left(operations).with(settledThere)
		in.o.Traffic.Samples[120].Bytes = 3.4 * scaling.BytesPerShard
		return in
	}
	saving := func(in input, least float64) input { return in.with(func(in *input) { in.s.MinSaving = least }) }
	later := noon().Add(trackingRetry)
	load, growth := tracking(scaling.SizedToLoad), tracking(scaling.SizedToGrowth)
	right, little := tracking(scaling.SizedToLoad, scaling.HoldRightSize), tracking(scaling.SizedToLoad, scaling.HoldSmallSaving)
	return []decideCase{
		{name: "4 shards of load are 5", in: down(8, 4), target: 5, codes: load},
		{
			name: "more operations than a plan reckons with", in: down(8, 4).with(func(in *input) { in.s.OperationLimit = 50 }),
			target: 5, codes: load,
		},
		{
			name: "the quarter that is near is the size it has", in: saving(down(100, 78.4), 0.01),
			target: 98, codes: load,
		},
		{name: "no more than half", in: down(10, 2), target: 5, codes: load},
		{name: "a quarter is near", in: down(80, 47), target: 60, codes: tracking(scaling.SizedToLoad, scaling.RoundedToQuarter)},
		{name: "as many as there are", in: down(4, 3), target: 4, codes: right, retry: later},
		{name: "one shard", in: down(1, 0.1), target: 1, codes: right, retry: later},
		{name: "at the minimum", in: down(4, 1).with(least(4)), target: 4, codes: right, retry: later},
		{name: "the minimum is near", in: down(10, 2).with(least(9)), target: 10, codes: little, retry: later},
		{name: "one of ten", in: down(10, 7), target: 10, codes: little, retry: later},
		{name: "two of ten", in: down(10, 6.4), target: 8, codes: load},
		{
			name: "one of ten is enough", in: saving(down(10, 7), 0.1),
			target: 9, codes: load,
		},
		{name: "half is as much as one operation saves, of an odd count less", in: saving(down(31, 8), 0.5), target: 16, codes: load},
		{name: "half, whatever more is wanted", in: saving(down(10, 2), 1), target: 5, codes: load},
		{name: "less than one operation saves", in: saving(down(31, 13.6), 0.5), target: 31, codes: little, retry: later},
		{name: "a peak within ten minutes", in: peak(10 * time.Minute), target: 10, codes: little, retry: later},
		{name: "a peak before them", in: peak(11 * time.Minute), target: 5, codes: load},
		{
			name: "a longer hold", in: peak(40 * time.Minute).with(func(in *input) { in.s.PeakHold = 40 * time.Minute }),
			target: 10, codes: little, retry: later,
		},
		{
			name: "but no longer than that", in: peak(41 * time.Minute).with(func(in *input) { in.s.PeakHold = 40 * time.Minute }),
			target: 5, codes: load,
		},
		// It may grow to 1.1*3.4/0.8 = 4.7. With two operations left after this one 2.3 would do, with one 4.7.
		{name: "three operations left", in: higher(3), target: 5, codes: load},
		{name: "two operations left", in: higher(2), target: 5, codes: growth},
		{name: "the last operation is kept, it would take 9.4", in: higher(1), target: 10, codes: tracking(scaling.SizedToGrowth, scaling.HoldRightSize), retry: later},
		{
			name: "no operation left", in: down(40, 4).left(0).with(settledThere), target: 40,
			codes: tracking(scaling.SizedToLoad, scaling.HoldBudgetExhausted), retry: noon().Add(11*time.Hour + time.Minute),
		},
	}
}
