package planner

// What holds of the forecast whatever was seen.

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// anySeen draws up to ten days of loads with broken metrics among them, and some of any time at
// any place, so that they may be in no order.
func anySeen() *rapid.Generator[[]minute] {
	load := rapid.OneOf(
		rapid.Float64Range(0, 40),
		rapid.SampledFrom([]float64{0, -1, math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, math.SmallestNonzeroFloat64}),
	)
	sample := func(t *rapid.T, at time.Time) minute { return minute{at, load.Draw(t, "load")} }
	return rapid.Custom(func(t *rapid.T) []minute {
		var samples []minute
		hours, every := rapid.IntRange(0, 240).Draw(t, "hours"), rapid.IntRange(15, 90).Draw(t, "every")
		for at := pastNoon().Add(-time.Duration(hours) * time.Hour); at.Before(pastNoon()); at = at.Add(time.Duration(every) * time.Minute) {
			samples = append(samples, sample(t, at))
		}
		for range rapid.IntRange(0, 9).Draw(t, "more") {
			i := rapid.IntRange(0, len(samples)).Draw(t, "place")
			samples = slices.Insert(samples, i, sample(t, anyMoment().Draw(t, "at")))
		}
		return samples
	})
}

// anyMoment draws a time within ten days, or one that is far away.
func anyMoment() *rapid.Generator[time.Time] {
	return rapid.OneOf(
		rapid.Map(rapid.IntRange(-864_000, 3600), func(seconds int) time.Time { return pastNoon().Add(time.Duration(seconds) * time.Second) }),
		rapid.SampledFrom([]time.Time{
			{}, time.Unix(0, 0), time.Unix(-1, 0), time.Unix(math.MaxInt64, 0), time.Unix(math.MinInt64, 0), pastNoon().AddDate(-100, 0, 0), pastNoon().AddDate(100, 0, 0),
		}),
	)
}

// Samples that make no sense give a forecast that can be planned with all the same.
func TestPredictIsTotal(t *testing.T) {
	followed := 0
	rapid.Check(t, func(rt *rapid.T) {
		end := pastNoon()
		if rapid.IntRange(0, 3).Draw(rt, "another end") == 0 {
			end = anyMoment().Draw(rt, "end")
		}
		h := pastOf(end, anySeen().Draw(rt, "samples"))
		load := rapid.Float64Range(0, 1e6).Draw(rt, "load")
		f := h.predict(load, rapid.Float64Range(0, 1).Draw(rt, "confidence"))
		for ahead, peak := range f.Peak {
			if reach := h.mayGrowTo(ahead, peak, 1000); !(peak >= 0 && reach >= peak) || math.IsInf(reach, 0) {
				rt.Fatalf("block %d: a peak of %v, which may grow to %v", ahead, peak, reach)
			}
		}
		if !(f.Margin >= leastMargin && f.Margin <= mostMargin) {
			rt.Fatalf("a margin of %v", f.Margin)
		}
		followed += min(1, len(h.similar(thisBlock).days))
	})
	if followed == 0 {
		t.Error("the samples are too few to tell: no day was ever followed")
	}
}

func TestMoreConfidenceGivesNoSmallerMargin(t *testing.T) {
	differ := false
	rapid.Check(t, func(rt *rapid.T) {
		h := pastOf(pastNoon(), anySeen().Draw(rt, "samples"))
		less := rapid.Float64Range(0, 1).Draw(rt, "confidence")
		more := rapid.Float64Range(less, 1).Draw(rt, "more confidence")
		a, b := h.margin(less), h.margin(more)
		if b < a {
			rt.Fatalf("a margin of %v with a confidence of %v, of %v with one of %v", a, less, b, more)
		}
		differ = differ || a != b
	})
	if !differ {
		t.Error("the samples are too tame to tell: confidence never made a difference")
	}
}

// A stream of so many times the load has so many times the forecast, unless it is idle. The
// times are powers of two, which floating point is exact with: else two days could be as much
// alike before, and not after.
func TestForecastsScaleWithTheLoad(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		blocks := rapid.SliceOfN(rapid.Float64Range(1, 20), 97, 97).Draw(rt, "loads")
		bursts := rapid.Float64Range(1, 200).Draw(rt, "bursts")
		samples := seenDays(rapid.IntRange(1, 9).Draw(rt, "days"), func(at time.Time) float64 {
			i := pastDays*blocksPerDay*2 - int(pastNoon().Sub(at)/BlockLength)
			if at.Minute() == 7 && i%11 == 0 {
				return bursts
			}
			return blocks[i*7%len(blocks)] // no day is like another
		})
		load := rapid.Float64Range(1, 20).Draw(rt, "load")
		times := rapid.SampledFrom([]float64{2, 4, 64, 1024}).Draw(rt, "times")
		more := slices.Clone(samples)
		for i := range more {
			more[i].load *= times
		}
		a, b := pastOf(pastNoon(), samples).predict(load, 0.9), pastOf(pastNoon(), more).predict(load*times, 0.9)
		for ahead := range a.Peak {
			if b.Peak[ahead] != times*a.Peak[ahead] {
				rt.Fatalf("block %d: %v of %v times the load, %v of the load", ahead, b.Peak[ahead], times, a.Peak[ahead])
			}
		}
		if a.Margin != b.Margin {
			rt.Fatalf("a margin of %v of %v times the load, %v of the load", b.Margin, times, a.Margin)
		}
	})
}
