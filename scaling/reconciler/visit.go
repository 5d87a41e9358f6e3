package reconciler

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// visit is one look at one stream: what was found, what was changed, what is left.
type visit struct {
	name      string
	now       time.Time
	stream    ledger.Item
	held      ledger.ConsumerHeld // what the registry holds of the consumer
	summary   scaling.Summary
	entries   []ledger.Entry
	err       error // the stream could not be looked at; nothing is saved
	faults    []error
	throttled bool // a quota is used up: begin nothing more that needs it
	postponed bool // the alarms were not looked at, for lack of quota or time
	soon      bool // a fault may be gone in a minute
	lookAgain bool // the alarms were deleted: see later that they stayed away
	repaired  bool
}

// needsAlarms reports whether the stream's alarms and consumer are to be looked at: only when
// nothing is in flight, since they follow the shards that are there.
func (v *visit) needsAlarms() bool {
	return v.err == nil && v.stream.Status == ledger.Enrolled && v.stream.InFlight == nil &&
		v.summary.Status == scaling.StatusActive && v.stream.OpenShards > 0
}

func (v *visit) want() scaling.AlarmWant {
	return scaling.AlarmWant{Stream: v.name, OpenShards: v.stream.OpenShards, Settings: v.stream.Settings}
}

// look loads a stream and brings its item up to date with the stream itself.
func (r *Reconciler) look(ctx context.Context, name string) *visit {
	v := &visit{name: name, now: r.Now()}
	if v.stream, v.err = r.Registry.Load(ctx, name); v.err != nil {
		return v
	}
	v.held = v.stream.Consumer
	v.summary, v.err = r.Streams.Describe(ctx, name)
	gone := errors.Is(v.err, scaling.ErrStreamNotFound) || v.err == nil && v.summary.Status == scaling.StatusDeleting
	switch {
	case gone:
		v.err = nil
		r.clearAway(v)
	case v.err != nil:
	default:
		var entries []ledger.Entry
		v.stream, v.entries, _ = v.stream.Settle(v.summary, v.now)
		if len(v.entries) > 0 {
			v.stream.Consumer = ledger.ConsumerHeld{} // the scaler may have raised it, whatever came of it
		}
		if v.stream.Status != ledger.Unenrolled {
			v.stream, entries = r.Rules.Refresh(v.stream, v.summary, v.stream.Tags, v.now, r.Actor)
			v.entries = append(v.entries, entries...)
		}
	}
	return v
}

// clearAway settles and unenrolls a stream that is gone.
func (r *Reconciler) clearAway(v *visit) {
	if v.stream.InFlight != nil {
		settled, entry := v.stream.Settled(ledger.OutcomeStreamGone, "the stream was deleted", v.now)
		v.stream, v.entries = settled, append(v.entries, entry)
	}
	gone, entries := v.stream.Unenrolled("deleted", v.now, r.Actor)
	v.stream, v.entries = gone, append(v.entries, entries...)
}

// wantsNoAlarms reports whether the stream is to have no alarms. They are deleted even if none
// are known: one may have been made just before the writer died.
func (v *visit) wantsNoAlarms() bool {
	return v.err == nil && v.stream.Status != ledger.Enrolled && v.stream.InFlight == nil
}

// deleteAlarms deletes the alarms of the streams that are to have none, all at once.
func (r *Reconciler) deleteAlarms(ctx context.Context, visits []*visit) {
	var names []string
	for _, v := range visits {
		names = append(names, v.name)
	}
	if len(names) == 0 {
		return
	}
	err := r.Alarms.Delete(ctx, names...)
	for _, v := range visits {
		v.fault("delete the alarms", err)
		if err == nil {
			v.lookAgain = v.stream.Alarms != (ledger.AlarmsHeld{})
			v.stream.Alarms = ledger.AlarmsHeld{}
		}
	}
}

