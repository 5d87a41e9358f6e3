// Package enroller is the use case of a change to a stream: created, tagged, deleted, switched,
// resharded by somebody else. Events are hints: late, doubled, out of order, sometimes of calls
// that failed. So the stream and its tags are read anew each time, and the event's own words
// count only for what the service cannot tell afterwards: who resharded, and when.
package enroller

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// Registry is where the enroller keeps a stream's item.
type Registry interface {
	Load(ctx context.Context, stream string) (scaling.Stream, error)
	Save(ctx context.Context, s scaling.Stream, entries ...scaling.Entry) (scaling.Stream, error)
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

// Enroller handles changes. All fields are required.
type Enroller struct {
	Registry Registry
	Streams  Streams
	Alarms   Alarms
	Rules    scaling.Rules
	Now      func() time.Time
	Actor    string
}

// Change is what an event said.
type Change struct {
	Stream  string
	EventID string
	Actor   string             // ARN of who made the call
	Reshard *scaling.Operation // a resharding call by somebody else; nil otherwise
	Call    string             // the API call's name
}

// saveAttempts is how often a change is applied anew after another writer was first.
const saveAttempts = 4

// Handle brings the registry and the alarms up to date with a change. It is idempotent. An
// error means that the registry is not up to date, and the same change may be handled again.
func (e *Enroller) Handle(ctx context.Context, change Change) (scaling.Report, error) {
	for range saveAttempts {
		report, err := e.apply(ctx, change)
		if !errors.Is(err, scaling.ErrConflict) {
			return report, err
		}
	}
	return scaling.Report{}, fmt.Errorf("handle %s of %s: %w %d times", change.Call, change.Stream, scaling.ErrConflict, saveAttempts)
}

// Refresh reads a stream and its tags anew: the sweep's way in.
func (e *Enroller) Refresh(ctx context.Context, stream string) (scaling.Report, error) {
	return e.Handle(ctx, Change{Stream: stream, Call: "sweep"})
}

func (e *Enroller) apply(ctx context.Context, change Change) (scaling.Report, error) {
	before, err := e.Registry.Load(ctx, change.Stream)
	if errors.Is(err, scaling.ErrNotEnrolled) {
		before = scaling.Stream{Name: change.Stream}
	} else if err != nil {
		return scaling.Report{}, err
	}
	after, entries, err := e.refreshed(ctx, before)
	if err != nil {
		return scaling.Report{}, err
	}
	if change.Reshard != nil && after.Status != "" && after.Status != scaling.Unenrolled {
		counted, entry, isNew := after.External(*change.Reshard, change.EventID, change.Call, e.Now())
		if isNew {
			after, entries = counted, append(entries, entry)
		}
	}
	if after.Status == "" {
		return scaling.Report{Stream: change.Stream, Event: scaling.EventIgnored, Detail: "not tagged"}, nil
	}
	if len(entries) > 0 || before.Revision == 0 {
		if after, err = e.Registry.Save(ctx, after, entries...); err != nil {
			return scaling.Report{}, err
		}
	}
	report := reportOf(after, entries)
	e.alarms(ctx, after, &report)
	return report, nil
}

// refreshed returns the item as the service's own word wants it.
func (e *Enroller) refreshed(ctx context.Context, s scaling.Stream) (scaling.Stream, []scaling.Entry, error) {
	summary, err := e.Streams.Describe(ctx, s.Name)
	if errors.Is(err, scaling.ErrStreamNotFound) || err == nil && summary.Status == scaling.StatusDeleting {
		gone, entries := s.Unenrolled("deleted", e.Now(), e.Actor)
		return gone, entries, nil
	}
	if err != nil {
		return s, nil, err
	}
	tags, err := e.Streams.Tags(ctx, s.Name)
	if err != nil {
		return s, nil, err
	}
	after, entries := e.Rules.Refresh(s, summary, scaling.TagLayer(tags), e.Now(), e.Actor)
	return after, entries, nil
}

// alarms makes, changes or deletes the stream's alarms where that is due, and notes it. What
// fails or must wait until the stream is ACTIVE is left to the reconciler.
func (e *Enroller) alarms(ctx context.Context, s scaling.Stream, report *scaling.Report) {
	held, err := scaling.AlarmsHeld{}, error(nil)
	switch {
	case s.Status == scaling.Enrolled && s.OpenShards > 0 && s.InFlight == nil && !s.AlarmsInSync():
		held = scaling.AlarmsHeld{Shards: s.OpenShards, SettingsRevision: s.SettingsRevision}
		err = e.Alarms.Update(ctx, scaling.AlarmWant{Stream: s.Name, OpenShards: s.OpenShards, Settings: s.Settings})
	case s.Status != scaling.Enrolled && s.Alarms != (scaling.AlarmsHeld{}):
		err = e.Alarms.Delete(ctx, s.Name)
	default:
		return
	}
	if err == nil {
		s.Alarms = held
		_, err = e.Registry.Save(ctx, s)
	}
	if err != nil {
		report.Faults = append(report.Faults, fmt.Errorf("alarms of %s, left to the reconciler: %w", s.Name, err))
	}
}

// reportOf names the most telling thing that a refresh did.
func reportOf(s scaling.Stream, entries []scaling.Entry) scaling.Report {
	report := scaling.Report{Stream: s.Name, Event: scaling.EventChecked, OpenShards: s.OpenShards, Fence: s.Fence}
	for _, entry := range entries {
		switch entry.Kind {
		case scaling.KindEnrollment:
			report.Event = map[scaling.Enrollment]scaling.ReportEvent{
				scaling.Enrolled: scaling.EventEnrolled, scaling.Suspended: scaling.EventSuspended, scaling.Unenrolled: scaling.EventUnenrolled,
			}[s.Status]
		case scaling.KindExternal:
			report.Event = scaling.EventExternal
		case scaling.KindSettings:
			if report.Event == scaling.EventChecked {
				report.Event = scaling.EventSettings
			}
		case scaling.KindOperation, scaling.KindHold, scaling.KindFailure:
		}
		report.Detail = entry.Detail
	}
	if s.SettingsFault != "" && len(entries) > 0 {
		report.Event, report.Detail = scaling.EventBadSettings, s.SettingsFault
	}
	return report
}
