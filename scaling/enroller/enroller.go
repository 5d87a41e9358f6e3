// Package enroller is the use case of a change to a stream: created, tagged, deleted, switched,
// resharded by somebody else. Events are hints: late, doubled, out of order, sometimes of calls
// that failed. So the stream and its tags are read anew each time, and the event's own words
// count only for what the service cannot tell afterwards: who resharded, and when.
package enroller

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// Registry is where the enroller keeps a stream's item.
type Registry interface {
	Load(ctx context.Context, stream string) (ledger.Item, error)
	Save(ctx context.Context, s ledger.Item, entries ...ledger.Entry) (ledger.Item, error)
}

// Streams is the part of Kinesis the enroller needs.
type Streams interface {
	Describe(ctx context.Context, stream string) (scaling.Summary, error)
	Tags(ctx context.Context, stream string) (map[string]string, error)
}

// Alarms is the part of CloudWatch the enroller needs.
type Alarms interface {
	Update(ctx context.Context, want scaling.AlarmWant) error
	Delete(ctx context.Context, streams ...string) error
}

// Enroller handles changes. All fields are required; the zero Rules are those of a stack without defaults.
type Enroller struct {
	Registry Registry
	Streams  Streams
	Alarms   Alarms
	Rules    ledger.Rules
	Now      func() time.Time
	Actor    string // who acts where an event names nobody, as the history shows it, such as "enroller"
}

// Change is what an event said. All fields but Stream may be zero.
type Change struct {
	Stream  string
	EventID string             // the id of its history entry: the same event, delivered again, has the same
	Actor   string             // ARN of who made the call; empty: not told
	Reshard *scaling.Operation // an UpdateShardCount call by somebody else; nil otherwise. From 0: not told
	Recut   *ledger.Recut      // a SplitShard or MergeShards call; nil otherwise
	Call    string             // the API call's name
	Tool    ledger.Tool        // what the call was made with
}

// saveAttempts is how often a change is applied anew after another writer was first.
const saveAttempts = 4

// Handle brings the registry and the alarms up to date with a change. It is idempotent. An
// error means that the registry is not up to date, and the same change may be handled again.
func (e *Enroller) Handle(ctx context.Context, change Change) (report.Report, error) {
	if !scaling.ValidStreamName(change.Stream) {
		return report.Report{Event: report.BadInput, Detail: fmt.Sprintf("no stream has the name %q", change.Stream)}, nil
	}
	for range saveAttempts {
		done, err := e.apply(ctx, change)
		if !errors.Is(err, ledger.ErrConflict) {
			return done, err
		}
	}
	return report.Report{}, fmt.Errorf("handle %s of %s: %w %d times", change.Call, change.Stream, ledger.ErrConflict, saveAttempts)
}

// Refresh reads a stream and its tags anew: the sweep's way in.
func (e *Enroller) Refresh(ctx context.Context, stream string) (report.Report, error) {
	return e.Handle(ctx, Change{Stream: stream, Call: "sweep"})
}

func (e *Enroller) apply(ctx context.Context, change Change) (report.Report, error) {
	before, err := e.Registry.Load(ctx, change.Stream)
	if errors.Is(err, ledger.ErrNotEnrolled) {
		before = ledger.Item{Name: change.Stream}
	} else if err != nil {
		return report.Report{}, err
	}
	now, err := e.look(ctx, change.Stream)
	if err != nil {
		return report.Report{}, err
	}
	after, entries := e.next(before, now, change)
	if after.Status == "" {
		return report.Report{Stream: change.Stream, Event: report.Ignored, Detail: "not tagged"}, nil
	}
	if len(entries) > 0 || differs(before, after) {
		after.Alarms = uncertain(after)
		if after, err = e.Registry.Save(ctx, after, entries...); err != nil {
			return report.Report{}, err
		}
	}
	done := reportOf(after, entries)
	e.alarms(ctx, after, &done)
	return done, nil
}

// snapshot is what the service says of a stream.
type snapshot struct {
	gone    bool
	summary scaling.Summary
	tags    scaling.Layer
}

func (e *Enroller) look(ctx context.Context, stream string) (snapshot, error) {
	summary, err := e.Streams.Describe(ctx, stream)
	if errors.Is(err, scaling.ErrStreamNotFound) || err == nil && summary.Status == scaling.StatusDeleting {
		return snapshot{gone: true}, nil
	}
	if err != nil {
		return snapshot{}, err
	}
	tags, err := e.Streams.Tags(ctx, stream)
	if errors.Is(err, scaling.ErrStreamNotFound) {
		return snapshot{gone: true}, nil
	}
	return snapshot{summary: summary, tags: scaling.TagLayer(tags)}, err
}

// next returns the item as the service's own word wants it, with the event's call counted.
func (e *Enroller) next(s ledger.Item, now snapshot, change Change) (ledger.Item, []ledger.Entry) {
	if now.gone {
		return s.Unenrolled("deleted", e.Now(), e.who(change))
	}
	var entries []ledger.Entry
	if change.Reshard != nil && e.Rules.Wants(now.tags) {
		// The event's call is counted first: else the new open shards would count as a second resharding, by
		// an unknown actor.
		s, entries = e.counted(s, *change.Reshard, change)
	}
	if change.Recut != nil && e.Rules.Wants(now.tags) {
		s, entries = e.recut(s, *change.Recut, change)
	}
	s, found := e.Rules.Refresh(s, now.summary, now.tags, e.Now(), e.who(change))
	return s.Seen(now.summary, e.Now()), append(entries, found...)
}