// repairAlarms gives the alarms the stream's shards and settings, and arms those again that
// are in ALARM and would not speak up again by themselves.
func (r *Reconciler) repairAlarms(ctx context.Context, v *visit, pair scaling.AlarmPair) {
	held := ledger.AlarmsHeld{Shards: v.stream.OpenShards, SettingsRevision: v.stream.SettingsRevision}
	if !pair.Up.InSync || !pair.Down.InSync {
		if err := r.Alarms.Update(ctx, v.want()); err != nil {
			v.stream.Alarms = ledger.AlarmsHeld{Shards: v.stream.OpenShards} // out of sync, but one may be there
			v.fault("update the alarms", err)
			return
		}
		v.repaired = true
	}
	v.stream.Alarms = held
	r.rearm(ctx, v, scaling.Up, pair.Up)
	r.rearm(ctx, v, scaling.Down, pair.Down)
}

// lostAfter is how long a transition may be on its way before it counts as lost.
const lostAfter = 5 * time.Minute

// rearm sets an alarm in ALARM back to OK when its decision was deferred until now, or when
// its transition never arrived. CloudWatch evaluates it anew within a minute, and it speaks up
// again if it still has reason to. That it did is looked at again, since that word too may be
// lost: the scaler, when it hears it, sets RetryAt as it decides.
func (r *Reconciler) rearm(ctx context.Context, v *visit, dir scaling.Direction, status scaling.AlarmStatus) {
	watch := v.stream.Watch(dir)
	due := !watch.RetryAt.IsZero() && !watch.RetryAt.After(v.now)
	lost := status.ChangedAt.After(watch.Handled.Add(time.Minute)) && v.now.Sub(status.ChangedAt) > lostAfter
	if status.State != scaling.StateAlarm {
		if due {
			watch.RetryAt = time.Time{}
		}
		return
	}
	if !due && !lost {
		return
	}
	reason := "Shardkeeper arms this alarm again: the decision it asked for was deferred until now."
	if lost {
		reason = "Shardkeeper arms this alarm again: its last notification was not handled."
	}
	if err := r.Alarms.Rearm(ctx, v.name, dir, reason); err != nil {
		v.fault("arm the scale-"+dir.String()+" alarm", err)
		watch.RetryAt = v.now
		return
	}
	v.repaired = true
	watch.RetryAt = v.now.Add(lostAfter)
	if status.ChangedAt.IsZero() { // its actions are disabled: it will tell nobody
		watch.RetryAt = time.Time{}
	}
}

// fitConsumer gives the consumer the concurrency of the open shards: lower after a scale-down,
// or higher where the scaler could not raise it. It takes what it reserves from the account's
// room, for the streams that come after. A dry run reserves nothing.
func (r *Reconciler) fitConsumer(ctx context.Context, v *visit, account *scaling.Account) {
	function := v.stream.Settings.Consumer
	ideal := v.stream.Settings.ConsumerConcurrency(v.stream.OpenShards)
	if function == "" || v.stream.Settings.Mode == scaling.ModeDryRun ||
		v.stream.Consumer == (ledger.ConsumerHeld{Function: function, Concurrency: ideal}) {
		return
	}
	reserved, _, err := r.Consumers.Reserved(ctx, function)
	if err != nil {
		v.fault("read the concurrency of "+function+", the consumer", err)
		return
	}
	want := account.ConsumerConcurrency(ideal, reserved)
	if want != reserved {
		if err := r.forgetConsumer(ctx, v); err != nil {
			v.fault("note that the concurrency of "+function+", the consumer, changes", err)
			return
		}
		if err := r.Consumers.Reserve(ctx, function, want); err != nil {
			v.fault("fit the concurrency of "+function+", the consumer", err)
			return
		}
		account.UnreservedConcurrency -= want - reserved
		v.repaired = true
	}
	v.stream.Consumer = ledger.ConsumerHeld{Function: function, Concurrency: want}
}

