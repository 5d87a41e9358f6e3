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
const trackingRetry = 15 * time.Minute

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
	in.s.Outlook, in.s.PeakHold, in.s.Lead = 12*time.Hour, 10*time.Minute, 0
	in.o.Traffic = scaling.Traffic{Known: true, From: at.Add(-in.s.Lookback(dir)), To: at, Samples: samples}
	return in
}

// left returns the input with only some operations left of the ten.
func (in input) left(operations int) input {
	return in.with(func(in *input) {
		in.h = scaling.History{}
		for i := range in.s.OperationLimit - operations {
			in.h.Operations = append(in.h.Operations, scaling.Operation{At: in.now.Add(-time.Duration(i+1) * time.Hour)})
		}
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

// trackingUpCases have three hours of samples: not enough for a forecast, or to know the growth.
func trackingUpCases() []decideCase {
	up := func(open int, load float64) input {
		return tracked(noon(), scaling.Up, open, flow(noon(), 3*time.Hour, always(load)))
	}
	refused := flow(noon(), time.Hour, always(3))
	for i := range refused {
		refused[i].Records, refused[i].Throttled = 1000, 5000
	}
	ended := flow(noon(), time.Hour, func(at time.Time) float64 {
		if noon().Sub(at) > 2*time.Minute {
			return 7
		}
		return 4
	})
	unseen := tracked(noon(), scaling.Up, 4, nil)
	return []decideCase{
		{name: "6 shards of load at 0.8", in: up(4, 6), target: 8, codes: tracking(scaling.SizedToLoad)},
		{name: "between quarters", in: up(8, 8.6), target: 11, codes: tracking(scaling.SizedToLoad)},
		{name: "a quarter is near", in: up(40, 38), target: 50, codes: tracking(scaling.SizedToLoad, scaling.RoundedToQuarter)},
		{
			name: "at least one more", in: up(8, 7.6).with(func(in *input) { in.s.TargetUtilization = 1 }),
			target: 9, codes: tracking(scaling.SizedToLoad),
		},
		{name: "more than double", in: up(4, 40), target: 8, codes: tracking(scaling.SizedToLoad, scaling.CappedAtDouble)},
		{
			name: "at the maximum", in: up(8, 9).with(func(in *input) { in.s.MaxShards = 8 }),
			target: 8, codes: tracking(scaling.SizedToLoad, scaling.CappedAtMaxShards, scaling.HoldAtMaxShards),
		},
		{name: "refused records count, at most once over", in: tracked(noon(), scaling.Up, 4, refused), target: 8, codes: tracking(scaling.SizedToLoad)},
		{name: "a surge that is over already", in: tracked(noon(), scaling.Up, 4, ended), target: 5, codes: tracking(scaling.SizedToLoad)},
		{name: "no samples", in: unseen, target: 5, codes: []scaling.ReasonCode{scaling.AlarmTrusted, scaling.SizedToLoad}},
		{
			name: "CloudWatch did not answer", in: unseen.with(func(in *input) { in.o.Traffic = scaling.Traffic{} }),
			target: 5, codes: []scaling.ReasonCode{scaling.AlarmTrusted, scaling.SizedToLoad},
		},
		// Whoever may grow 8-fold and double but twice after this needs a quarter of that now: 3.7*8/0.8/4 = 9.25.
		{name: "three operations left", in: up(4, 3.7).left(3), target: 8, codes: tracking(scaling.SizedToGrowth, scaling.CappedAtDouble)},
		{name: "the last of them", in: up(20, 18.5).left(1), target: 40, codes: tracking(scaling.SizedToGrowth, scaling.CappedAtDouble)},
		{name: "none of them", in: up(4, 3.7).left(0), target: 4, codes: tracking(scaling.SizedToGrowth, scaling.CappedAtDouble, scaling.HoldBudgetExhausted), retry: noon().Add(14*time.Hour + time.Minute)},
	}
}

// trackingDownCases have three hours of samples too.
func trackingDownCases() []decideCase {
	down := func(open int, load float64) input {
		return tracked(noon(), scaling.Down, open, flow(noon(), 3*time.Hour, always(load)))
	}
	least := func(shards int) func(*input) { return func(in *input) { in.s.MinShards = shards } }
	peak := func(ago time.Duration) input { // a minute of 7, then 2; unknown growth holds it as long as any growth, eight times
		return tracked(noon(), scaling.Down, 10, flow(noon(), 3*time.Hour, func(at time.Time) float64 {
			if noon().Sub(at) == ago {
				return 7
			}
			return 2
		})).with(func(in *input) { in.s.MaxGrowth = 100 })
	}
	later := noon().Add(trackingRetry)
	right, little := tracking(scaling.SizedToLoad, scaling.HoldRightSize), tracking(scaling.SizedToLoad, scaling.HoldSmallSaving)
	return []decideCase{
		{name: "4 shards of load at 0.8", in: down(8, 4), target: 5, codes: tracking(scaling.SizedToLoad)},
		{name: "no more than half", in: down(10, 2), target: 5, codes: tracking(scaling.SizedToLoad)},
		{name: "a quarter is near", in: down(40, 23), target: 30, codes: tracking(scaling.SizedToLoad, scaling.RoundedToQuarter)},
		{name: "as many as there are", in: down(4, 3), target: 4, codes: right, retry: later},
		{name: "more than there are", in: down(4, 3).with(func(in *input) { in.s.TargetUtilization = 0.5 }), target: 4, codes: right, retry: later},
		{name: "one shard", in: down(1, 0.1), target: 1, codes: right, retry: later},
		{name: "at the minimum", in: down(4, 1).with(least(4)), target: 4, codes: right, retry: later},
		{name: "the minimum is near", in: down(10, 2).with(least(9)), target: 9 + 1, codes: little, retry: later},
		{name: "one of ten", in: down(10, 7), target: 10, codes: little, retry: later},
		{name: "two of ten", in: down(10, 6.4), target: 8, codes: tracking(scaling.SizedToLoad)},
		{
			name: "one of ten is enough", in: down(10, 7).with(func(in *input) { in.s.MinSaving = 0.1 }),
			target: 9, codes: tracking(scaling.SizedToLoad),
		},
		{name: "a peak within eighty minutes", in: peak(80 * time.Minute), target: 10, codes: little, retry: later},
		{name: "a peak before them", in: peak(81 * time.Minute), target: 5, codes: tracking(scaling.SizedToLoad)},
		{
			name: "less growth is held for less long", in: peak(21 * time.Minute).with(func(in *input) { in.s.MaxGrowth = 2 }),
			target: 5, codes: tracking(scaling.SizedToLoad),
		},
		// 2*8/0.8/4 = 5 with three left, 10 with two.
		{name: "three operations left", in: down(10, 2).left(3), target: 5, codes: tracking(scaling.SizedToGrowth)},
		{name: "two operations left", in: down(10, 2).left(2), target: 10, codes: tracking(scaling.SizedToGrowth, scaling.HoldRightSize), retry: later},
	}
}
