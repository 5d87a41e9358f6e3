package scaling

import (
	"fmt"
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/planner"
	"github.com/shardkeeper/shardkeeper/scaling/resize"
)

// The policy's own numbers.
const (
	quarterCost = 0.03 // share that a target at a multiple of 25 % may cost more than the planned one

	trackedUp = 0.95 // the default scale-up threshold, which target-utilization is meant for
	belowUp   = 0.9  // utilization beside it that a size is chosen for at most, and in proportion beside another: else each size would set off the alarm again
)

// targetTracking is the policy target-tracking. It turns samples into loads, lets the planner choose
// a size for the day ahead, and fits that to the alarm that asked:
//
//   - On the scale-up alarm it never holds.
//   - On the scale-down alarm it may scale up, Lead before a half-hour that needs more.
//   - A scale-down that saves less than MinSaving is not worth an operation, unless one cannot save more.
//   - A target close to a multiple of 25 % is rounded up to it.
func targetTracking(now time.Time, s Settings, o Observation, ops Operations, d *Decision) int {
	past := pastOf(o.Traffic)
	firstDay := onFirstDay(now, past, o)
	if wait := untilSettled(now, o, ops); firstDay && o.Alarm == Down && wait > 0 {
		holdUnsettled(now.Add(wait), d)
		return d.From
	}
	load := presentLoad(s, o, firstDay)
	stream := planner.Stream{
		Now: now, OpenShards: d.From, Load: load, Urgent: o.Alarm == Up,
		AtLeast: o.Alarm == Up && asksForMore(s, o, ops), Jumped: jumped(o.Traffic, load), Refuses: refusalsOf(now, o).Share >= s.ThrottledShare, Returns: ops.returns(),
	}
	size := planner.Choose(plannerConfig(now, s, o), past, stream)
	explainSize(s, o, stream, size, d)
	if o.Alarm == Down && takesBack(now, s, o, ops, size.Shards, d) {
		return d.From
	}
	switch trial := trialSize(d.From); {
	case o.Alarm == Up && trial > size.Shards && stream.Refuses && !fullByLoad(s, o): // full only because it refuses records
		d.because(GrownToJudge, "its load alone asks for %d shards", size.Shards)
		size.Shards = trial
	case o.Alarm == Up:
	case size.Shards > d.From && s.Lead > 0:
		d.because(ScaledAhead, "%.1f shards of load expected within %s", size.Forecast.Ahead(s.Lead), ahead(s.Lead))
	default:
		shards := roundToQuarter(min(size.Shards, d.From), d)
		return holdSmallSaving(nextLook(now, s, o.Traffic, size), s, shards, d)
	}
	return roundToQuarter(size.Shards, d)
}

// ahead is the time that a lead looks ahead, to the end of its last half-hour, in words.
func ahead(lead time.Duration) string {
	if lead <= planner.BlockLength {
		return "the hour"
	}
	return (lead + planner.BlockLength).String()
}

// plannerConfig is the settings that the planner needs. It may not plan for more shards than the
// service gives a stream.
func plannerConfig(now time.Time, s Settings, o Observation) planner.Config {
	bySize := o.Usable.bySize()
	if s.UsableShare > 0 {
		bySize = func(float64) float64 { return s.UsableShare }
	}
	return planner.Config{
		MinShards: s.MinShards, MaxShards: min(s.MaxShards, MaxStreamShards),
		TargetUtilization: targetBelow(s, o), ForecastUtilization: s.ForecastUtilization, ForecastConfidence: s.ForecastConfidence,
		MaxGrowth: s.MaxGrowth, OperationPrice: s.OperationPrice, Lead: s.Lead, OperationLimit: s.OperationLimit,
		Usable:  bySize,
		Minimum: s.minimumAhead(now),
	}
}

// targetBelow is the utilization, as a share of what the stream can use, that a size is chosen for: target-utilization, or less where
// that is not far enough below the scale-up threshold.
func targetBelow(s Settings, o Observation) float64 {
	up := s.ScaleUpThreshold / trackedUp
	if s.NominalThresholds.Covers(Up) {
		up /= s.Usable(o.Usable, float64(o.Stream.OpenShards))
	}
	return min(s.TargetUtilization, belowUp*up)
}

// pastOf converts samples to loads.
func pastOf(t Traffic) *planner.Past {
	past := planner.NewPast(t.To)
	for i := range t.Samples { // some ten thousand, so none is copied
		past.Add(t.Samples[i].At, loadOf(&t.Samples[i]))
	}
	return past
}

// asksForMore reports whether of the present load only the least is known. The newest minute was measured at the size before, filled
// that, and refused as many records as got in, or more: no more count (see loadOf). A few keys may refuse as many while other shards
// are not full, so a minute that did not fill the size tells nothing of the kind.
func asksForMore(s Settings, o Observation, ops Operations) bool {
	samples := o.Traffic.newestMinutes()
	if len(samples) == 0 || len(ops) == 0 {
		return false
	}
	newest, before := &samples[len(samples)-1], ops[0].From
	gotIn, _ := utilizationOf(newest, before)
	return newest.At.Before(o.Usable.Since) && gotIn >= upAt(s, o, before) && sentFactor(newest) >= mostSent
}

