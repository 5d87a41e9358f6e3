package trial

import (
	"cmp"
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// Decision is one that the scaler took, with its reasons.
type Decision struct {
	At          time.Time
	Event       scaling.ReportEvent // operation, hold, dry_run, refused or unknown
	Direction   scaling.Direction
	From, To    int // equal on a hold
	Utilization float64
	Reasons     scaling.Trail
}

func decisionEvents() []scaling.ReportEvent {
	return []scaling.ReportEvent{scaling.EventOperation, scaling.EventHold, scaling.EventDryRun, scaling.EventRefused, scaling.EventUnknown}
}

func (r *Result) report(report simulate.Report) {
	r.Faults = append(r.Faults, report.Faults...)
	if !slices.Contains(decisionEvents(), report.Event) {
		return
	}
	d := Decision{
		At: report.At, Event: report.Event, Direction: report.Direction, From: report.OpenShards, To: report.Target,
		Utilization: report.Utilization, Reasons: report.Reasons,
	}
	if d.Event == scaling.EventHold {
		d.To = d.From
	}
	r.Decisions = append(r.Decisions, d)
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
		if d.Event == scaling.EventRefused || d.Event == scaling.EventUnknown {
			times[string(d.Event)]++
		}
	}
	return counted(times)
}

// Holds returns how often decisions held, by the reason that settled them, the most frequent first.
func (r *Result) Holds() []Count {
	times := map[string]int{}
	for _, d := range r.Decisions {
		if d.Event == scaling.EventHold || d.Event == scaling.EventDryRun {
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
