package inspect

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// World is all that a decision is made of, to read. It is the same that the scaler reads.
type World struct {
	Registry Decider
	Streams  Streams
	Alarms   Alarms
}

// Decider is the part of the registry that a decision is made of.
type Decider interface {
	Load(ctx context.Context, stream string) (ledger.Item, error)
	Fleet(ctx context.Context) (ledger.Fleet, error)
	Paused(ctx context.Context) (ledger.Pause, error)
}

// Streams is the part of Kinesis that a decision is made of.
type Streams interface {
	Describe(ctx context.Context, stream string) (scaling.Summary, error)
}

// Alarms is the part of CloudWatch that a decision is made of.
type Alarms interface {
	Status(ctx context.Context, wants []scaling.AlarmWant) (map[string]scaling.AlarmPair, error)
	Traffic(ctx context.Context, stream string, s scaling.Settings, from, to time.Time) (scaling.Traffic, error)
}

// Explanation is what would be decided on a stream now, by what each of its alarms may ask.
type Explanation struct {
	Item    ledger.Item
	Summary scaling.Summary
	Pair    scaling.AlarmPair
	Answers []Answer // for the scale-up alarm, then for the scale-down alarm
	Faults  []error  // what could not be read, where a decision is possible without it
}

// Answer is what would be decided if an alarm asked.
type Answer struct {
	Asked    scaling.Direction
	State    scaling.AlarmState // of the alarm; empty: it is not there, or could not be read
	Disabled bool               // whether the alarm's actions are: it tells nobody
	Decision scaling.Decision
	PutOff   time.Time // of a decision to act, until when the alarm is not asked again; zero: it is not put off
}

// Asks reports whether the alarm asks at present.
func (a Answer) Asks() bool { return a.State == scaling.StateAlarm && !a.Disabled }

// Explain reads what the scaler would read of a stream, in at most eight calls as a rule, and decides as it would. It
// changes nothing. A stream without an item gives [ledger.ErrNotEnrolled].
func Explain(ctx context.Context, w World, stream string, now time.Time) (Explanation, error) {
	item, err := w.Registry.Load(ctx, stream)
	if err != nil {
		return Explanation{}, err
	}
	pause, err := w.Registry.Paused(ctx)
	if err != nil {
		return Explanation{}, err
	}
	e := Explanation{Item: item}
	if e.Summary, err = w.Streams.Describe(ctx, stream); err != nil {
		return Explanation{}, fmt.Errorf("read stream %s: %w", stream, err)
	}
	e.Pair = w.status(ctx, item, e.Summary, &e.Faults)
	o := scaling.Observation{Stream: e.Summary, Status: e.Pair.Up}
	to := now.Truncate(time.Minute)
	from := slices.MinFunc([]time.Time{item.ObservedFrom(scaling.Up, to), item.ObservedFrom(scaling.Down, to)}, time.Time.Compare)
	if o.Traffic, err = w.Alarms.Traffic(ctx, stream, item.Settings, from, to); err != nil {
		e.Faults = append(e.Faults, fmt.Errorf("read the metrics: %w", err))
	}
	fleet, err := w.Registry.Fleet(ctx)
	if err != nil {
		e.Faults = append(e.Faults, fmt.Errorf("read what the account has left: %w", err))
	}
	o.Account = fleet.Account
	for _, dir := range []scaling.Direction{scaling.Up, scaling.Down} {
		o.Alarm = dir
		status := e.Pair.Of(dir)
		a := Answer{Asked: dir, State: status.State, Disabled: status.Deaf(), Decision: decided(item, o, pause, now)}
		if retry := item.Watch(dir).RetryAt; a.Decision.Direction != scaling.Hold && retry.After(now) {
			a.PutOff = retry
		}
		e.Answers = append(e.Answers, a)
	}
	return e, nil
}

// status reads the alarms, as they are wanted for the stream's true shards.
func (w World) status(ctx context.Context, item ledger.Item, summary scaling.Summary, faults *[]error) scaling.AlarmPair {
	want := item.AlarmKept()
	want.OpenShards = summary.OpenShards
	pairs, err := w.Alarms.Status(ctx, []scaling.AlarmWant{want})
	if err != nil {
		*faults = append(*faults, fmt.Errorf("read the alarms: %w", err))
	}
	return pairs[item.Name]
}

// decided is what the scaler would decide, with all that keeps it from acting.
func decided(item ledger.Item, o scaling.Observation, pause ledger.Pause, now time.Time) scaling.Decision {
	item, o = item.Learned(o, now)
	d := item.Decided(now, o)
	switch {
	case item.Status != ledger.Enrolled && o.Stream.Mode != scaling.ModeOnDemand:
		return unscaled(item, d)
	case d.Direction == scaling.Hold:
		return d
	case item.Settings.Mode == scaling.ModeDryRun:
		return d.DryRun()
	case pause.InForce:
		return pause.Hold(d)
	}
	return d
}

// unscaled is the hold of a stream that is not scaled whatever is measured. What its settings would lead to is no answer:
// they are those of before, or none.
func unscaled(item ledger.Item, d scaling.Decision) scaling.Decision {
	code, detail := scaling.HoldDisabled, item.Standing()
	if item.Status == ledger.Suspended {
		code, detail = scaling.HoldSuspended, item.StatusReason
		if item.StatusReason == ledger.SuspendedSettings {
			detail += ": " + item.SettingsFault
		}
	}
	held := scaling.Decision{At: d.At, From: d.From, Target: d.From, Utilization: d.Utilization, Limit: d.Limit}
	return held.Held(time.Time{}, code, detail)
}
