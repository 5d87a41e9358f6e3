// Package scaler is the use case of an alarm: observe the stream, decide, claim the right to
// act, act, record. Data flows through Handle in this order and never back.
package scaler

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// Registry is where the scaler reads a stream's item and claims the right to act.
type Registry interface {
	Load(ctx context.Context, stream string) (ledger.Item, error)
	Claim(ctx context.Context, s ledger.Item, c ledger.Claim) (ledger.Item, error)
	Save(ctx context.Context, s ledger.Item, entries ...ledger.Entry) (ledger.Item, error)
	Fleet(ctx context.Context) (ledger.Fleet, error)
	ConsumerOwner(ctx context.Context, function string) (stream string, err error)
}

// Streams is the part of Kinesis the scaler needs.
type Streams interface {
	Describe(ctx context.Context, stream string) (scaling.Summary, error)
	UpdateShardCount(ctx context.Context, s scaling.Summary, target int) error
}

// Alarms is the part of CloudWatch the scaler needs.
type Alarms interface {
	Traffic(ctx context.Context, stream string, s scaling.Settings, from, to time.Time) (scaling.Traffic, error)
	Status(ctx context.Context, wants []scaling.AlarmWant) (map[string]scaling.AlarmPair, error)
	Update(ctx context.Context, want scaling.AlarmWant) error
}

// Consumers is the part of Lambda the scaler needs.
type Consumers interface {
	Reserved(ctx context.Context, function string) (concurrency int, set bool, err error)
	Reserve(ctx context.Context, function string, concurrency int) error
}

// Scaler handles alarms. All fields but Wait are required; the zero Rules are those of a stack without defaults.
type Scaler struct {
	Registry  Registry
	Streams   Streams
	Alarms    Alarms
	Consumers Consumers
	Rules     ledger.Rules // for what timed overrides make of the settings
	Now       func() time.Time
	Actor     string                                     // who acts, as the history shows it, such as "scaler"
	Wait      func(context.Context, time.Duration) error // pauses an invocation; nil: a throttled call is not tried again
	Lease     time.Duration                              // how long one Handle can take at most, with a margin for clocks that differ
}

// Alarm is one transition of one of our alarms.
type Alarm struct {
	Name         string
	State        scaling.AlarmState
	TransitionAt time.Time
	RequestID    string // of the invocation

	began time.Time // when Handle was called
	told  *string   // of a hot key that an attempt has suspected and written, to be told whichever attempt succeeds
}

// claimAttempts is how often Handle looks and decides anew after another writer was first.
const claimAttempts = 3

// Handle scales the stream of an alarm that went to ALARM, or records why not. It is idempotent
// for the same transition.
//
// An error means that nothing was decided and the same alarm may be handled again. A fault after
// the decision is in the report: the reconciler takes it from there.
func (s *Scaler) Handle(ctx context.Context, alarm Alarm) (report.Report, error) {
	name, direction, ours := scaling.ParseAlarmName(alarm.Name)
	switch {
	case !ours:
		return report.Report{Event: report.BadInput, Detail: fmt.Sprintf("alarm %q has no name of ours", alarm.Name)}, nil
	case alarm.State != scaling.StateAlarm:
		return report.Report{Stream: name, Event: report.Ignored, Detail: "state " + string(alarm.State)}, nil
	case alarm.TransitionAt.IsZero() || alarm.TransitionAt.After(s.Now().Add(scaling.MaxClockSkew)):
		return report.Report{Stream: name, Event: report.BadInput, Detail: fmt.Sprintf("transition time %s is missing or in the future", alarm.TransitionAt)}, nil
	}
	alarm.began, alarm.told = s.Now(), new(string)
	alarm.TransitionAt = alarm.TransitionAt.Truncate(time.Millisecond) // as the registry keeps it, to know it again
	for range claimAttempts {
		done, err := s.attempt(ctx, name, direction, alarm)
		if err == nil {
			done.HotKey = *alarm.told
			return done, nil
		}
		if !errors.Is(err, ledger.ErrConflict) && !errors.Is(err, ledger.ErrBudget) {
			return report.Report{}, fmt.Errorf("handle alarm %s: %w", alarm.Name, err)
		}
	}
	return report.Report{}, fmt.Errorf("handle alarm %s: %w %d times", alarm.Name, ledger.ErrConflict, claimAttempts)
}

