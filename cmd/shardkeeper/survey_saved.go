package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// enrolled says what a stream costs as it was scaled since it is enrolled, and what that saves. The fixed size to compare with
// holds its highest minute since then, as far as the traffic goes back; its open shards are known from the history all the time.
func (s *survey) enrolled(ctx context.Context, in found, line *surveyLine, t trace.Trace, item ledger.Item, samples []scaling.Sample) error {
	since := item.EnrolledAt
	if since.IsZero() { // of an old item
		since = t.Start
	}
	if t = after(t, since); len(t.Minutes) == 0 {
		return nil // enrolled a moment ago
	}
	p, err := pastOf(ctx, in, item, t, since, samples, func(*trial.Past, ledger.Entry) {})
	if err != nil {
		return fmt.Errorf("read its history: %w", err)
	}
	happened := trial.Happened(p, 0)
	happened.Usage.PeakNeeds, _ = s.spread.ShardsFor(happened.Usage.PeakShards)
	compared := happened.Compare(s.prices, 0)
	month, fixed := happened.Month(s.prices), compared.AtPeak
	fixed.Writes = month.Writes // a record that was refused is sent again, and billed when it gets in: refusing saves nothing
	line.Now, line.Fixed = rounded(month.Total()), 0
	if line.Shards = compared.PeakShards; line.Shards == 0 {
		return nil // no size holds it
	}
	line.Fixed = rounded(fixed.Total())
	line.Saved = rounded(line.Fixed - line.Now)
	end := t.Start.Add(time.Duration(len(t.Minutes)) * time.Minute)
	hours := end.Sub(since).Hours()
	saved := (float64(line.Shards)*hours - shardHours(p.Seen, since, end)) * s.prices.ShardHour
	line.SoFar = rounded(saved - float64(happened.AlarmedMetrics)*s.prices.AlarmMonth*hours/trial.HoursOfMonth)
	return nil
}

// after is the part of a trace from a time on, in whole minutes.
func after(t trace.Trace, from time.Time) trace.Trace {
	if skip := int((from.Sub(t.Start) + time.Minute - 1) / time.Minute); skip > 0 {
		skip = min(skip, len(t.Minutes))
		t.Start, t.Minutes = t.Start.Add(time.Duration(skip)*time.Minute), t.Minutes[skip:]
	}
	return t
}

// shardHours are the open shards of a time by its hours. Before the first look a stream is taken to have had as many as then.
func shardHours(seen []trial.Seen, from, to time.Time) float64 {
	seen = slices.SortedStableFunc(slices.Values(seen), func(a, b trial.Seen) int { return a.At.Compare(b.At) })
	if len(seen) == 0 {
		return 0
	}
	open, since, hours := seen[0].Open, from, 0.0
	for _, s := range seen {
		if s.At.After(to) {
			break
		}
		if s.At.After(since) {
			hours += float64(open) * s.At.Sub(since).Hours()
			since = s.At
		}
		open = cmp.Or(s.Open, open)
	}
	return hours + float64(open)*to.Sub(since).Hours()
}
