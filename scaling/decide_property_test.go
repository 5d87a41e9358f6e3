package scaling_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// promised checks what Decide promises for any input with valid settings.
func promised(t tester, in input) scaling.Decision {
	t.Helper()
	before := fmt.Sprintf("%+v", in)
	d := in.decide()
	fail := func(format string, args ...any) {
		t.Helper()
		t.Errorf("%s\ndecision: %+v\ninput: %+v", fmt.Sprintf(format, args...), d, in)
	}
	if after := fmt.Sprintf("%+v", in); after != before {
		fail("the input was changed")
	}
	if diff := cmp.Diff(d, in.decide()); diff != "" {
		fail("the same input gives another decision: %s", diff)
	}
	from := in.o.Stream.OpenShards
	if d.From != from || !d.At.Equal(in.now) {
		fail("from and at are not those of the input")
	}
	if math.IsNaN(d.Utilization) || d.Utilization < 0 {
		fail("utilization %v", d.Utilization)
	}
	if len(d.Reasons) == 0 || holds(d.Reasons.Last()) != (d.Direction == scaling.Hold) {
		fail("last reason %q", d.Reasons.Last())
	}
	switch d.Direction {
	case scaling.Hold:
		if d.Target != from {
			fail("a hold with another target")
		}
		if !d.RetryAt.IsZero() && d.RetryAt.Before(in.now) {
			fail("retry in the past")
		}
		return d
	case scaling.Up:
		if a := in.o.Traffic; from >= in.s.MinShards && a.Known && len(a.Samples) == 0 {
			fail("an up although nothing was measured")
		}
		if d.Target <= from || d.Target > scaling.MaxStreamShards || d.Target-from > from {
			fail("an up that is none, or above double or the service's most")
		}
		if a := in.o.Account; a.ShardLimit > 0 && (a.OpenShards >= a.ShardLimit || a.OpenShards >= 0 && d.Target-from > a.ShardLimit-a.OpenShards) {
			fail("beyond the account's room")
		}
	case scaling.Down:
		if d.Target >= from || d.Target < 1 || d.Target < from-from/2 {
			fail("a down that is none, or below half")
		}
	default:
		fail("direction %d", int(d.Direction))
	}
	switch least, most := in.s.MinShards, in.s.MaxShards; {
	case from < least && (d.Direction != scaling.Up || d.Target > least):
		fail("does not go towards the minimum")
	case from > most && (d.Direction != scaling.Down || d.Target < min(most, scaling.MaxStreamShards-1)):
		fail("does not go towards the maximum")
	case from >= least && from <= most && (d.Target < least || d.Target > most):
		fail("leaves its bounds")
	}
	if !d.RetryAt.IsZero() {
		fail("an operation with a time to retry")
	}
	if in.o.Stream.Status != scaling.StatusActive || in.o.Stream.Mode == scaling.ModeOnDemand || in.s.Mode == scaling.ModeDisabled {
		fail("acts on a stream that cannot be scaled")
	}
	if used := in.h.Used(in.now); used >= in.s.Allowed(d.Direction) {
		fail("over budget: %d used", used)
	}
	return d
}

func TestDecideKeepsItsPromises(t *testing.T) {
	acted := map[scaling.Direction]int{}
	rapid.Check(t, func(rt *rapid.T) {
		in := anyInput().Draw(rt, "input")
		if err := in.s.Validate(); err != nil {
			rt.Fatalf("the generator gives settings that cannot be used: %v", err)
		}
		acted[promised(rt, in).Direction]++
	})
	if acted[scaling.Up] == 0 || acted[scaling.Down] == 0 || acted[scaling.Hold] == 0 {
		t.Errorf("the inputs are too tame or too wild to tell: decisions %v", acted)
	}
}

// more returns the input with more load, in one of several ways.
func more(t *rapid.T, in input) input {
	samples := slices.Clone(in.o.Traffic.Samples)
	in.o.Traffic.Samples = samples
	way, factor := rapid.IntRange(0, 2).Draw(t, "way"), rapid.SampledFrom([]float64{1, 2, 4, 1024}).Draw(t, "factor")
	from := rapid.IntRange(0, len(samples)).Draw(t, "from")
	for i := from; i < len(samples); i++ {
		s := &samples[i]
		switch way {
		case 0: // everything grows, and the share of refused records stays
			s.Bytes, s.Records, s.Throttled = s.Bytes*factor, s.Records*factor, s.Throttled*factor
		case 1:
			s.Bytes = max(s.Bytes, 0) + factor*scaling.BytesPerShard
		case 2:
			s.Throttled = max(s.Throttled, 0) + factor
		}
	}
	return in
}

// What target-tracking planned for what is ahead is left out; see TestTargetTrackingGivesMoreForMoreLoad.
func TestMoreLoadNeverMeansFewerShards(t *testing.T) {
	planned := func(in input, d scaling.Decision) bool {
		trail := codes(d.Reasons)
		return slices.Contains(trail, scaling.SizedToForecast) || slices.Contains(trail, scaling.SizedToGrowth) ||
			in.o.Alarm == scaling.Down && slices.Contains(trail, scaling.SizedToLoad)
	}
	rapid.Check(t, func(rt *rapid.T) {
		in := anyInput().Draw(rt, "input")
		busier := more(rt, in)
		if a, b := in.decide(), busier.decide(); b.Target < a.Target && !planned(in, a) {
			rt.Fatalf("more load takes the target from %d to %d\nbefore: %v\nafter: %v", a.Target, b.Target, a.Reasons, b.Reasons)
		}
	})
}