// forgetConsumer writes that the consumer's concurrency is not known, before it is changed. Should
// this look then not be saved, the item would hold a concurrency that is no longer there, and might
// be the wanted one again after the next resharding.
func (r *Reconciler) forgetConsumer(ctx context.Context, v *visit) error {
	if v.held == (ledger.ConsumerHeld{}) {
		return nil
	}
	v.stream.Consumer = ledger.ConsumerHeld{}
	saved, err := r.Registry.Save(ctx, v.stream, v.entries...)
	if err == nil {
		v.stream = saved
	}
	return err
}

// finish plans the next look, saves the stream, and tells what happened.
func (r *Reconciler) finish(ctx context.Context, v *visit, pace Pace) scaling.Report {
	report := scaling.Report{Stream: v.name, Event: scaling.EventChecked, OpenShards: v.stream.OpenShards, Fence: v.stream.Fence, Faults: v.faults}
	if v.err != nil {
		report.Event, report.Faults = scaling.EventFailed, append(v.faults, fmt.Errorf("look at %s: %w", v.name, v.err))
		return report
	}
	v.stream.DueAt = v.nextLook(pace)
	_, err := r.Registry.Save(ctx, v.stream, v.toRecord(r.Actor)...)
	if errors.Is(err, ledger.ErrConflict) {
		// Nothing of this look is kept, and the stream is still due: the next run looks anew.
		report.Detail = "another writer was first"
		return report
	}
	if err != nil {
		report.Faults = append(report.Faults, fmt.Errorf("save %s: %w", v.name, err))
	}
	switch {
	case len(report.Faults) > 0:
		report.Event = scaling.EventFailed
	case len(v.entries) > 0:
		last := v.entries[len(v.entries)-1]
		report.Event, report.Direction, report.Target = eventOf(v, last), last.Direction, last.To
		report.Detail = last.Detail
	case v.repaired:
		report.Event = scaling.EventRepaired
	}
	return report
}

// eventOf names what an entry of a look tells of.
func eventOf(v *visit, last ledger.Entry) scaling.ReportEvent {
	switch last.Kind {
	case ledger.KindOperation:
		return scaling.EventCompleted
	case ledger.KindExternal:
		return scaling.EventExternal
	case ledger.KindSettings:
		if v.stream.SettingsFault != "" {
			return scaling.EventBadSettings
		}
		return scaling.EventSettings
	case ledger.KindEnrollment:
		switch v.stream.Status {
		case ledger.Enrolled:
			return scaling.EventEnrolled
		case ledger.Suspended:
			return scaling.EventSuspended
		case ledger.Unenrolled:
			return scaling.EventUnenrolled
		}
	case ledger.KindHold, ledger.KindFailure:
	}
	return scaling.EventChecked
}

// nextRun is when the next run of the reconciler surely finds a stream due. Runs are a minute apart,
// and this one's clock was read after it began.
const nextRun = 45 * time.Second

// nextLook is when the stream is due again: soon while something is unfinished, at the time
// that a decision was deferred to, and every few minutes anyway, spread over the streams.
func (v *visit) nextLook(pace Pace) time.Time {
	s, soon := v.stream, v.now.Add(nextRun)
	drift := v.now.Add(pace.DriftEvery - scaling.Jitter(v.name, pace.DriftEvery/4))
	switch {
	case s.InFlight != nil:
		return s.DueAt
	case v.soon, v.postponed:
		return soon
	case s.Status == ledger.Unenrolled && len(v.faults) == 0 && !v.lookAgain:
		return time.Time{}
	case s.Status != ledger.Enrolled:
		return drift
	case !s.AlarmsInSync():
		return soon
	}
	next := drift
	for _, retry := range []time.Time{s.Up.RetryAt, s.Down.RetryAt} {
		if !retry.IsZero() && retry.Before(next) {
			next = retry
		}
	}
	if next.Before(soon) { // what is due now could not be done: the stream is not ACTIVE
		return soon
	}
	return next
}
