package main

import (
	"context"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// stretch is a part of the time that is read in one call, with points of a period.
type stretch struct {
	from, to time.Time
	period   time.Duration
}

// window is the last days up to the newest minute that is complete, as far as CloudWatch keeps points.
func window(now time.Time, days int) (from, to time.Time) {
	to = now.UTC().Add(-exportLag).Truncate(time.Minute)
	from = to.AddDate(0, 0, -days)
	if days > minuteDays {
		return from.Truncate(sumMinutes * time.Minute), to
	}
	if oldest := oldestMinute(to); from.Before(oldest) {
		from = oldest
	}
	return from, to
}

// oldestMinute is the oldest one that CloudWatch keeps for sure until it was asked for it.
func oldestMinute(to time.Time) time.Time { return to.AddDate(0, 0, -minuteDays).Add(exportMargin) }

// minutesFrom is from when on minutes are read where what is older is read too: the end of five minutes.
func minutesFrom(to time.Time) time.Time {
	return oldestMinute(to).Add(sumMinutes*time.Minute - 1).Truncate(sumMinutes * time.Minute)
}

// stretches cuts a window into calls that give few enough points for one page: minutes day by day, and what is older, of
// which CloudWatch has points of five minutes only, sixteen days in a call: so sixty days are three such calls.
func stretches(from, to time.Time) []stretch {
	const day = 24 * time.Hour
	var all []stretch
	if border := minutesFrom(to); from.Before(oldestMinute(to)) {
		all = cut(all, from, border, 16*day, sumMinutes*time.Minute)
		from = border
	}
	return cut(all, from, to, day, time.Minute)
}

func cut(all []stretch, from, to time.Time, length, period time.Duration) []stretch {
	for ; from.Before(to); from = from.Add(length) {
		end := from.Add(length)
		if end.After(to) {
			end = to
		}
		all = append(all, stretch{from, end, period})
	}
	return all
}

// readStretches reads a stream's samples, one for each minute.
func readStretches(ctx context.Context, from trafficReader, stream string, all []stretch, progress func(done, most int)) ([]scaling.Sample, error) {
	var samples []scaling.Sample
	for n, part := range all {
		got, err := from.Writes(ctx, stream, part.period, part.from, part.to)
		if err != nil {
			return nil, err
		}
		samples = append(samples, minutesOf(got.Samples, part.period)...)
		progress(n+1, len(all))
	}
	return samples, nil
}

// minutesOf are samples of a period as minutes that are all alike.
func minutesOf(samples []scaling.Sample, period time.Duration) []scaling.Sample {
	if period == time.Minute {
		return samples
	}
	var minutes []scaling.Sample
	for _, s := range samples {
		for end := s.At.Add(period); s.At.Before(end); s.At = s.At.Add(time.Minute) {
			minutes = append(minutes, s)
		}
	}
	return minutes
}
