package scaling

import (
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/planner"
)

// When a stream that keeps its size is looked at again.
const (
	holdInterval  = planner.BlockLength // at the latest: plans change with each half-hour
	lookAfterPeak = 5 * time.Minute     // after the PeakHold of a peak: CloudWatch shows a minute some minutes late
)

// nextLook is when a scale-down that holds is looked at again: after holdInterval, or before it where that tells more.
//
//   - Lead before the next half-hour, if an operation is planned for its start.
//   - When the last minute that nobody foresaw has been gone for PeakHold. Until then its load counts as the present one.
func nextLook(now time.Time, s Settings, t Traffic, size planner.Size) time.Time {
	next := now.Add(holdInterval)
	earlier := func(at time.Time) {
		if at.After(now) && at.Before(next) {
			next = at
		}
	}
	if size.Soon {
		earlier(now.Truncate(planner.BlockLength).Add(planner.BlockLength - s.Lead))
	}
	foreseen := max(size.Forecast.Peak[0], size.Forecast.Peak[1]) * size.Forecast.Margin
	recent := t.Since(t.To.Add(-s.PeakHold))
	for i := len(recent) - 1; i >= 0; i-- {
		if loadOf(&recent[i]) > foreseen {
			earlier(recent[i].At.Add(s.PeakHold + lookAfterPeak))
			break
		}
	}
	return next
}
