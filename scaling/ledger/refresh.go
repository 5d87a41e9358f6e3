package ledger

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// Rules are the stack's own settings for every stream.
type Rules struct {
	Defaults  scaling.Layer // the stack's parameters
	EnrollAll bool          // enroll streams without the tag too
	Stack     string        // only streams with this value of [scaling.StackTag]; empty: those without one

	// MaxShardsCeiling is the highest max-shards that any stream has in force, whatever its tags and overrides say: 1 to
	// scaling.MaxStreamShards. 0: no ceiling but the service's.
	MaxShardsCeiling int

	// SettingTable is kept by who refreshes many thousand times, as the simulator does. Nil: it is made at each refresh.
	SettingTable *scaling.SettingTable
}

// Ours reports whether a stream with these tags is this stack's, and no other's, to look after. A stream is
// exactly one stack's if no two stacks of the account and Region have the same Stack.
func (r Rules) Ours(tags scaling.Layer) bool {
	return strings.TrimSpace(tags[scaling.StackKey]) == r.Stack
}

// Wants reports whether a stream with these tags is to be enrolled. A mode that is none of the
// three counts as a wish to be enrolled, so that the mistake is seen.
func (r Rules) Wants(tags scaling.Layer) bool {
	if !r.Ours(tags) {
		return false
	}
	mode, tagged := tags["mode"]
	if !tagged {
		return r.EnrollAll
	}
	return scaling.Mode(strings.TrimSpace(mode)) != scaling.ModeDisabled
}

// Refresh brings a stream's item up to date with what the service says of the stream and its
// tags, and returns the history entries of what changed. It is the same for an event, the hourly
// sweep and a repair, and changes nothing where nothing changed.
func (r Rules) Refresh(s Item, sum scaling.Summary, tags scaling.Layer, now time.Time, actor string) (Item, []Entry) {
	if !r.Wants(tags) {
		why := "not tagged"
		switch {
		case !r.Ours(tags):
			why = fmt.Sprintf("of another stack: tag %s is %q", scaling.StackTag, tags[scaling.StackKey])
		case tags["mode"] != "":
			why = "tagged " + string(scaling.ModeDisabled)
		}
		return s.Unenrolled(why, now, actor)
	}
	c := change{now: now, actor: actor, before: s.Status}
	if s.Recreated(sum) {
		s, c.entries, _ = s.Settle(sum, now)
		s.OpenShards = 0 // those of the new stream are known when it is ACTIVE
	}
	if s.sizedByService() && sum.Mode != scaling.ModeOnDemand {
		s.OpenShards = 0 // what it has by now, nobody resharded it to; known when it is ACTIVE
	}
	s, noticed := s.Noticed(sum, now)
	c.entries = append(c.entries, noticed...)
	s.Name, s.ARN, s.Tags = sum.Name, sum.ARN, tags
	if !sum.CreatedAt.IsZero() {
		s.CreatedAt = sum.CreatedAt
	}
	r.refreshSettings(&s, &c)
	refreshStatus(&s, sum, &c)
	if len(c.entries) > 0 {
		s.DueBy(now)
	}
	return s, c.entries
}

// change collects what a refresh did.
type change struct {
	now     time.Time
	actor   string
	before  Enrollment
	entries []Entry
}

func (c *change) add(s *Item, kind Kind, id, detail string) {
	c.entries = append(c.entries, Entry{
		Stream: s.Name, At: c.now, ID: id, Kind: kind, From: s.OpenShards, To: s.OpenShards, Actor: c.actor, Detail: short(detail),
	})
}

// InForce returns a stream whose settings are those in force at a time, and the history entry of what that changed. It
// is for use between two refreshes: timed overrides and the periods of a schedule begin and end at any time. A stream that
// has none, or that is not enrolled, stays as it is. A ceiling that was lowered counts at once.
func (r Rules) InForce(s Item, now time.Time, actor string) (Item, []Entry) {
	if s.Status != Enrolled || len(s.Timed) == 0 && s.Untimed == (scaling.Settings{}) && s.Settings.Schedule == "" && !r.aboveCeiling(s.Settings) {
		return s, nil
	}
	c := change{now: now, actor: actor, before: s.Status}
	r.refreshSettings(&s, &c)
	if len(c.entries) > 0 {
		s.DueBy(now)
	}
	return s, c.entries
}

// refreshSettings computes the effective settings anew. Tags and overrides that cannot be used leave the last good
// ones in force, with what is timed on top of them.
func (r Rules) refreshSettings(s *Item, c *change) {
	s.SettingsFault = r.Elapsed(*s, s.Timed, c.now).SettingsFault
	next, untimed, faults, usable := r.effective(*s, c.now)
	fault := faultOf(faults)
	if !usable && s.SettingsRevision == 0 { // there are none to go on with
		next = s.Settings
	}
	changed := next != s.Settings || usable && s.SettingsRevision == 0
	if changed {
		// Above what the alarms hold too: broken settings are read back as revision 0.
		s.SettingsRevision = max(s.SettingsRevision, s.Alarms.SettingsRevision) + 1
	}
	switch {
	case fault == "" || fault == s.SettingsFault:
	case usable:
		c.add(s, KindSettings, "settings-fault", "cannot be used, all else is in force: "+fault)
	case s.SettingsRevision == 0:
		c.add(s, KindSettings, "settings-fault", "cannot be used, and there are no good ones to go on with: "+fault)
	default:
		c.add(s, KindSettings, "settings-fault", "cannot be used, the last good settings stay: "+fault)
	}
	if changed || fault == "" && s.SettingsFault != "" {
		// The last decision may have held because of a setting: both alarms are to ask again.
		s.Up.RetryAt, s.Down.RetryAt = c.now, c.now
		c.add(s, KindSettings, "settings-"+strconv.FormatInt(s.SettingsRevision, 10), difference(s.Settings, next))
	}
	s.Settings, s.Untimed, s.SettingsFault = next, untimed, fault
}

