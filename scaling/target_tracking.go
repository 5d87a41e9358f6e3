package scaling

import (
	"fmt"
	"slices"
	"time"
)

// targetTracking is the policy target-tracking. It lays out the day ahead, half-hour by half-hour:
//
//   - load: what the last minutes need, at the target utilization;
//   - forecast: what past days like today say is ahead, with a margin for how wrong that has
//     been, at the forecast utilization;
//   - growth: the stream may grow as violently as it has in the past days, and with k operations
//     left it can double only k times.
//
// Then it takes the first step of the cheapest plan that meets all three.
func targetTracking(now time.Time, s Settings, o Observation, ops Operations, d *Decision) int {
	seen := digest(o.Traffic.To, o.Traffic.Samples)
	load := presentLoad(s, seen, o)
	ahead := seen.foretell(load, s.ForecastConfidence)
	p := newPlan(now, s, seen, ahead, load, ops, d.From)
	want, soon := p.first()
	code := p.reason(want, load/s.TargetUtilization)
	if o.Alarm == Up {
		if need, why := p.atOnce(load * risingLoad / s.TargetUtilization); need >= want {
			want, code = need, why
		}
	}
	p.explain(code, load, ahead, d)
	switch {
	case o.Alarm == Up:
	case want > d.From && s.Lead > 0:
		d.because(ScaledAhead, "%.1f shards of load expected within the hour", max(ahead.peak[0], ahead.peak[1]))
	default:
		return p.worthwhile(now, s, quarter(d, min(want, d.From)), soon, d)
	}
	return quarter(d, want)
}

const (
	loadMinutes = 2                // minutes whose peak is the present load
	maxHoldFold = 4                // growth up to which a peak is held longer
	risingLoad  = 1.1              // a load that sets off the scale-up alarm is on its way up
	quarterCost = 0.03             // share that a multiple of 25 % may cost more
	targetRetry = 20 * time.Minute // a scale-down that holds is looked at again
)

// presentLoad is the load of the last minutes, in shards. A scale-down takes the highest of a longer
// time, the longer the more the stream grows. With nothing measured, a stream whose alarm says that
// it is full is full.
func presentLoad(s Settings, seen *past, o Observation) float64 {
	since := time.Duration(loadMinutes) * time.Minute
	if o.Alarm == Down {
		since = max(since, time.Duration(min(seen.growth(s.MaxGrowth), maxHoldFold)*float64(s.PeakHold)))
	} else if !o.Traffic.Known || len(o.Traffic.Samples) == 0 {
		return float64(o.Stream.OpenShards)
	}
	return seen.peakSince(o.Traffic.To.Add(-since))
}

// newPlan lays out the day ahead. A stream without an operation left is planned as if it had one:
// what it would do tells what it waits for.
func newPlan(now time.Time, s Settings, seen *past, ahead forecast, load float64, ops Operations, open int) *plan {
	p := &plan{open: open, least: s.MinShards, most: s.MaxShards}
	start := now.Truncate(blockLength)
	mean := 0.0
	for i := range p.need {
		begin, end := start.Add(time.Duration(i)*blockLength), start.Add(time.Duration(i+1)*blockLength)
		if begin.Before(now) {
			begin = now
		}
		p.hours[i] = end.Sub(begin).Hours()
		p.operations[i] = max(1, min(s.OperationLimit-ops.Used(begin), plannedOperations))
		expected := ahead.peak[i] * ahead.margin
		mean += expected / float64(len(p.need))
		p.need[i] = max(1, expected/s.ForecastUtilization)
		p.growth[i] = seen.reach(max(ahead.peak[i], ahead.peak[min(i+1, len(p.need)-1)]), s.MaxGrowth) / s.TargetUtilization
	}
	p.need[0] = max(p.need[0], load/s.TargetUtilization)
	p.growth[0] = max(p.growth[0], seen.reach(load, s.MaxGrowth)/s.TargetUtilization)
	if s.Lead > 0 && start.Add(blockLength).Sub(now) <= s.Lead {
		p.need[0] = max(p.need[0], p.need[1])
	}
	p.price = s.OperationPrice * max(mean, idleLoad) * 24
	return p
}

