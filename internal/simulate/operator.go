package simulate

// What people and their tools do to streams. Each call that succeeds is told to the enroller, late,
// as CloudTrail and EventBridge do. Shardkeeper's own calls are not: the enroller's rule for
// events leaves them out.

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate/profile"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/enroller"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/scaler"
)

// CreateStream makes a stream. It fails as Kinesis does when the name is taken, or the account has
// no shards left.
func (w *World) CreateStream(spec StreamSpec) error {
	if err := w.kinesis.create(spec); err != nil {
		return err
	}
	delay := w.numbers.EventDelay
	if spec.Age > 0 {
		delay = 0
	}
	w.publish(enroller.Change{Stream: spec.Name, Call: "CreateStream", Actor: operator}, delay)
	return nil
}

// DeleteStream begins to delete a stream.
func (w *World) DeleteStream(name string) error {
	s, err := w.kinesis.find(name)
	if err != nil {
		return err
	}
	s.status, s.doneAt = scaling.StatusDeleting, w.minute+w.numbers.DeleteMinutes
	w.publish(enroller.Change{Stream: name, Call: "DeleteStream", Actor: operator}, w.numbers.EventDelay)
	return nil
}

// Tag sets tags of a stream; those with an empty value are removed. A stream that is CREATING
// takes none.
func (w *World) Tag(name string, tags map[string]string) error {
	s, err := w.kinesis.find(name)
	if err != nil {
		return err
	}
	if s.status == scaling.StatusCreating {
		return fmt.Errorf("tag stream %s: %w", name, scaling.ErrStreamBusy)
	}
	after := maps.Clone(s.Tags) // the old map may have been handed out
	if after == nil {
		after = map[string]string{}
	}
	maps.Copy(after, tags)
	maps.DeleteFunc(after, func(_, value string) bool { return value == "" })
	s.Tags = after
	s.told = append(s.told, toldTags{w.clock.time().Add(w.numbers.TaggingDelay), after})
	w.publish(enroller.Change{Stream: name, Call: "TagResource", Actor: operator}, w.numbers.EventDelay)
	return nil
}

// Reshard is UpdateShardCount by somebody else, with a tool that CloudTrail does not name.
func (w *World) Reshard(name string, target int, actor string) error {
	return w.ReshardWith(name, target, actor, ledger.ToolUnknown)
}

// ReshardWith is UpdateShardCount by somebody else, with a tool.
func (w *World) ReshardWith(name string, target int, actor string, tool ledger.Tool) error {
	s, err := w.kinesis.find(name)
	if err != nil {
		return err
	}
	from := s.open
	if err := w.kinesis.reshard(name, target, actor); err != nil {
		return err
	}
	op := scaling.Operation{At: w.clock.time().Truncate(time.Second), Direction: scaling.DirectionOf(from, target), From: from, To: target, Actor: actor}
	w.publish(enroller.Change{Stream: name, Call: "UpdateShardCount", Actor: actor, Tool: tool, Reshard: &op}, w.numbers.EventDelay)
	return nil
}

// SplitShard halves one shard's hash range. Shards count from 0, in the order of their hash keys. It takes
// as long as the shortest resharding, and is no UpdateShardCount: it counts against no limit of ten.
func (w *World) SplitShard(name string, shard int, actor string) error {
	err := w.kinesis.recut("SplitShard", name, func(r profile.Ranges) (profile.Ranges, error) { return r.Split(shard) })
	if err != nil {
		return err
	}
	w.publish(enroller.Change{Stream: name, Call: "SplitShard", Actor: actor, Recut: w.recut(1)}, w.numbers.EventDelay)
	return nil
}

// MergeShards joins a shard and the one after it. The rest is as with SplitShard.
func (w *World) MergeShards(name string, shard int, actor string) error {
	err := w.kinesis.recut("MergeShards", name, func(r profile.Ranges) (profile.Ranges, error) { return r.Merge(shard) })
	if err != nil {
		return err
	}
	w.publish(enroller.Change{Stream: name, Call: "MergeShards", Actor: actor, Recut: w.recut(-1)}, w.numbers.EventDelay)
	return nil
}

// recut is a split or merge as its event tells it.
func (w *World) recut(shards int) *ledger.Recut {
	w.events++ // CloudTrail's own id of the call
	return &ledger.Recut{At: w.clock.time().Truncate(time.Second), ID: fmt.Sprintf("call-%d", w.events), Shards: shards}
}

