package scaling

import (
	"fmt"
	"math"
	"time"
)

// targetTracking is the policy target-tracking: as many shards as the largest of three needs.
//
//   - load: the highest of the last minutes, at the target utilization;
//   - forecast: the highest that past days like today say is ahead, at the forecast utilization;
//   - growth: the stream may grow as violently as it has in the past days. With k operations left
//     it can still double k times, so it needs 2^k times fewer shards now.
//
// The fewer operations are left, the further ahead it looks, so that the rest lasts. A scale-down
// that saves little is not worth an operation.
func targetTracking(now time.Time, s Settings, o Observation, h History, d *Decision) int {
	left := max(s.OperationLimit-h.Used(now), 1)
	seen := digest(o.Traffic.To, o.Traffic.Samples)
	if o.Alarm == Up {
		load := seen.peakSince(o.Traffic.To.Add(-loadMinutes * time.Minute))
		if !o.Traffic.Known || len(o.Traffic.Samples) == 0 {
			load = float64(d.From) // nothing was measured, and the alarm says that it is full
		}
		want := max(needed(s, seen, load, s.Outlook/3, left, d), d.From+1)
		return quarter(d, want)
	}
	if soon := seen.forecastPeak(s.Lead); s.Lead > 0 && soon > float64(d.From) {
		d.because(ScaledAhead, "%.1f shards of load expected within %s", soon, s.Lead)
		want := max(needed(s, seen, soon*s.TargetUtilization, s.Outlook/3, left, d), d.From+1)
		return quarter(d, want)
	}
	held := time.Duration(min(seen.growth(s.MaxGrowth), maxHoldFold) * float64(s.PeakHold))
	load := seen.peakSince(o.Traffic.To.Add(-held))
	want := quarter(d, max(min(needed(s, seen, load, s.Outlook, left, d), d.From), minTarget(d.From), s.MinShards))
	switch saving := 1 - float64(want)/float64(d.From); {
	case want == d.From:
		d.hold(now.Add(targetRetry), HoldRightSize, "")
	case saving < s.MinSaving-1e-9: // 2 of 10 shards are 0.2 of them, whatever is left of 1 - 0.8
		d.hold(now.Add(targetRetry), HoldSmallSaving, "%d shards save %.2f, at least %v wanted", want, saving, s.MinSaving)
		return d.From
	}
	return want
}

const (
	loadMinutes = 2                // minutes whose peak a scale-up is sized for
	maxHoldFold = 8                // growth up to which a peak is held longer
	quarterCost = 0.06             // share that a multiple of 25 % may cost more
	targetRetry = 15 * time.Minute // a scale-down that holds is looked at again
)

// needed returns the largest of the three needs, in shards, and says which it was.
func needed(s Settings, seen *past, load float64, outlook time.Duration, left int, d *Decision) int {
	forecast := seen.forecastPeak(outlook / time.Duration(left))
	growth := seen.growth(s.MaxGrowth)
	byLoad := load / s.TargetUtilization
	byForecast := forecast / s.ForecastUtilization
	byGrowth := seen.reach(load, growth) / s.TargetUtilization * math.Exp2(-float64(left-1))

	code := SizedToLoad
	need := byLoad
	if byForecast > need {
		code, need = SizedToForecast, byForecast
	}
	if byGrowth > need {
		code, need = SizedToGrowth, byGrowth
	}
	d.because(code, "load %.1f, forecast %.1f, growth %.1f-fold, %d operations left", load, forecast, growth, left)
	return ceilShards(need - 1e-9)
}

// quarter returns the smallest multiple of 25 % of the open shards that is at least want, when it
// costs little and is on the same side; else want. The service is fastest at such targets (API
// reference of UpdateShardCount, read 2026-11).
func quarter(d *Decision, want int) int {
	open := d.From
	for k := 2; k <= 8; k++ {
		target := (open*k + 3) / 4
		little := float64(target) <= float64(want)*(1+quarterCost)
		if target >= want && little && directionOf(open, target) == directionOf(open, want) {
			if target != want {
				d.Reasons = append(d.Reasons, Reason{Code: RoundedToQuarter, Detail: fmt.Sprintf("%d to %d", want, target)})
			}
			return target
		}
	}
	return want
}