// attempt loads, observes and decides once. ErrConflict and ErrBudget mean that the item changed
// in between. Then the stream may have changed too, so nothing of the attempt is used again.
func (s *Scaler) attempt(ctx context.Context, name string, direction scaling.Direction, alarm Alarm) (report.Report, error) {
	stream, err := s.Registry.Load(ctx, name)
	switch {
	case errors.Is(err, ledger.ErrNotEnrolled):
		return report.Report{Stream: name, Event: report.NotEnrolled, Direction: direction}, nil
	case err != nil:
		return report.Report{}, err
	case stream.Status == ledger.Unenrolled:
		return s.lookSoon(ctx, stream, report.Report{Stream: name, Event: report.NotEnrolled, Direction: direction}) // its alarm has outlived its enrollment
	case !alarm.TransitionAt.After(stream.Watch(direction).Handled):
		return report.Report{Stream: name, Event: report.Duplicate, Direction: direction}, nil
	}
	if stream, err = s.inForce(ctx, stream, alarm); err != nil {
		return report.Report{}, err
	}
	o, err := s.observe(ctx, stream, direction, alarm.began.Add((s.Lease-leaseMargin)/3))
	if err != nil {
		return report.Report{}, err
	}
	if stream.Recreated(o.Stream) { // its tags, and with them its settings and whether it is ours, are those of the stream of before
		done := report.Report{Stream: name, Event: report.Ignored, Direction: direction, Detail: "the stream was made again; its tags are read before it is scaled"}
		return s.lookSoon(ctx, stream, done)
	}
	if stream, err = s.notice(ctx, stream, o); err != nil {
		return report.Report{}, err
	}
	return s.decideAndAct(ctx, stream, alarm, o)
}

// inForce brings the stream's settings up to date where a timed override has begun or ended since the reconciler looked.
func (s *Scaler) inForce(ctx context.Context, stream ledger.Item, alarm Alarm) (ledger.Item, error) {
	now, entries := s.Rules.InForce(stream, s.Now(), s.Actor+"/"+alarm.RequestID)
	if len(entries) == 0 {
		return now, nil
	}
	return s.Registry.Save(ctx, now, entries...)
}

// lookSoon asks the reconciler to look at a stream on which nothing is decided.
func (s *Scaler) lookSoon(ctx context.Context, stream ledger.Item, done report.Report) (report.Report, error) {
	planned := stream.DueAt
	if stream.DueBy(s.Now()); stream.DueAt.Equal(planned) {
		return done, nil
	}
	_, err := s.Registry.Save(ctx, stream)
	return done, err
}

// notice counts a resharding by somebody else before the budget is looked at: the event of it
// may still be on its way.
func (s *Scaler) notice(ctx context.Context, stream ledger.Item, o scaling.Observation) (ledger.Item, error) {
	noticed, entries := stream.Noticed(o.Stream, s.Now())
	noticed = noticed.Seen(o.Stream, s.Now())
	if len(entries) == 0 {
		return noticed, nil // written with the decision
	}
	return s.Registry.Save(ctx, noticed, entries...)
}

// observe asks Kinesis, CloudWatch and the registry. Only Kinesis must answer: what comes too fast
// for it is asked again, until a time.
func (s *Scaler) observe(ctx context.Context, stream ledger.Item, direction scaling.Direction, until time.Time) (scaling.Observation, error) {
	var summary scaling.Summary
	err := s.retryThrottled(ctx, stream.Name, until, func() (err error) {
		summary, err = s.Streams.Describe(ctx, stream.Name)
		return err
	})
	if errors.Is(err, scaling.ErrStreamNotFound) {
		summary = scaling.Summary{Name: stream.Name, Status: scaling.StatusDeleting}
	} else if err != nil {
		return scaling.Observation{}, err
	}
	o := scaling.Observation{Alarm: direction, Stream: summary}
	to := s.Now().Truncate(time.Minute)
	if traffic, err := s.Alarms.Traffic(ctx, stream.Name, stream.Settings, stream.ObservedFrom(direction, to), to); err == nil {
		o.Traffic = traffic
	} else if direction == scaling.Up {
		o.Status = s.alarmItself(ctx, stream, summary.OpenShards)
	}
	if fleet, err := s.Registry.Fleet(ctx); err == nil {
		o.Account = fleet.Account
	}
	return o, nil
}