// SwitchMode is UpdateStreamMode. The stream is UPDATING for a minute.
func (w *World) SwitchMode(name string, onDemand bool) error {
	s, err := w.kinesis.find(name)
	if err != nil {
		return err
	}
	if s.status != scaling.StatusActive {
		return fmt.Errorf("switch the mode of stream %s: status %s: %w", name, s.status, scaling.ErrStreamBusy)
	}
	s.OnDemand, s.status, s.doneAt = onDemand, scaling.StatusUpdating, w.minute+w.numbers.ReshardMinutes
	w.publish(enroller.Change{Stream: name, Call: "UpdateStreamMode", Actor: operator}, w.numbers.EventDelay)
	return nil
}

// PutAlarms gives a stream's two alarms another definition, as an update of the stack that made them
// does. Their states stay.
func (w *World) PutAlarms(want scaling.AlarmWant) error {
	return errors.Join(w.cloudwatch.put(want, scaling.Up), w.cloudwatch.put(want, scaling.Down))
}

// PutForeignAlarm makes an alarm of somebody else with the name of one of a stream's, in place of one that
// is there. Its definition is nobody's business here: it is the wanted one, which tells nobody.
func (w *World) PutForeignAlarm(want scaling.AlarmWant, dir scaling.Direction) error {
	name := scaling.AlarmName(want.Stream, dir)
	w.cloudwatch.remove(name)
	if err := w.cloudwatch.put(want, dir); err != nil {
		return err
	}
	w.cloudwatch.alarms[name].foreign = true
	return nil
}

// EnableAlarms is DisableAlarmActions for a stream's two alarms, or EnableAlarmActions. None there is no error.
func (w *World) EnableAlarms(stream string, enabled bool) {
	w.EnableAlarm(stream, scaling.Up, enabled)
	w.EnableAlarm(stream, scaling.Down, enabled)
}

// DeleteAlarms deletes a stream's two alarms. None there is no error.
func (w *World) DeleteAlarms(stream string) {
	w.DeleteAlarm(stream, scaling.Up)
	w.DeleteAlarm(stream, scaling.Down)
}

// Reserve is somebody else's PutFunctionConcurrency, with Lambda's own bounds; below 0 it takes the
// reservation away.
func (w *World) Reserve(function string, concurrency int) error {
	if concurrency > 0 {
		return w.lambda.reserve(function, concurrency)
	}
	r, err := w.lambda.find(function)
	if err == nil {
		*r = reservation{0, concurrency == 0}
	}
	return err
}

// Ring sends the scaler the message that a stream's alarm went to ALARM just now, which CloudWatch never
// sent: one that is late, replayed or forged.
func (w *World) Ring(stream string, dir scaling.Direction) {
	w.notify(scaler.Alarm{Name: scaling.AlarmName(stream, dir), State: scaling.StateAlarm, TransitionAt: w.Now()}, stream)
}

// RingAt is Ring with the time of a transition that CloudWatch never had: hours ago, or in the future.
func (w *World) RingAt(stream string, dir scaling.Direction, at time.Time) {
	w.notify(scaler.Alarm{Name: scaling.AlarmName(stream, dir), State: scaling.StateAlarm, TransitionAt: at}, stream)
}

// TellOwn sends the enroller the event of a call that Shardkeeper made itself, as if somebody else had: the
// rule that leaves these out is only as good as the role's name in it.
func (w *World) TellOwn(op Operation) {
	told := scaling.Operation{At: op.At.Truncate(time.Second), Direction: scaling.DirectionOf(op.From, op.To), From: op.From, To: op.To, Actor: op.Actor}
	w.publish(enroller.Change{Stream: op.Stream, Call: "UpdateShardCount", Actor: op.Actor, Reshard: &told}, w.numbers.EventDelay)
}

// LoseMetrics makes CloudWatch lose all metrics of a stream for the next minutes.
func (w *World) LoseMetrics(stream string, minutes int) {
	s := w.cloudwatch.seriesOf(stream)
	s.lost = max(s.lost, s.newest+int64(minutes))
}

// Deploy gives the functions other parameters, as an update of the stack does.
func (w *World) Deploy(rules ledger.Rules) {
	rules.SettingTable = w.rules.SettingTable
	w.rules = rules
}

// PauseAll stops all resharding, as the command pause does.
func (w *World) PauseAll(ctx context.Context, why string) error {
	return w.registry.Pause(ctx, ledger.Pause{InForce: true, At: w.clock.time(), Who: operator, Why: why})
}

// ResumeAll lets resharding go on.
func (w *World) ResumeAll(ctx context.Context) error {
	_, err := w.registry.Resume(ctx, w.clock.time(), operator)
	return err
}

// operator is who makes the calls that people make.
const operator = "arn:aws:iam::123456789012:user/operator"
