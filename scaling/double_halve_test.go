package scaling_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/scaling"
)

func TestDecideHalvesWhenCalm(t *testing.T) { check(t, calmCases()) }

// calmly asks for a halving of 4 open shards on these samples. 14 of 15 minutes below 0.25 confirm
// the alarm; below 0.125 the stream is nearly idle. In calm for an hour, 3 of 60 minutes may be busy.
func calmly(samples ...scaling.Sample) input {
	return traffic(scaling.Down, samples...).with(func(in *input) {
		in.s.ScaleDownAlarm = scaling.AlarmWindow{PeriodMinutes: 1, EvaluationPeriods: 15, DatapointsToAlarm: 14}
		in.s.Calm = time.Hour
	})
}

// busyBefore is traffic that was busy until some minutes before noon.
func busyBefore(ago int, since ...[]scaling.Sample) []scaling.Sample {
	return join(append([][]scaling.Sample{minutes(90, ago+1, filled(0.6))}, since...)...)
}

func calmCases() []decideCase {
	notCalm := []scaling.ReasonCode{scaling.UtilizationMeasured, scaling.HoldNotCalm}
	low := func(from, to int) []scaling.Sample { return minutes(from, to, filled(0.2)) }
	lower := func(from, to int) []scaling.Sample { return minutes(from, to, filled(0.12)) }
	in := func(minutes int) time.Time { return noon().Add(time.Duration(minutes) * time.Minute) }
	young := func(age time.Duration) input {
		return calmly(low(90, 2)...).with(func(in *input) { in.o.Stream.CreatedAt = noon().Add(-age) })
	}
	return []decideCase{
		{name: "nearly idle, just now", in: calmly(busyBefore(15, lower(15, 2))...), target: 2, codes: halved()},
		{name: "nearly idle but for a minute", in: calmly(busyBefore(15, lower(15, 11), low(10, 10), lower(9, 2))...), target: 2, codes: halved()},
		{name: "nearly idle but for two: one must leave the window", in: calmly(busyBefore(15, lower(15, 11), low(10, 9), lower(8, 2))...), target: 4, codes: notCalm, retry: in(6)},
		{name: "at half the threshold exactly", in: calmly(busyBefore(15, minutes(15, 2, filled(0.125)))...), target: 4, codes: notCalm, retry: in(13)},
		{name: "low for the hour", in: calmly(low(90, 2)...), target: 2, codes: halved()},
		{name: "low for the hour but for three minutes", in: calmly(join(low(90, 41), minutes(40, 38, filled(0.6)), low(37, 2))...), target: 2, codes: halved()},
		{name: "four busy minutes, with nearly idle in sight first", in: calmly(join(low(90, 41), minutes(40, 37, filled(0.6)), low(36, 2))...), target: 4, codes: notCalm, retry: in(13)},
		{name: "four busy minutes, the oldest of which leaves the hour first", in: calmly(join(low(90, 59), minutes(58, 55, filled(0.6)), low(54, 2))...), target: 4, codes: notCalm, retry: in(3)},
		{name: "at the threshold exactly is busy", in: calmly(join(low(90, 59), minutes(58, 55, filled(0.25)), low(54, 2))...), target: 4, codes: notCalm, retry: in(3)},
		{
			name: "throttled minutes are busy", target: 4, codes: notCalm, retry: in(3),
			in: calmly(join(low(90, 59), minutes(58, 55, func(s *scaling.Sample) { s.Records, s.Throttled = 100, 50 }), low(54, 2))...),
		},
		{name: "before the hour it was busy", in: calmly(busyBefore(60, low(60, 2))...), target: 2, codes: halved()},
		{name: "silence is calm", in: calmly(low(20, 2)...), target: 2, codes: halved()},
		{name: "three hours old", in: young(3 * time.Hour), target: 2, codes: halved()},
		{name: "younger", in: young(3*time.Hour - time.Minute), target: 4, codes: notCalm, retry: in(1)},
		{
			name: "as old as its calm", in: young(4 * time.Hour).with(func(in *input) { in.s.Calm = 4 * time.Hour }),
			target: 2, codes: halved(),
		},
		{
			name: "younger than that, with nearly idle in sight first", target: 4, codes: notCalm, retry: in(13),
			in: young(200 * time.Minute).with(func(in *input) { in.s.Calm = 4 * time.Hour }),
		},
		{
			name: "resized on its first day", target: 4, codes: notCalm, retry: in(110),
			in: young(20 * time.Hour).with(func(in *input) { in.h = operations(70 * time.Minute) }),
		},
		{
			name: "resized on a later day", target: 2, codes: halved(),
			in: young(24 * time.Hour).with(func(in *input) { in.h = operations(70 * time.Minute) }),
		},
		{
			name: "nearly idle but for the newest minute, which the half can't take", target: 4, codes: notCalm, retry: in(2),
			in: calmly(busyBefore(15, lower(15, 3), minutes(2, 2, filled(0.4)))...),
		},
		{
			name: "nearly idle but for the newest minute, which the half can take", target: 2, codes: halved(),
			in: calmly(busyBefore(15, lower(15, 3), minutes(2, 2, filled(0.37)))...),
		},
		{name: "of unknown age", in: calmly(low(90, 2)...).with(func(in *input) { in.o.Stream.CreatedAt = time.Time{} }), target: 2, codes: halved()},
		{name: "no calm is asked for", in: calmly(busyBefore(15, low(15, 2))...).with(func(in *input) { in.s.Calm = 0 }), target: 2, codes: halved()},
		{
			name: "at the minimum there is nothing to wait for", in: calmly(busyBefore(15, low(15, 2))...).with(func(in *input) { in.s.MinShards = 4 }),
			target: 4, codes: append(halved(), scaling.CappedAtMinShards, scaling.HoldAtMinShards),
		},
		{
			name: "a maximum does not wait", in: calmly(busyBefore(15, low(15, 2))...).with(func(in *input) { in.s.MaxShards = 3 }),
			target: 3, codes: []scaling.ReasonCode{scaling.AboveMaxShards},
		},
		{
			name: "a doubling does not wait", in: calmly(minutes(90, 2, filled(0.9))...).with(func(in *input) { in.o.Alarm = scaling.Up }),
			target: 8, codes: doubled(),
		},
		{
			name: "datapoints of five minutes leave five minutes at a time", target: 4, codes: notCalm, retry: in(10),
			in: calmly(busyBefore(60, lower(60, 56), low(55, 51), lower(50, 2))...).with(func(in *input) {
				in.s.ScaleDownAlarm = scaling.AlarmWindow{PeriodMinutes: 5, EvaluationPeriods: 12, DatapointsToAlarm: 12}
				in.s.Calm = 2 * time.Hour
			}),
		},
	}
}

