package inmem

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// kept returns a stream as the table would give it back: times to the millisecond, settings that cannot be used
// replaced. before is what was kept so far; settings equal to its are known to be usable. What needs no change is shared
// with the argument, which is not changed.
func kept(s, before ledger.Item) ledger.Item {
	s.Status = cmp.Or(s.Status, ledger.Unenrolled)
	s.Tags = withoutEmptyKey(s.Tags)
	if mode := s.Settings.Mode; mode == "" || mode == scaling.ModeDisabled || s.Settings != before.Settings {
		s.Settings, s.SettingsRevision, s.SettingsFault = keptSettings(s)
	}
	if s.SettingsRevision == 0 || s.Untimed != before.Untimed && s.Untimed.Validate() != nil {
		s.Untimed = scaling.Settings{}
	}
	for _, at := range []*time.Time{
		&s.CreatedAt, &s.EnrolledAt, &s.SeenAt, &s.LagTold, &s.UpdatedAt, &s.LeaseUntil, &s.DueAt, &s.Opposed.At, &s.Opposed.HeldUntil,
		&s.Alarms.At, &s.Measured.At, &s.LastDrain.At, &s.Usable.Since, &s.Usable.To, &s.HotKey.Before.At, &s.HotKey.After.At, &s.HotKey.AskAt, &s.HotKey.Helped,
		&s.Up.Handled, &s.Up.RetryAt, &s.Down.Handled, &s.Down.RetryAt,
	} {
		*at = keptTime(*at)
	}
	s.Measured.Utilization = keptRatio(s.Measured.Utilization)
	s.Usable.Sizes = ledger.Replaced(s.Usable.Sizes, func(c scaling.SizeShare) scaling.SizeShare {
		c.RefusedAt, c.SeenAt = keptTime(c.RefusedAt), keptTime(c.SeenAt)
		return c
	})
	s.Operations = ledger.Replaced(s.Operations, func(op scaling.Operation) scaling.Operation {
		op.At, op.Since = keptTime(op.At), keptTime(op.Since)
		return op
	}).NewestFirst()
	if len(s.Operations) == 0 {
		s.Operations = nil
	}
	s.Recuts = ledger.Replaced(s.Recuts, func(r ledger.Recut) ledger.Recut {
		r.At = keptTime(r.At)
		return r
	})
	if len(s.Recuts) == 0 {
		s.Recuts = nil
	}
	if s.InFlight != nil {
		entry := keptEntry(*s.InFlight)
		entry.Stream = s.Name
		s.InFlight = &entry
	}
	if s.Draining != nil {
		entry := keptEntry(*s.Draining)
		entry.Stream, s.Draining = s.Name, nil
		if entry.ID != "" && !entry.At.IsZero() {
			s.Draining = &entry
		}
	}
	return s
}

// keptSettings returns what settings become in a table that holds them as text, with their
// revision and fault: those that cannot be used leave the stream disabled until the reconciler
// computes them again.
func keptSettings(s ledger.Item) (scaling.Settings, int64, string) {
	if s.Settings.Validate() == nil && s.Settings.Mode != "" && s.Settings.Policy != "" {
		if settings, err := scaling.Effective(s.Settings.Layer()); err == nil {
			return settings, s.SettingsRevision, s.SettingsFault
		}
	}
	return scaling.Settings{Mode: scaling.ModeDisabled}, 0, cmp.Or(s.SettingsFault, "the registry's item holds no settings")
}

// keptClaim cuts a claim's times to the millisecond. Otherwise a transition would be newer than
// itself as it was recorded, and be handled twice.
func keptClaim(c ledger.Claim) ledger.Claim {
	c.TransitionAt, c.LeaseUntil, c.Decision.At = keptTime(c.TransitionAt), keptTime(c.LeaseUntil), keptTime(c.Decision.At)
	return c
}

// keptLayer is a layer as the table would give it back, and shares nothing with the argument.
func keptLayer(layer scaling.Layer) scaling.Layer { return withoutEmptyKey(maps.Clone(layer)) }

// withoutEmptyKey leaves out an empty key, which no attribute can have. What is empty then is none.
func withoutEmptyKey(layer scaling.Layer) scaling.Layer {
	if _, found := layer[""]; found {
		layer = maps.Clone(layer)
		delete(layer, "")
	}
	if len(layer) == 0 {
		return nil
	}
	return layer
}

func keptEntry(e ledger.Entry) ledger.Entry {
	e.At, e.TransitionAt, e.Duration = keptTime(e.At), keptTime(e.TransitionAt), e.Duration.Truncate(time.Millisecond)
	e.Utilization = keptRatio(e.Utilization)
	e.Reasons = slices.Clone(e.Reasons)
	if len(e.Reasons) == 0 {
		e.Reasons = nil
	}
	e.Detail = strings.ToValidUTF8(e.Detail, "\uFFFD")
	return e
}

// keptRatio is 0 for what DynamoDB's numbers cannot be.
func keptRatio(v float64) float64 {
	if size := math.Abs(v); size > 1e-100 && size < 1e100 {
		return v
	}
	return 0
}

func keptTime(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return time.UnixMilli(t.UnixMilli()).UTC()
}