// who is whom the history names for what was found after a change: who made the call, which call, and with what. The
// sweep, and an event that names nobody, leave the enroller itself.
func (e *Enroller) who(change Change) string {
	if change.Actor == "" {
		return e.Actor
	}
	return change.Actor + " (" + change.told() + ")"
}

// told is the call and what it was made with, as far as that is known.
func (c Change) told() string {
	if c.Tool == ledger.ToolUnknown {
		return c.Call
	}
	return c.Call + " with " + string(c.Tool)
}

// ownCall is how far apart the claim of a call and the service's time of it can be.
const ownCall = 2 * time.Minute

// counted takes the slot of somebody else's call. The event of our own call is known by its
// target and time, should it come as somebody else's: the service does not accept the same call
// twice in that time.
func (e *Enroller) counted(s ledger.Item, op scaling.Operation, change Change) (ledger.Item, []ledger.Entry) {
	for _, known := range s.Operations {
		if known.Fence != 0 && known.To == op.To && known.At.Sub(op.At).Abs() < ownCall {
			return s, nil
		}
	}
	if op.From < 1 && s.OpenShards != op.To && !op.At.Before(s.SeenAt) { // a size that was seen later may be of other calls
		op.From = s.OpenShards
	}
	if op.From > 0 {
		op.Direction = scaling.DirectionOf(op.From, op.To)
	}
	counted, entry, isNew := s.External(op, change.EventID, change.told(), e.Now())
	if !isNew {
		return s, nil
	}
	counted, entry = counted.SetBack(entry, change.Tool, e.Now())
	return counted, []ledger.Entry{entry}
}

// recut takes in a split or a merge. One whose time the event does not tell counts as made now.
func (e *Enroller) recut(s ledger.Item, r ledger.Recut, change Change) (ledger.Item, []ledger.Entry) {
	if r.At.IsZero() {
		r.At = e.Now()
	}
	taken, entry, isNew := s.Recut(r, change.Actor, change.told(), e.Now())
	if !isNew {
		return s, nil
	}
	return taken, []ledger.Entry{entry}
}

// differs reports whether a refresh found what has no line in the history, but must be kept.
func differs(before, after ledger.Item) bool {
	return before.Revision == 0 || before.ARN != after.ARN || before.OpenShards != after.OpenShards ||
		!before.CreatedAt.Equal(after.CreatedAt) || !slices.Equal(before.Recuts, after.Recuts) || !maps.Equal(before.Tags, after.Tags)
}

// uncertain is what the item says of the alarms while they are made or deleted: there may be
// some, and they are not what they should be. If this invocation ends halfway, the next look at the
// stream repairs them because of this.
func uncertain(s ledger.Item) ledger.AlarmsHeld {
	switch {
	case needsAlarms(s) && s.Alarms.Shards == 0:
		return ledger.AlarmsHeld{Shards: s.OpenShards}
	case s.Status != ledger.Enrolled:
		return ledger.AlarmsHeld{Shards: s.Alarms.Shards}
	}
	return s.Alarms
}

func needsAlarms(s ledger.Item) bool {
	return s.Status == ledger.Enrolled && s.OpenShards > 0 && s.InFlight == nil && !s.AlarmsInSync()
}

// alarms makes, changes or deletes the stream's alarms where that is due, and notes it. What
// fails or must wait until the stream is ACTIVE is left to the reconciler, which also looks
// once more whether the alarms of an unenrolled stream are gone.
func (e *Enroller) alarms(ctx context.Context, s ledger.Item, r *report.Report) {
	var err error
	switch {
	case needsAlarms(s):
		want := s.AlarmWant(e.Now())
		err = e.Alarms.Update(ctx, want)
		s = s.Holding(want, e.Now())
	case s.Status != ledger.Enrolled && s.Alarms != (ledger.AlarmsHeld{}):
		err = e.Alarms.Delete(ctx, s.Name)
		s.Alarms = ledger.AlarmsHeld{}
	default:
		return
	}
	if err == nil && s.Status != ledger.Unenrolled {
		_, err = e.Registry.Save(ctx, s)
	}
	if err != nil && !errors.Is(err, ledger.ErrConflict) {
		r.Faults = append(r.Faults, fmt.Errorf("alarms of %s, left to the reconciler: %w", s.Name, err))
	}
}

// reportOf tells the most telling thing that a refresh did. How operations ended is for the reconciler
// to tell.
func reportOf(s ledger.Item, entries []ledger.Entry) report.Report {
	isOperation := func(entry ledger.Entry) bool { return entry.Kind == ledger.KindOperation }
	event, entry := report.EventOf(s, slices.DeleteFunc(slices.Clone(entries), isOperation))
	r := report.Report{Stream: s.Name, Event: event, OpenShards: s.OpenShards, Fence: s.Fence, Detail: entry.Detail}
	switch event { //nolint:exhaustive // the others have it all in their entry's detail
	case report.BadSettings:
		r.Detail = s.SettingsFault
	case report.SetBack:
		r.Detail = entry.Reasons.String()
	}
	return r
}