// Where one of the thresholds is of the nominal capacity and the other of what the stream can use, halving may not lead to a doubling:
// a threshold of 0.25 is not below half of 0.75 times what is usable.
func TestAHalvingLeadsToNoDoubling(t *testing.T) {
	in := calmly(minutes(90, 2, filled(0.2))...).with(func(in *input) {
		in.s.NominalThresholds = scaling.NominalDown
		in.s.UsableShare = 0.5
	})
	if d := in.decide(); d.Direction != scaling.Hold || d.Reasons.Last() != scaling.HoldNotCalm {
		t.Errorf("0.2 is 0.4 of half the shards, full at 0.375: %v %v", d.Direction, d.Reasons)
	}
	in.o.Traffic.Samples = minutes(90, 2, filled(0.18))
	if d := in.decide(); d.Direction != scaling.Down {
		t.Errorf("0.18 is 0.36 of half the shards, full at 0.375: %v %v", d.Direction, d.Reasons)
	}
}

// anyQuietSpell draws a stream whose scale-down alarm has good reason, after a busier time.
func anyQuietSpell() *rapid.Generator[input] {
	return rapid.Custom(func(t *rapid.T) input {
		busy := rapid.SampledFrom([]float64{0, 0.12, 0.2, 0.2, 0.3, 0.6})
		quiet := rapid.SampledFrom([]float64{0, 0.12, 0.12, 0.12, 0.2})
		return calmly(join(
			minutes(90, 16, func(s *scaling.Sample) { filled(busy.Draw(t, "before"))(s) }),
			minutes(15, 1, func(s *scaling.Sample) { filled(quiet.Draw(t, "now"))(s) }),
		)...).with(func(in *input) { in.s.Calm = time.Duration(rapid.IntRange(1, 90).Draw(t, "calm")) * time.Minute })
	})
}

