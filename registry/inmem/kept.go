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

// kept returns a stream as the table would give it back, sharing nothing that can be changed:
// times to the millisecond, settings that cannot be used replaced. before is what was kept so
// far; settings equal to its are known to be usable.
func kept(s, before ledger.Item) ledger.Item {
	s = s.Clone()
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
	for i := range s.Usable.Sizes {
		c := &s.Usable.Sizes[i]
		c.RefusedAt, c.SeenAt = keptTime(c.RefusedAt), keptTime(c.SeenAt)
	}
	for i := range s.Operations {
		s.Operations[i].At, s.Operations[i].Since = keptTime(s.Operations[i].At), keptTime(s.Operations[i].Since)
	}
	slices.SortStableFunc(s.Operations, func(x, y scaling.Operation) int { return y.At.Compare(x.At) })
	if len(s.Operations) == 0 {
		s.Operations = nil
	}
	for i := range s.Recuts {
		s.Recuts[i].At = keptTime(s.Recuts[i].At)
	}
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

// keptLayer is a layer as the table would give it back.
func keptLayer(layer scaling.Layer) scaling.Layer { return withoutEmptyKey(maps.Clone(layer)) }

// withoutEmptyKey takes an empty key out of a layer, since no attribute can have it. What is empty then is none.
func withoutEmptyKey(layer scaling.Layer) scaling.Layer {
	delete(layer, "")
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
