package trial

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// Decision is one that the scaler took, with its reasons.
type Decision struct {
	At          time.Time
	Event       report.Event // operation, hold, dry_run, refused or unknown
	Direction   scaling.Direction
	From, To    int // equal on a hold
	Utilization float64
	Reasons     scaling.Trail
	Who         string        // of what really happened: what or who asked; empty in a trial
	Fence       int64         // of an operation
	Drain       time.Duration // of an operation, from ACTIVE until the consumers were back; zero: not known
}

func decisionEvents() []report.Event {
	return []report.Event{report.Operation, report.Hold, report.DryRun, report.Refused, report.Unknown}
}

func (r *Result) report(told simulate.Report) {
	r.Faults = append(r.Faults, told.Faults...)
	if !slices.Contains(decisionEvents(), told.Event) {
		return
	}
	d := Decision{
		At: told.At, Event: told.Event, Direction: told.Direction, From: told.OpenShards, To: told.Target,
		Utilization: told.Utilization, Reasons: told.Reasons, Fence: told.Fence,
	}
	if d.Event == report.Hold {
		d.To = d.From
	}
	r.Decisions = append(r.Decisions, d)
}

// readDrains takes from the history what the operations cost the consumers.
func (r *Result) readDrains(ctx context.Context, w *simulate.World, from time.Time) error {
	q := ledger.Query{Stream: stream, Kind: ledger.KindOperation, From: from, To: w.Now()}
	for more := true; more; more = q.Cursor != "" {
		page, err := w.Registry().History(ctx, q)
		if err != nil {
			return err
		}
		for _, e := range page.Entries {
			for i := range r.Decisions {
				if d := &r.Decisions[i]; e.Drain > 0 && d.Event == report.Operation && d.Fence == e.Fence {
					d.Drain = e.Drain
				}
			}
		}
		q.Cursor = page.Next
	}
	return nil
}

// Count is how often something happened.
type Count struct {
	What  string
	Times int
}

// NotTaken returns how often a decision to act came to nothing: the service refused the operation, or
// its outcome is unknown. None unless something is wrong.
func (r *Result) NotTaken() []Count {
	times := map[string]int{}
	for _, d := range r.Decisions {
		if d.Event == report.Refused || d.Event == report.Unknown {
			times[string(d.Event)]++
		}
	}
	return counted(times)
}

// Holds returns how often decisions held, by the reason that settled them, the most frequent first.
func (r *Result) Holds() []Count {
	times := map[string]int{}
	for _, d := range r.Decisions {
		if d.Event == report.Hold || d.Event == report.DryRun {
			times[string(d.Reasons.Last())]++
		}
	}
	return counted(times)
}

// FaultCounts returns the faults, each once with how often it came, the most frequent first.
func (r *Result) FaultCounts() []Count {
	times := map[string]int{}
	for _, fault := range r.Faults {
		times[fault.Error()]++
	}
	return counted(times)
}

// counted puts the most frequent first.
func counted(times map[string]int) []Count {
	var counts []Count
	for what, n := range times {
		counts = append(counts, Count{what, n})
	}
	slices.SortFunc(counts, func(a, b Count) int { return cmp.Or(b.Times-a.Times, cmp.Compare(a.What, b.What)) })
	return counts
}
