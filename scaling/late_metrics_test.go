package scaling_test

// CloudWatch shows a minute some minutes late: until then its metrics are missing, and that is no silence.

import (
	"slices"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// late is the input as it looks where CloudWatch does not show the newest minutes yet: the same samples, some minutes later.
func (in input) late(minutes int) input {
	in.now = in.now.Add(time.Duration(minutes) * time.Minute)
	in.o.Traffic.To = in.o.Traffic.To.Add(time.Duration(minutes) * time.Minute)
	return in
}

// climbing is a stream of 20 shards that was asked for 2 shards an hour ago and for 20 in the newest minute.
func climbing() input {
	in := asked(scaling.Up, 20, 0)
	in.s = scaling.Defaults(scaling.TargetTracking)
	in.s.Mode = scaling.ModeEnabled
	in.o.Traffic = answered(minutes(90, 1, func(s *scaling.Sample) {
		s.Records = max(2, 20-0.3*noon().Sub(s.At).Minutes()) * scaling.RecordsPerShard
	})...)
	return in
}

// target-tracking grows by the load of the newest minutes that are shown, and not by one shard after the other, until minutes are
// missing for so long that the alarm is not confirmed either.
func TestALateMetricIsNoSilence(t *testing.T) {
	want := climbing().decide().Target
	if want < 25 {
		t.Fatalf("to %d shards where nothing is late", want)
	}
	for late := range 6 {
		d := climbing().late(late).decide()
		if d.Direction != scaling.Up || d.Target < want-1 { // the forecast is for later
			t.Errorf("%d minutes late: %s to %d, want %d: %v", late, d.Direction, d.Target, want, d.Reasons)
		}
	}
	if d := climbing().late(6).decide(); d.Direction != scaling.Hold {
		t.Errorf("a silence of six minutes: %s to %d: %v", d.Direction, d.Target, d.Reasons)
	}
}

// A stream that is nearly idle but for the newest minute that is shown is not halved to a size which that minute would fill, whether it
// must be calm or not.
func TestALateBurstHoldsAHalving(t *testing.T) {
	for _, calm := range []time.Duration{0, 8 * time.Hour} {
		for late := range 3 {
			in := asked(scaling.Down, 8, 0)
			in.s = scaling.Defaults(scaling.DoubleHalve)
			in.s.Mode, in.s.ScaleUpReserve, in.s.Calm = scaling.ModeEnabled, 0, calm
			in.o.Traffic = scaling.Traffic{Known: true, From: noon().Add(-25 * time.Hour), To: noon(), Samples: minutes(25*60, 1, func(s *scaling.Sample) {
				s.Records = 0.5 * scaling.RecordsPerShard
				if noon().Sub(s.At) == time.Minute {
					s.Records = 6 * scaling.RecordsPerShard
				}
			})}
			if d := in.late(late).decide(); d.Direction != scaling.Hold {
				t.Errorf("calm for %s, %d minutes late: %s to %d: %v", calm, late, d.Direction, d.Target, d.Reasons)
			}
		}
	}
}

// A sample of the consumers alone tells nothing of what producers sent.
func TestALagIsNoTraffic(t *testing.T) {
	in := climbing().late(3)
	in.o.Traffic.Samples = slices.Clone(in.o.Traffic.Samples)
	for ago := 2; ago >= 0; ago-- {
		in.o.Traffic.Samples = append(in.o.Traffic.Samples, scaling.Sample{At: noon().Add(time.Duration(2-ago) * time.Minute), IteratorAge: time.Second})
	}
	if got, want := in.decide().Target, climbing().decide().Target; got < want-1 {
		t.Errorf("to %d shards, want %d", got, want)
	}
}
