package emf

import (
	"errors"
	"slices"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// Metric is the name of a metric. All are counts.
type Metric string

// The metrics. The template's alarms and dashboard use the same names; a test holds them
// together.
const (
	Operations      Metric = "Operations"      // UpdateShardCount calls that were accepted
	ScaleUps        Metric = "ScaleUps"        // those that asked for more shards
	ScaleDowns      Metric = "ScaleDowns"      // those that asked for fewer
	Holds           Metric = "Holds"           // decisions not to act
	DryRuns         Metric = "DryRuns"         // decisions that would have been acted on
	Refused         Metric = "Refused"         // UpdateShardCount calls that were refused
	UnknownOutcomes Metric = "UnknownOutcomes" // UpdateShardCount calls of which nothing is known
	Settled         Metric = "Completed"       // operations that ended, with any outcome
	Failures        Metric = "Failures"        // streams left for later because of a fault, quotas aside
	AccessDenied    Metric = "AccessDenied"    // calls of AWS that were denied for want of a right
	QuotaExceeded   Metric = "QuotaExceeded"   // streams left for later because the account has no alarms, or no concurrency, left
	Throttled       Metric = "Throttled"       // streams left for later because a quota was used up
	BadInput        Metric = "BadInput"        // events that cannot be understood, or are not for us
	Ignored         Metric = "Ignored"         // events with nothing to do
	Duplicates      Metric = "Duplicates"      // alarms that were handled before, or by somebody else
	InvalidSettings Metric = "InvalidSettings" // streams, or stacks, with settings that cannot be used
	AtMaxShards     Metric = "AtMaxShards"     // scale-ups held at the stream's own maximum
	BudgetExhausted Metric = "BudgetExhausted" // holds because the rolling 24 hours are used up
	ShardQuota      Metric = "ShardQuota"      // scale-ups held by the account's shard quota
	AccountStale    Metric = "AccountStale"    // runs of the reconciler with outdated figures of what the account has left
	HotKeySuspected Metric = "HotKeySuspected" // streams of which a hot key is suspected from now on: growing does not lower what they refuse, or would not
	NotEnrolled     Metric = "NotEnrolled"     // alarms of streams that are not enrolled
	Enrolled        Metric = "Enrolled"        // streams enrolled
	Unenrolled      Metric = "Unenrolled"      // streams no longer enrolled
	Suspended       Metric = "Suspended"       // streams enrolled but not scaled
	External        Metric = "External"        // reshardings by somebody else
	SetBack         Metric = "SetBack"         // those of them that set a size back after ours
	Repaired        Metric = "Repaired"        // streams whose alarms or concurrency were put right
	Due             Metric = "Due"             // streams a run of the reconciler looked at; also its heartbeat
)

// All returns every metric, in the order in which a line has them.
func All() []Metric {
	return []Metric{
		Operations, ScaleUps, ScaleDowns, Holds, DryRuns, Refused, UnknownOutcomes, Settled,
		Failures, AccessDenied, QuotaExceeded, Throttled, BadInput, Ignored, Duplicates, InvalidSettings,
		AtMaxShards, BudgetExhausted, ShardQuota, AccountStale, HotKeySuspected,
		NotEnrolled, Enrolled, Unenrolled, Suspended, External, SetBack, Repaired, Due,
	}
}

// Counts are the metrics of one invocation. One that is absent is not written.
type Counts map[Metric]int

// Of counts what reports tell of.
func Of(reports []report.Report) Counts {
	counts := Counts{}
	for _, r := range reports {
		if name, counted := ofEvent(r.Event); counted {
			counts[name]++
		}
		switch {
		case r.Event != report.Operation:
		case r.Direction == scaling.Up:
			counts[ScaleUps]++
		case r.Direction == scaling.Down:
			counts[ScaleDowns]++
		}
		if r.Event == report.Hold {
			if name, counted := ofHold(r.Reasons.Last()); counted {
				counts[name]++
			}
		}
		if r.HotKey != "" {
			counts[HotKeySuspected]++
		}
		if name, faulty := ofFaults(r); faulty {
			counts[name]++
		}
	}
	return counts
}

func ofEvent(event report.Event) (Metric, bool) {
	switch event {
	case report.Operation:
		return Operations, true
	case report.Hold:
		return Holds, true
	case report.DryRun:
		return DryRuns, true
	case report.Refused:
		return Refused, true
	case report.Unknown:
		return UnknownOutcomes, true
	case report.Duplicate:
		return Duplicates, true
	case report.NotEnrolled:
		return NotEnrolled, true
	case report.Ignored:
		return Ignored, true
	case report.BadInput:
		return BadInput, true
	case report.Enrolled:
		return Enrolled, true
	case report.Unenrolled:
		return Unenrolled, true
	case report.Suspended:
		return Suspended, true
	case report.BadSettings:
		return InvalidSettings, true
	case report.External:
		return External, true
	case report.SetBack:
		return SetBack, true
	case report.Settled:
		return Settled, true
	case report.Repaired:
		return Repaired, true
	case report.AccountOld:
		return AccountStale, true
	case report.Settings, report.Checked, report.Paused, report.Failed: // a failure is counted by its faults
	}
	return "", false
}

// ofHold names the holds that somebody should know of.
func ofHold(last scaling.ReasonCode) (Metric, bool) {
	switch last { //nolint:exhaustive // most holds are everyday
	case scaling.HoldAtMaxShards:
		return AtMaxShards, true
	case scaling.HoldBudgetExhausted:
		return BudgetExhausted, true
	case scaling.HoldShardQuota, scaling.HoldAccountStale:
		return ShardQuota, true
	}
	return "", false
}

// ofFaults tells a stream that has to wait for a quota from one that something is wrong with.
func ofFaults(r report.Report) (Metric, bool) {
	if r.Event != report.Failed && len(r.Faults) == 0 {
		return "", false
	}
	rest := slices.DeleteFunc(slices.Clone(r.Faults), func(err error) bool { return errors.Is(err, scaling.ErrThrottled) })
	if len(rest) == 0 && len(r.Faults) > 0 {
		return Throttled, true
	}
	rest = slices.DeleteFunc(rest, func(err error) bool { return errors.Is(err, scaling.ErrLimitExceeded) })
	if len(rest) == 0 && len(r.Faults) > 0 {
		return QuotaExceeded, true
	}
	return Failures, true
}