// reason is the name of what asks for the most of a planned size, where the load of the last
// minutes needs so many shards. Nothing is the reason of the least that there is but the load.
func (p *plan) reason(want int, load float64) ReasonCode {
	switch room := p.room(0, 1); {
	case room > p.need[0] && room >= float64(want-1):
		return SizedToGrowth
	case load >= float64(want-1) || want <= max(p.least, minTarget(p.open)):
		return SizedToLoad
	}
	return SizedToForecast
}

// atOnce is what a stream whose scale-up alarm went off needs whatever is planned, and why: at least
// one shard more, what the load asks for, and room for growth.
func (p *plan) atOnce(load float64) (int, ReasonCode) {
	room := p.room(0, 0)
	need := max(ceilShards(max(load, room)-1e-9), p.open+1)
	if room > load {
		return need, SizedToGrowth
	}
	return need, SizedToLoad
}

// explain puts into the trail what was planned with, under the name of what asks for the most.
func (p *plan) explain(code ReasonCode, load float64, ahead forecast, d *Decision) {
	d.because(code, "load %.1f, forecast %.1f, %.1f within a day, and up to %.2f times that; may grow to %.1f; %d operations left",
		load, ahead.peak[0], slices.Max(ahead.peak[:]), ahead.margin, p.growth[0], p.operations[0])
}

// worthwhile holds a scale-down that saves too little. Soon says that an operation is planned
// for the start of the next half-hour: then the stream is looked at in time for it.
func (p *plan) worthwhile(now time.Time, s Settings, want int, soon bool, d *Decision) int {
	retry := now.Add(targetRetry)
	if at := now.Truncate(blockLength).Add(blockLength - s.Lead); soon && at.After(now) && at.Before(retry) {
		retry = at
	}
	saving := 1 - float64(want)/float64(p.open)
	switch {
	case want == p.open:
		d.hold(retry, HoldRightSize, "")
	case saving < s.MinSaving-1e-9: // 2 of 10 shards are 0.2 of them, whatever is left of 1 - 0.8
		d.hold(retry, HoldSmallSaving, "%d shards save %.2f, at least %v wanted", want, saving, s.MinSaving)
		return p.open
	}
	return want
}

// quarter returns the smallest multiple of 25 % of the open shards that is at least want, when it
// costs little and is on the same side; else want. The service is fastest at such targets (API
// reference of UpdateShardCount, read 2026-11).
func quarter(d *Decision, want int) int {
	open := d.From
	for k := 2; k <= 8; k++ {
		target := (open*k + 3) / 4
		little := float64(target) <= float64(want)*(1+quarterCost)
		if target >= want && little && DirectionOf(open, target) == DirectionOf(open, want) {
			if target != want {
				d.Reasons = append(d.Reasons, Reason{Code: RoundedToQuarter, Detail: fmt.Sprintf("%d to %d", want, target)})
			}
			return target
		}
	}
	return want
}

// trackTarget changes defaults to those of target-tracking: alarms that ask early and often, since the
// policy itself knows when not to act, and no reserve, since it plans the budget.
func trackTarget(s *Settings) {
	s.Policy = TargetTracking
	s.ScaleUpThreshold, s.ScaleDownThreshold = 0.95, 0.85
	s.ScaleUpAlarm = AlarmWindow{PeriodMinutes: 1, EvaluationPeriods: 1, DatapointsToAlarm: 1}
	s.ScaleDownAlarm = AlarmWindow{PeriodMinutes: 1, EvaluationPeriods: 15, DatapointsToAlarm: 15}
	s.ScaleDownCooldown, s.ScaleUpReserve = 0, 0
}

// pastForPlanning is what a plan wants to see, in whichever direction it goes.
func pastForPlanning(Settings, Direction) time.Duration { return PastNeeded }

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
		axisOf("max-growth", 1, 2, 4, 8, 16, 32, 64),
		axisOf("forecast-confidence", 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1),
		axisOf("operation-price", 0.005, 0.01, 0.02, 0.03, 0.05),
		axisOf("min-saving", 0.05, 0.12, 0.2, 0.3),
		axisOf("scale-up-reserve", 0, 1, 2, 3),
	}
}