// presentLoad is the highest load of the last minutes, in shards. A scale-down takes the highest of a
// longer time, PeakHold, since a burst is seldom alone. On the first day that is firstDayHold. Where
// CloudWatch gave no samples, a stream whose alarm shows that it is full is full.
func presentLoad(s Settings, o Observation, firstDay bool) float64 {
	present := peakOf(o.Traffic.newestMinutes())
	if o.Alarm == Down {
		hold := s.PeakHold
		if firstDay {
			hold = max(hold, firstDayHold)
		}
		return max(present, peakSince(o.Traffic.Samples, o.Traffic.To.Add(-hold)))
	}
	if !o.Traffic.Known {
		return float64(o.Stream.OpenShards) * s.Usable(o.Usable, float64(o.Stream.OpenShards))
	}
	return present
}

// explainSize puts into the trail what the size was chosen by: the load, the forecast or the growth,
// whichever asks for the most shards, and what so many shards can use.
func explainSize(s Settings, o Observation, stream planner.Stream, size planner.Size, d *Decision) {
	code := SizedToLoad
	switch size.Reason {
	case planner.ForLoad:
	case planner.ForForecast:
		code = SizedToForecast
	case planner.ForGrowth:
		code = SizedToGrowth
	}
	expected := size.Forecast.Peak[:]
	usable := ""
	if share := s.Usable(o.Usable, float64(size.Shards)); share < 1 {
		usable = fmt.Sprintf("%d shards can use %.2f of their limits; ", size.Shards, share)
	}
	orMore := ""
	if stream.AtLeast {
		orMore = " or more"
	}
	d.because(code, "load %.1f%s, forecast %.1f, %.1f within a day, and up to %.2f times that; may grow to %.1f; %s%d operations left",
		stream.Load, orMore, expected[0], slices.Max(expected), size.Forecast.Margin, size.Growth, usable, size.Operations)
}

// holdSmallSaving holds a scale-down that saves nothing or too little, and says when to look again; else it returns its size. What one
// operation saves at most is always enough: else a stream of 31 shards of which half are to be saved would never be made smaller.
func holdSmallSaving(retry time.Time, s Settings, shards int, d *Decision) int {
	saving := 1 - float64(shards)/float64(d.From)
	switch {
	case shards == d.From:
		d.hold(retry, HoldRightSize, "")
	case shards > resize.Smallest(d.From) && saving < s.MinSaving-1e-9: // 2 of 10 shards are 0.2 of them, whatever is left of 1 - 0.8
		d.hold(retry, HoldSmallSaving, "%d shards save %.2f, at least %v wanted", shards, saving, s.MinSaving)
		return d.From
	}
	return shards
}

// roundToQuarter returns the smallest multiple of 25 % of the open shards that is at least shards,
// when it costs little and is on the same side; else shards. The service is fastest at such targets
// (API reference of UpdateShardCount, read 2026-11).
func roundToQuarter(shards int, d *Decision) int {
	open := d.From
	for k := 2; k <= 8; k++ {
		target := (open*k + 3) / 4
		little := float64(target) <= float64(shards)*(1+quarterCost)
		if target >= shards && little && DirectionOf(open, target) == DirectionOf(open, shards) {
			if target != shards {
				d.Reasons = append(d.Reasons, Reason{Code: RoundedToQuarter, Detail: fmt.Sprintf("%d to %d", shards, target)})
			}
			return target
		}
	}
	return shards
}

// trackTarget changes defaults to those of target-tracking: alarms that ask early and often, since the
// policy itself knows when not to act, and no reserve, since it plans the budget.
func trackTarget(s *Settings) {
	s.ScaleUpThreshold, s.ScaleDownThreshold = trackedUp, 0.85
	s.ScaleUpAlarm = AlarmWindow{PeriodMinutes: 1, EvaluationPeriods: 1, DatapointsToAlarm: 1}
	s.ScaleDownAlarm = AlarmWindow{PeriodMinutes: 1, EvaluationPeriods: 15, DatapointsToAlarm: 15}
	s.ScaleDownCooldown, s.ScaleUpReserve = 0, 0
}

// pastForPlanning is what a plan wants to see, in whichever direction it goes.
func pastForPlanning(Settings, Direction) time.Duration { return planner.Needed }

// nineTenthsOf is the highest scale-down threshold that follows: closer to the scale-up threshold, the
// policy would be asked for more and for fewer shards at once.
func nineTenthsOf(up float64) float64 {
	return up * 900 / 1000 // of 0.9 that is 0.81; 0.9*9/10 is 0.8099999999999999
}

// belowAny lets a scale-down threshold that is set be as close to the scale-up threshold as one likes.
func belowAny(float64, float64) string { return "" }

// searchTargetTracking is what recommend searches: when the alarms speak, what size is chosen, and what is
// kept for later. Settings that hardly matter are left out.
func searchTargetTracking() []Axis {
	return []Axis{
		axisOfThresholds([2]float64{0.98, 0.88}, [2]float64{0.95, 0.85}, [2]float64{0.9, 0.8}, [2]float64{0.85, 0.75}, [2]float64{0.8, 0.7}, [2]float64{0.7, 0.6}),
		scaleUpWindows(),
		axisOf("target-utilization", 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95),
		axisOf("forecast-utilization", 0.7, 0.8, 0.9, 0.95, 1),
		axisOf("max-growth", 1, 2, 4, 8, 12, 24, 48),
		axisOf("forecast-confidence", 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1),
		axisOf("operation-price", 0.005, 0.01, 0.016, 0.03, 0.05),
		axisOf("min-saving", 0.05, 0.1, 0.16, 0.3),
		axisOf("scale-up-reserve", 0, 1, 2, 3),
	}
}
