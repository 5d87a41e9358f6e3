package faults

// Rare states. A simulation that never reaches one says nothing about it, so they are counted.

import (
	"errors"
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

func (a *auditor) rare(state string) { a.states[state]++ }

// RareStates are those that many seeds together must reach.
func RareStates() []string {
	states := []string{
		"an unknown outcome was settled", "a lease ended in the middle", "two scalers met", "an alarm was armed again",
		"a late call took effect", "a stale alarm was corrected", "settings that could not be used were mended",
		"an operation proved void", "a stream was made again under an operation", "a transition came twice",
		"somebody else's call was counted", "a stream was suspended", "bad input was told",
		"a look that was lost was planned again", "an older version wrote an item", "the account had no alarms left", "a stream with a hot key was decided on",
		"a clock was minutes or hours off", "a table was restored from a backup", "an item was edited by hand", "the service sized an on-demand stream",
	}
	for _, code := range heldByAll() {
		states = append(states, held(code))
	}
	return states
}

// heldByAll are the reasons for which some stream must have been held.
func heldByAll() []scaling.ReasonCode {
	return []scaling.ReasonCode{
		scaling.HoldOperationInFlight, scaling.HoldStreamBusy, scaling.HoldAtMinShards, scaling.HoldAtMaxShards, scaling.HoldShardQuota,
		scaling.HoldCooldown, scaling.HoldBudgetExhausted, scaling.HoldReserveKept, scaling.HoldMetricsGap, scaling.HoldMetricsUnavailable,
		scaling.HoldConsumersLag, scaling.HoldUtilizationLow, scaling.HoldUtilizationHigh, scaling.HoldDryRun, scaling.HoldNotCalm,
	}
}

func held(code scaling.ReasonCode) string { return "held: " + string(code) }

// settled counts how an operation in flight ended, and other rare changes of an item.
func (a *auditor) settled(before, after ledger.Item) {
	if before.SettingsFault != "" && after.SettingsFault == "" {
		a.rare("settings that could not be used were mended")
	}
	if before.Status == ledger.Enrolled && after.Status == ledger.Suspended {
		a.rare("a stream was suspended")
	}
	if before.InFlight == nil || after.InFlight != nil {
		return
	}
	switch before.InFlight.Outcome { //nolint:exhaustive // the others are not rare
	case ledger.OutcomeUnknown:
		a.rare("an unknown outcome was settled")
	case ledger.OutcomeIntended:
		if !before.LeaseUntil.After(a.world.Now()) {
			a.rare("a lease ended in the middle")
		}
	}
	for _, e := range a.history(after.Name, ledger.KindOperation, before.InFlight.At) {
		if e.Fence != before.InFlight.Fence {
			continue
		}
		a.rightly(e)
		switch e.Outcome { //nolint:exhaustive // the others are not rare
		case ledger.OutcomeNotApplied:
			a.rare("an operation proved void")
		case ledger.OutcomeStreamGone:
			a.rare("a stream was made again under an operation")
		}
	}
}

// rightly checks how an operation ended by what Kinesis knows of it.
func (a *auditor) rightly(e ledger.Entry) {
	now := a.world.Now()
	summary, err := a.world.Describe(e.Stream)
	again := err == nil && summary.CreatedAt.After(e.At.Add(a.plan.clockMargin())) && now.Sub(summary.CreatedAt) > 2*time.Minute
	if again && (e.Outcome == ledger.OutcomeCompleted || e.Outcome == ledger.OutcomeSuperseded || e.Outcome == ledger.OutcomeNotApplied) {
		a.broken(OneHistoryItem, e.Stream, "operation %d is %s, and its stream was made again since", e.Fence, e.Outcome)
	}
	if e.Outcome != ledger.OutcomeSuperseded || again || now.Sub(e.At) > leaks || err != nil || summary.OpenShards != e.From {
		return
	}
	b := a.book(e.Stream)
	if b.forgets(e.At) || e.Fence <= b.oldFence {
		return
	}
	for _, call := range slices.Concat(b.ours, b.others) {
		if call.At.After(e.At.Add(-2 * time.Minute)) {
			return
		}
	}
	a.broken(SlotsAreExact, e.Stream, "operation %d is %s and keeps its slot, and Kinesis never took it", e.Fence, e.Outcome)
}

// leaks is how soon an operation that nobody took must be known as that.
const leaks = 13 * time.Minute

// told counts what an invocation says.
func (a *auditor) told(r simulate.Report) {
	if r.Function != simulate.Reconciler || r.Event != report.Repaired && r.Event != report.Checked && r.Event != report.Failed {
		// What was decided or changed since may be asked for again.
		for _, dir := range []scaling.Direction{scaling.Up, scaling.Down} {
			delete(a.made, "SetAlarmState "+r.Stream+" "+dir.String())
		}
	}
	if r.Function == simulate.Scaler && decides(r.Event) && a.plan.hotKey(r.Stream) != nil {
		a.rare("a stream with a hot key was decided on")
	}
	for _, fault := range r.Faults {
		if _, concurrency := errors.AsType[scaling.UnreservedError](fault); errors.Is(fault, scaling.ErrLimitExceeded) && !concurrency {
			a.book(r.Stream).noAlarms = a.world.Now()
			a.rare("the account had no alarms left")
		}
	}
	switch r.Event { //nolint:exhaustive // the others are not rare
	case report.Hold, report.DryRun:
		a.rare(held(r.Reasons.Last()))
	case report.Duplicate:
		a.rare("a transition came twice")
	case report.External:
		a.rare("somebody else's call was counted")
	case report.BadInput:
		a.rare("bad input was told")
	}
}

// met counts what a call met.
func (a *auditor) met(c simulate.Call, err error) {
	switch {
	case c.API == "Claim" && errors.Is(err, ledger.ErrConflict):
		a.rare("two scalers met")
	case c.API == "PutMetricAlarm" && c.Function == simulate.Reconciler && err == nil:
		a.rare("a stale alarm was corrected")
	}
}

// totals counts the accepted calls, ours and by hand.
func (a *auditor) totals() (ours, others int) {
	for _, b := range a.books {
		ours, others = ours+len(b.ours), others+len(b.others)
	}
	return ours, others
}