// later is the input some minutes on, in which nothing came.
func (in input) later(minutes int) input {
	in.o.Traffic.Samples = slices.Clone(in.o.Traffic.Samples)
	for ; minutes > 0; minutes-- {
		in.o.Traffic.Samples = append(in.o.Traffic.Samples, scaling.Sample{At: in.now})
		in.now = in.now.Add(time.Minute)
	}
	in.o.Traffic.To = in.now
	return in
}

// A stream that is not calm is looked at again when it can be calm, and not a minute sooner.
func TestCalmIsLookedForWhenItCanBe(t *testing.T) {
	held := 0
	rapid.Check(t, func(rt *rapid.T) {
		in := anyQuietSpell().Draw(rt, "input")
		d := in.decide()
		if d.Reasons.Last() != scaling.HoldNotCalm {
			return
		}
		held++
		wait := int(d.RetryAt.Sub(in.now) / time.Minute)
		if sooner := in.later(wait - 1).decide(); wait < 1 || sooner.Reasons.Last() != scaling.HoldNotCalm {
			rt.Fatalf("held for %d minutes, and a minute sooner: %v", wait, sooner.Reasons)
		}
		if then := in.later(wait).decide(); then.Direction != scaling.Down {
			rt.Fatalf("held for %d minutes, and then: %v", wait, then.Reasons)
		}
	})
	if held == 0 {
		t.Error("no stream was held; is the traffic too quiet?")
	}
}

// To ask for calm never takes more shards away than not to ask for it.
func TestCalmNeverTakesMoreShards(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		in := anyInput().Draw(rt, "input")
		hasty := in
		hasty.s.Calm = 0
		if a, b := in.decide(), hasty.decide(); a.Target < b.Target {
			rt.Fatalf("%d with calm, %d without: %v", a.Target, b.Target, a.Reasons)
		}
	})
}

// Calm is double-halve's. Target-tracking decides, and reads, the same whatever it is.
func TestTargetTrackingKnowsNoCalm(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		in := anyInput().Draw(rt, "input")
		in.s.Policy = scaling.TargetTracking
		other := in
		other.s.Calm = anyCalm().Draw(rt, "other calm")
		equal(rt, "decision", other.decide(), in.decide())
		equal(rt, "lookback", other.s.Lookback(scaling.Down), in.s.Lookback(scaling.Down))
	})
}

// A halving looks back as far as its calm, and to what was refused before the operations of a day; a doubling does not.
func TestLookbackOfDoubleHalve(t *testing.T) {
	s := halving()
	s.Calm = 48 * time.Hour
	equal(t, "for a halving", s.Lookback(scaling.Down), 48*time.Hour+10*time.Minute)
	equal(t, "for a doubling", s.Lookback(scaling.Up), 15*time.Minute)
	s.Calm = 30 * time.Minute
	equal(t, "never less than a day", s.Lookback(scaling.Down), 24*time.Hour+20*time.Minute)
}

// What is halved without any wait is not doubled at once.
func TestAHalvingWithoutCalmSetsOffNoDoubling(t *testing.T) {
	set := func(in *input) {
		in.s.ScaleUpThreshold, in.s.ScaleDownThreshold, in.s.NominalThresholds, in.s.Calm = 0.9, 0.4, scaling.NominalDown, 0
		in.o.Usable = scaling.UsableShare{Sizes: []scaling.SizeShare{{Size: 4, Share: 0.5, SeenAt: noon()}, {Size: 8, Share: 0.5, SeenAt: noon()}}}
	}
	if d := asked(scaling.Down, 8, 0.3).with(set).decide(); d.Reasons.Last() != scaling.HoldNotCalm {
		t.Errorf("8 shards become %d: %v", d.Target, d.Reasons)
	}
	if d := asked(scaling.Down, 8, 0.2).with(set).decide(); d.Target != 4 {
		t.Errorf("8 shards that half of them hold become %d: %v", d.Target, d.Reasons)
	}
}