// Settings that Validate refuses may give odd sizes, but never a panic, a missing reason, or a
// direction that does not fit the target.
func TestDecideIsTotal(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		in := anyInput().Draw(rt, "input")
		in.s = scaling.Settings{
			Policy:    in.s.Policy,
			MinShards: anyOpen().Draw(rt, "min"), MaxShards: anyOpen().Draw(rt, "max"),
			ScaleUpThreshold: anyRate().Draw(rt, "up"), ScaleDownThreshold: anyRate().Draw(rt, "down"),
			TargetUtilization: anyRate().Draw(rt, "target"), ThrottledShare: anyRate().Draw(rt, "share"), NominalThresholds: scaling.NominalNone,
			ForecastUtilization: anyRate().Draw(rt, "forecast"), MinSaving: anyRate().Draw(rt, "saving"), MaxGrowth: anyRate().Draw(rt, "growth"),
			Calm: anyCalm().Draw(rt, "calm"), ForecastConfidence: anyRate().Draw(rt, "confidence"), OperationPrice: anyRate().Draw(rt, "price"), PeakHold: anyDuration().Draw(rt, "hold"), Lead: anyDuration().Draw(rt, "lead"),
			OperationLimit: anyOpen().Draw(rt, "limit"), ScaleUpReserve: anyOpen().Draw(rt, "reserve"),
		}
		d := in.decide()
		agrees := d.Direction == scaling.Hold && d.Target == d.From || d.Direction == scaling.Up && d.Target > d.From || d.Direction == scaling.Down && d.Target < d.From
		if !agrees || len(d.Reasons) == 0 {
			rt.Fatalf("got %+v", d)
		}
	})
	if d := scaling.Decide(time.Time{}, scaling.Settings{}, scaling.Observation{}, scaling.Operations{}); d.Direction != scaling.Hold || len(d.Reasons) == 0 {
		t.Errorf("nothing at all gives %+v", d)
	}
}

// Two streams decide as if the other were not there, in whatever order they are asked.
func TestStreamsDoNotInterfere(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		streams := []input{anyInput().Draw(rt, "one"), anyInput().Draw(rt, "other")}
		alone := []scaling.Decision{streams[0].decide(), streams[1].decide()}
		for _, i := range rapid.SliceOfN(rapid.IntRange(0, 1), 1, 8).Draw(rt, "order") {
			if diff := cmp.Diff(alone[i], streams[i].decide()); diff != "" {
				rt.Fatalf("stream %d decides otherwise beside the other: %s", i, diff)
			}
		}
	})
}

// FuzzDecide looks for one observation that breaks a promise. The seeds are the extremes.
func FuzzDecide(f *testing.F) {
	for _, rate := range []float64{0, 1, math.NaN(), math.Inf(1), math.Inf(-1), -1, 1e300, math.MaxFloat64} {
		for _, open := range []int{0, 1, 3, scaling.MaxStreamShards, math.MaxInt} {
			f.Add(open, 1, scaling.MaxStreamShards, uint8(1), rate, rate, 0.0, int64(0), uint8(0), 0, 0)
			f.Add(open, 2, 5, uint8(2), 0.0, rate, rate, int64(math.MaxInt64), uint8(10), 500, 499)
		}
	}
	f.Add(4, 1, 100, uint8(0x12), 0.5, 1e300, 0.0, int64(-1), uint8(3), -1, math.MaxInt)
	f.Fuzz(func(t *testing.T, open, least, most int, how uint8, bytes, records, throttled float64, age int64, used uint8, limit, inUse int) {
		in := asked(scaling.Direction(how%3), open, 0)
		in.s.MinShards, in.s.MaxShards = least, most
		if how&0x10 != 0 {
			in.s.Policy = scaling.TargetTracking
		}
		if in.s.Validate() != nil {
			t.Skip("settings that are never used")
		}
		in.o.Traffic = answered(minutes(90, 2, func(s *scaling.Sample) {
			s.Bytes, s.Records, s.Throttled, s.IteratorAge = bytes, records, throttled, time.Duration(age)
		})...)
		in.o.Account = scaling.Account{ShardLimit: limit, OpenShards: inUse}
		in.h = hoursAgo(1, int(used%24))
		d := promised(t, in)
		busier := in
		busier.o.Traffic = answered(minutes(90, 2, func(s *scaling.Sample) {
			s.Bytes, s.Records, s.Throttled, s.IteratorAge = 2*bytes, 2*records, 2*throttled, time.Duration(age)
		})...)
		if b := promised(t, busier); b.Target < d.Target {
			t.Errorf("twice the load takes the target from %d to %d", d.Target, b.Target)
		}
	})
}