// Effective returns the settings that a stream should have at a time, and whether its tags and overrides can be used.
func (r Rules) Effective(s Item, now time.Time) (settings scaling.Settings, usable bool) {
	settings, _, _, usable = r.effective(s, now)
	return settings, usable
}

// effective returns the settings in force at a time, those without what is timed where something is, and what cannot be
// used. usable is false where tags and overrides cannot be: then the last good ones are what timed overrides are put on.
func (r Rules) effective(s Item, now time.Time) (next, untimed scaling.Settings, faults []string, usable bool) {
	tags := settingsOf(s.Tags)
	base := []scaling.Layer{r.Defaults, tags, s.Overrides}
	table := r.SettingTable
	if table == nil {
		table = scaling.NewSettingTable()
	}
	next, err := table.Effective(base...)
	if err != nil {
		if faults, next = []string{oneLine(err)}, s.Settings; s.Untimed != (scaling.Settings{}) {
			next = s.Untimed
		}
		next.Pause = pauseOf(next.Pause, tags, s.Overrides)
		base = []scaling.Layer{next.Set()}
	}
	if err != nil && s.SettingsRevision == 0 {
		return next, scaling.Settings{}, faults, false
	}
	next, above := r.underCeiling(next)
	untimed = next
	if fault := next.ScheduleAboveMost(); fault != "" {
		faults = append(faults, fault)
	}
	next, left := withTimed(base, next, s.Timed, now, r.ceiling())
	next, aboveWhileTimed := r.underCeiling(next)
	if above = cmp.Or(aboveWhileTimed, above); above != "" {
		left = append(left, above)
	}
	next = next.At(now, s.OperationTakes())
	if next == untimed {
		untimed = scaling.Settings{}
	}
	return next, untimed, append(faults, left...), err == nil
}

// settingsOf are tags without the one that names a stack, which is no setting.
func settingsOf(tags scaling.Layer) scaling.Layer {
	if _, named := tags[scaling.StackKey]; named {
		tags = maps.Clone(tags)
		delete(tags, scaling.StackKey)
	}
	return tags
}

// pauseOf is what layers say of the pause, later ones above earlier ones, whatever else in them cannot be used: who pauses a stream
// by hand, or ends that, need not mend its tags first. The last one stays where none of the pauses can be read.
func pauseOf(last scaling.Paused, layers ...scaling.Layer) scaling.Paused {
	pause := scaling.PausedNone
	for _, layer := range layers {
		switch said := scaling.Paused(strings.TrimSpace(layer["pause"])); {
		case slices.Contains(scaling.PausedValues(), said):
			pause = said
		case said != "":
			pause = last
		}
	}
	return pause
}

// difference names the settings that changed, as "key old -> new".
func difference(before, after scaling.Settings) string {
	if before.Policy == "" { // a registry gives a stream without settings the mode disabled
		return "first settings"
	}
	was, is := before.Layer(), after.Layer()
	var changed []string
	for _, key := range slices.Sorted(maps.Keys(is)) {
		if was[key] != is[key] {
			changed = append(changed, fmt.Sprintf("%s %s -> %s", key, was[key], is[key]))
		}
	}
	if len(changed) == 0 {
		return "the mistake was mended"
	}
	return strings.Join(changed, "; ")
}

// refreshStatus enrolls, suspends or resumes the stream.
func refreshStatus(s *Item, sum scaling.Summary, c *change) {
	status, reason := Enrolled, ""
	switch {
	case sum.Mode == scaling.ModeOnDemand:
		status, reason = Suspended, SuspendedOnDemand
	case s.SettingsRevision == 0:
		status, reason = Suspended, SuspendedSettings
	case s.Status == Suspended && s.StatusReason == SuspendedAlarm:
		status, reason = Suspended, SuspendedAlarm // until the alarms are looked at
	}
	if s.Status == status && s.StatusReason == reason {
		return
	}
	if !c.before.Attended() {
		s.EnrolledAt = c.now
		if s.Usable.To.IsZero() {
			s.Usable = scaling.NewUsableShare(c.now)
		}
		s.Usable.Since = c.now
	}
	s.Status, s.StatusReason = status, reason
	if status == Enrolled {
		s.Up.RetryAt, s.Down.RetryAt = c.now, c.now // an alarm may have gone to ALARM meanwhile, and nobody acted on it
	}
	detail := string(status)
	if reason != "" {
		detail += ": " + reason
	}
	c.add(s, KindEnrollment, detail, detail)
}

// Unenrolled returns the stream's item after the stream is no longer looked after, and its
// history entry. The item stays, with its fence. DueAt stays while alarms or an operation are
// left to be cleaned up.
func (s Item) Unenrolled(why string, now time.Time, actor string) (Item, []Entry) {
	if s.Status == Unenrolled || s.Status == "" {
		return s, nil
	}
	c := change{now: now, actor: actor}
	if s.sizedByService() {
		s.OpenShards = 0 // the service may go on sizing it, and nobody looks
	}
	s.Status, s.StatusReason = Unenrolled, why
	s.Up.RetryAt, s.Down.RetryAt, s.Draining = time.Time{}, time.Time{}, nil
	s.DueAt = now
	c.add(&s, KindEnrollment, "unenrolled", "unenrolled: "+why)
	return s, c.entries
}
