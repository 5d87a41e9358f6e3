package main

import (
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// seenIn returns the open shards that an entry tells of: those before it, and those after an operation was completed.
func seenIn(e ledger.Entry) []trial.Seen {
	var all []trial.Seen
	switch e.Kind {
	case ledger.KindOperation, ledger.KindHold, ledger.KindExternal:
	case ledger.KindFailure, ledger.KindEnrollment, ledger.KindSettings, ledger.KindPause:
		return nil
	}
	if e.From > 0 {
		all = append(all, trial.Seen{At: e.At.Add(-time.Millisecond), Open: e.From})
	}
	if e.To > 0 && (e.Kind == ledger.KindExternal || e.Outcome == ledger.OutcomeCompleted) {
		all = append(all, trial.Seen{At: e.At.Add(e.Duration), Open: e.To})
	}
	return all
}

// decisionOf returns an entry as the decision that a page shows, and whether it is one. What somebody else did to the
// stream is shown like an operation, with who it was.
func decisionOf(e ledger.Entry) (trial.Decision, bool) {
	d := trial.Decision{
		At: e.At, Event: report.Operation, Direction: e.Direction, From: e.From, To: e.To, Utilization: e.Utilization, Reasons: e.Reasons, Who: e.Actor,
	}
	if e.Alarm != "" {
		d.Who = "alarm " + e.Alarm + ", " + e.Actor
	}
	if e.Detail != "" {
		d.Reasons = append(slices.Clip(d.Reasons), scaling.Reason{Code: scaling.ReasonCode(e.Kind), Detail: e.Detail})
	}
	switch e.Kind {
	case ledger.KindOperation:
		d.Event = eventOf(e.Outcome)
	case ledger.KindHold:
		d.Event = report.Hold
		if e.Reasons.Last() == scaling.HoldDryRun {
			d.Event = report.DryRun
		}
	case ledger.KindExternal:
	case ledger.KindFailure, ledger.KindEnrollment, ledger.KindSettings, ledger.KindPause:
		return d, false
	}
	return d, true
}

// eventOf is what an operation came to, for the page: only what the service took is shown as done.
func eventOf(o ledger.Outcome) report.Event {
	switch o {
	case ledger.OutcomeRefused, ledger.OutcomeNotApplied, ledger.OutcomeStreamGone:
		return report.Refused
	case ledger.OutcomeIntended, ledger.OutcomeUnknown:
		return report.Unknown
	case ledger.OutcomeAccepted, ledger.OutcomeCompleted, ledger.OutcomeSuperseded:
	}
	return report.Operation
}
