package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// result reads what the demo came to, from the registry and from the model, and checks it.
func (s *story) result(ctx context.Context, w *simulate.World, played Spec) (Result, error) {
	r := Result{Seed: played.Seed, Profile: played.Spread.Profile().Name, From: Start(), To: w.Now(), Operations: w.Operations(), Prices: simulate.DefaultPrices()}
	var err error
	if r.History, err = history(ctx, w, r); err != nil {
		return Result{}, err
	}
	if r.Usage, err = w.Usage(Stream); err != nil {
		return Result{}, err
	}
	summary, err := w.Describe(Stream)
	if err != nil {
		return Result{}, err
	}
	item, err := w.Registry().Load(ctx, Stream)
	if err != nil {
		return Result{}, err
	}
	r.Cost = r.Prices.Cost(r.Usage)
	r.Checks = []Check{
		{"the stream was created", summary.CreatedAt.Equal(Start()), fmt.Sprintf("now %s with %d open shards", summary.Status, summary.OpenShards)},
		{"it was enrolled by its event", s.enrolled && item.Status == ledger.Enrolled, "status " + string(item.Status)},
		scaled(r.History, scaling.Up),
		scaled(r.History, scaling.Down),
		Budget(r.Operations),
		Complete(r),
		armed(w.Alarms(scaling.AlarmWant{Stream: Stream, OpenShards: summary.OpenShards, Settings: item.Settings, HotKey: item.Alarms.HotKey, Usable: item.Alarms.Usable}), summary.OpenShards),
	}
	if played.Eager {
		r.Checks = append(r.Checks, refused(r.History))
	}
	return r, nil
}

// Budget checks that there were never more operations in 24 hours than Kinesis allows.
func Budget(all []simulate.Operation) Check {
	most := 0
	for i, first := range all {
		within := 0
		for _, o := range all[i:] {
			if o.At.Sub(first.At) < 24*time.Hour {
				within++
			}
		}
		most = max(most, within)
	}
	return Check{"no 24 hours have more operations than Kinesis allows", most <= scaling.DefaultOperationLimit, fmt.Sprintf("%d at most, of %d", most, scaling.DefaultOperationLimit)}
}

// history reads all pages, oldest first.
func history(ctx context.Context, w *simulate.World, r Result) ([]ledger.Entry, error) {
	query := ledger.Query{Stream: Stream, From: r.From, To: r.To}
	var entries []ledger.Entry
	for {
		page, err := w.Registry().History(ctx, query)
		if err != nil {
			return nil, err
		}
		entries = append(entries, page.Entries...)
		if query.Cursor = page.Next; query.Cursor == "" {
			slices.Reverse(entries)
			return entries, nil
		}
	}
}

func scaled(entries []ledger.Entry, dir scaling.Direction) Check {
	count := 0
	for _, e := range entries {
		if e.Kind == ledger.KindOperation && e.Direction == dir && e.Outcome == ledger.OutcomeCompleted {
			count++
		}
	}
	return Check{"it scaled " + dir.String(), count > 0, fmt.Sprintf("%d operations completed", count)}
}

func refused(entries []ledger.Entry) Check {
	count := 0
	for _, e := range entries {
		if last := e.Reasons.Last(); e.Kind == ledger.KindHold && (last == scaling.HoldBudgetExhausted || last == scaling.HoldReserveKept) {
			count++
		}
	}
	return Check{"the budget or its reserve refused, and the history says so", count > 0, fmt.Sprintf("%d times", count)}
}

// Complete checks that each call that Kinesis accepted has exactly one completed history entry, and
// no entry tells of a call that was not made.
func Complete(r Result) Check {
	var completed []ledger.Entry
	for _, e := range r.History {
		if e.Kind == ledger.KindOperation && e.Outcome == ledger.OutcomeCompleted {
			completed = append(completed, e)
		}
	}
	same := slices.EqualFunc(r.Operations, completed, func(o simulate.Operation, e ledger.Entry) bool {
		return o.From == e.From && o.To == e.To && !o.At.Before(e.At)
	})
	return Check{
		"each accepted call has one completed history entry", same,
		fmt.Sprintf("%d calls, %d entries", len(r.Operations), len(completed)),
	}
}

func armed(pair scaling.AlarmPair, open int) Check {
	return Check{"both alarms hold the true shard count", pair.Up.InSync && pair.Down.InSync, fmt.Sprintf("%d open shards", open)}
}

// Count is how often something happened.
type Count struct {
	What  string
	Times int
}

// Holds returns how often decisions held, by the reason that settled them, the most frequent first.
func (r Result) Holds() []Count {
	var counts []Count
	for _, e := range r.History {
		if e.Kind != ledger.KindHold {
			continue
		}
		reason := string(e.Reasons.Last())
		i := slices.IndexFunc(counts, func(c Count) bool { return c.What == reason })
		if i < 0 {
			counts = append(counts, Count{reason, 1})
		} else {
			counts[i].Times++
		}
	}
	slices.SortStableFunc(counts, func(a, b Count) int { return b.Times - a.Times })
	return counts
}