// alarmItself reads the scale-up alarm, for what CloudWatch found when it last looked at the stream. The
// zero value: there is none, or this was not answered either.
func (s *Scaler) alarmItself(ctx context.Context, stream ledger.Item, open int) scaling.AlarmStatus {
	want := stream.AlarmWant(s.Now())
	want.OpenShards = open
	pairs, err := s.Alarms.Status(ctx, []scaling.AlarmWant{want})
	if err != nil {
		return scaling.AlarmStatus{}
	}
	return pairs[stream.Name].Up
}

// decideAndAct takes one decision on what was loaded and observed.
func (s *Scaler) decideAndAct(ctx context.Context, stream ledger.Item, alarm Alarm, o scaling.Observation) (report.Report, error) {
	now := s.Now()
	stream, o, err := s.learn(ctx, stream, alarm, o, now)
	if err != nil {
		return report.Report{}, err
	}
	return s.decide(ctx, stream, alarm, o, now)
}

// learn takes in what an observation shows of the stream. A hot key that is suspected from now on is told, once: in the
// history here, and by alarm.told in log and metrics, since the next attempt finds it suspected.
func (s *Scaler) learn(ctx context.Context, stream ledger.Item, alarm Alarm, o scaling.Observation, now time.Time) (ledger.Item, scaling.Observation, error) {
	learned, o := stream.Learned(o, now)
	if stream.HotKey.Suspected() || !learned.HotKey.Suspected() {
		return learned, o, nil
	}
	entry := learned.HotKeyEntry(now, s.Actor+"/"+alarm.RequestID)
	saved, err := s.Registry.Save(ctx, learned, entry)
	if err == nil {
		*alarm.told = learned.HotKey.String() + ": " + entry.Detail
	}
	return saved, o, err
}

// decide takes one decision on what is known by now.
func (s *Scaler) decide(ctx context.Context, stream ledger.Item, alarm Alarm, o scaling.Observation, now time.Time) (report.Report, error) {
	d := stream.Decided(now, o)
	stream = stream.MeasuredBy(d, o)
	if d.Direction == scaling.Hold {
		return s.hold(ctx, stream, alarm, o, d, report.Hold)
	}
	if stream.Settings.Mode == scaling.ModeDryRun {
		return s.hold(ctx, stream, alarm, o, d.DryRun(), report.DryRun)
	}
	claimed, err := s.Registry.Claim(ctx, stream, ledger.Claim{
		Decision: d, Asked: o.Alarm, Alarm: alarm.Name, TransitionAt: alarm.TransitionAt,
		Owner: s.Actor + "/" + alarm.RequestID, LeaseUntil: now.Add(s.Lease),
	})
	if paused, is := errors.AsType[*ledger.PausedError](err); is {
		return s.hold(ctx, stream, alarm, o, paused.Pause.Hold(d), report.Hold)
	}
	if errors.Is(err, ledger.ErrHandled) || errors.Is(err, ledger.ErrNotEnrolled) {
		return report.Report{Stream: stream.Name, Event: report.Duplicate, Direction: d.Direction, Detail: err.Error()}, nil
	}
	if err != nil {
		return report.Report{}, err
	}
	return s.act(ctx, claimed, o, d, alarm.began.Add(s.Lease-lastCall))
}

// hold records a decision not to act, and when to look again.
func (s *Scaler) hold(ctx context.Context, stream ledger.Item, alarm Alarm, o scaling.Observation, d scaling.Decision, event report.Event) (report.Report, error) {
	saved := stream.Held(o.Alarm, alarm.TransitionAt, d.RetryAt)
	_, err := s.Registry.Save(ctx, saved, ledger.HoldEntry(stream.Name, d, alarm.Name, alarm.TransitionAt, s.Actor+"/"+alarm.RequestID))
	return reportOf(stream, d, event), err
}

func reportOf(stream ledger.Item, d scaling.Decision, event report.Event) report.Report {
	return report.Report{
		Stream: stream.Name, Event: event, Direction: d.Direction, OpenShards: d.From, Target: d.Target,
		Utilization: d.Utilization, Reasons: d.Reasons, Operations: stream.Operations.Used(d.At), Fence: stream.Fence, RetryAt: d.RetryAt,
	}
}
