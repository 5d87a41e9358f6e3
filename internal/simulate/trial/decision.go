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

// Holds returns how often decisions held, by the reason that settled them, the most frequent first.
func (r *Result) Holds() []Count {
	var counts []Count
	for _, d := range r.Decisions {
		if d.Event != scaling.EventHold && d.Event != scaling.EventDryRun {
			continue
		}
		reason := string(d.Reasons.Last())
		i := slices.IndexFunc(counts, func(c Count) bool { return c.What == reason })
		if i < 0 {
			counts = append(counts, Count{reason, 1})
		} else {
			counts[i].Times++
		}
	}
	slices.SortFunc(counts, func(a, b Count) int { return cmp.Or(b.Times-a.Times, cmp.Compare(a.What, b.What)) })
	return counts
}
