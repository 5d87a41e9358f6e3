package scaling

import (
	"slices"
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
//   - Lead before the next half-hour, if an operation is planned for its start. A longer lead is that before a later one, so what is
//     more than half-hours counts.
//   - When the last minute that nobody foresaw has been gone for PeakHold. Until then its load counts as the present one.
func nextLook(now time.Time, s Settings, t Traffic, size planner.Size) time.Time {
	next := now.Add(holdInterval)
	earlier := func(at time.Time) {
		if at.After(now) && at.Before(next) {
			next = at
		}
	}
	if size.Soon {
		earlier(now.Truncate(planner.BlockLength).Add(planner.BlockLength - s.Lead%planner.BlockLength))
	}
	foreseen := size.Forecast.WithinHour() * size.Forecast.Margin
	for _, sample := range slices.Backward(t.Since(t.To.Add(-s.PeakHold))) {
		if loadOf(&sample) > foreseen {
			earlier(sample.At.Add(s.PeakHold + lookAfterPeak))
			break
		}
	}
	return next
}
