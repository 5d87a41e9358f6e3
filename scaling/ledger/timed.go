package ledger

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/schedule"
)

// Timed is a timed override: settings that somebody has set for a while. They are above the stack's defaults, the tags
// and the overrides; of two that set the same, the later one in the list is in force.
type Timed struct {
	ID       string    // unique within the item
	From     time.Time // zero: from when it was written on
	Until    time.Time // from then on it is not in force; required without a schedule
	Schedule string    // when in that time, such as "mon-fri 08:30 Europe/Berlin 4h"; empty: always
	Settings scaling.Layer
	Reason   string
	Who      string // the ARN of the person or role, as the tool that wrote it says
	Fault    string // why it cannot be read; then it is never in force. Empty: it can
}

// MaxTimed is how many timed overrides a stream may have. More are never needed, and an item stays small.
const MaxTimed = 50

// InForce reports whether the override counts at a time.
func (t Timed) InForce(now time.Time) bool {
	if !t.runs(now) {
		return false
	}
	if t.Schedule == "" {
		return true
	}
	times, err := schedule.ParseTimes(t.Schedule)
	return err == nil && times.InForce(now)
}

// runs reports whether a time is between the override's start and its end, whatever its schedule says.
func (t Timed) runs(now time.Time) bool { return t.Fault == "" && !now.Before(t.From) && !t.over(now) }

// comes reports whether a period of the override's schedule is in force, or the next to come begins in the override's time. So the
// stream grows before its first one, and not for one after its last.
func (t Timed) comes(now time.Time) bool {
	times, err := schedule.ParseTimes(t.Schedule)
	begin := times.Next(now)
	if err != nil || begin.IsZero() || times.InForce(now) {
		return t.runs(now)
	}
	return t.Fault == "" && !begin.Before(t.From) && (t.endless() || begin.Before(t.Until))
}

// over reports whether a time is not before the override's end.
func (t Timed) over(now time.Time) bool { return !t.endless() && !now.Before(t.Until) }

// endless reports whether the override has no end: one with a schedule needs none.
func (t Timed) endless() bool { return t.Until.IsZero() && t.Schedule != "" }

// Ended reports whether the override never counts again. One that cannot be read is not ended: somebody must mend it.
func (t Timed) Ended(now time.Time) bool { return t.Fault == "" && t.over(now) }

// String says what is set, from when, until when, by whom and why.
func (t Timed) String() string {
	if t.Fault != "" {
		return fmt.Sprintf("timed override %s cannot be read: %s", t.ID, t.Fault)
	}
	text := strings.Join(t.Settings.Pairs(), " ")
	if t.Schedule != "" {
		text += " at " + t.Schedule
	}
	if !t.From.IsZero() {
		text += " from " + t.From.UTC().Format(time.RFC3339)
	}
	if !t.Until.IsZero() {
		text += " until " + t.Until.UTC().Format(time.RFC3339)
	}
	if t.Who != "" {
		text += ", by " + t.Who
	}
	if t.Reason != "" {
		text += ": " + t.Reason
	}
	return text
}

// Check returns nil, or why the override must not be added.
func (t Timed) Check(now time.Time) error {
	if _, err := schedule.ParseTimes(t.Schedule); err != nil && t.Schedule != "" {
		return fmt.Errorf("the schedule %q: %w", t.Schedule, err)
	}
	switch {
	case strings.TrimSpace(t.ID) == "":
		return errors.New("a timed override needs an id")
	case t.Fault != "":
		return errors.New(t.Fault)
	case len(t.Settings) == 0:
		return errors.New("a timed override needs a setting")
	case !t.Until.After(now) && !t.endless():
		return fmt.Errorf("the end %s is not in the future", t.Until.UTC().Format(time.RFC3339))
	case !t.From.Before(t.Until) && !t.endless():
		return fmt.Errorf("the start %s is not before the end %s", t.From.UTC().Format(time.RFC3339), t.Until.UTC().Format(time.RFC3339))
	case len(t.Reason) > maxReason:
		return fmt.Errorf("the reason has %d bytes, at most %d can be", len(t.Reason), maxReason)
	}
	return nil
}

// Ended returns the stream without the timed overrides that have ended, and a history entry for each. People may have
// given two the same id: their entries have different ones all the same.
func (s Item) Ended(now time.Time, actor string) (Item, []Entry) {
	var entries []Entry
	s.Timed = slices.DeleteFunc(slices.Clone(s.Timed), func(t Timed) bool {
		if t.Ended(now) && len(entries) < MaxEntries {
			entries = append(entries, Entry{
				Stream: s.Name, At: now, ID: unusedID(entries, "timed-ended-"+cut(t.ID, longestID)), Kind: KindSettings, From: s.OpenShards, To: s.OpenShards,
				Actor: actor, Detail: short("a timed override has ended: " + t.String()),
			})
			return true
		}
		return false
	})
	if len(s.Timed) == 0 {
		s.Timed = nil
	}
	if len(entries) > 0 {
		s.DueBy(now)
	}
	return s, entries
}

// unusedID is an id for an entry, with a number where an entry has the id already.
func unusedID(entries []Entry, id string) string {
	unused := id
	for n := 2; slices.ContainsFunc(entries, func(e Entry) bool { return e.ID == unused }); n++ {
		unused = id + "-" + strconv.Itoa(n)
	}
	return unused
}

// NextTimed is when the settings in force may change next after a time: a timed override begins or ends, or a period of a
// schedule, or the stream must grow for one. Zero when nothing is known of that.
func (s Item) NextTimed(now time.Time) time.Time {
	next := s.Settings.NextScheduled(now, s.OperationTakes())
	for _, t := range s.Timed {
		if t.Fault != "" {
			continue
		}
		times, _ := schedule.ParseTimes(t.Schedule) // one that cannot be read is never in force
		next = schedule.Soonest(now, next, t.From, t.Until, times.Next(now))
	}
	return next
}

// SettingsAt returns the settings that are in force at a time, if nobody sets anything meanwhile. What was set since
// the last refresh counts already: it is in force within a minute. Of what was taken away since then, that is so for the
// settings that no stack has a parameter for; the others are as they were, since the parameters are not known here.
func (s Item) SettingsAt(at time.Time) scaling.Settings {
	base := s.Settings
	if s.Untimed != (scaling.Settings{}) {
		base = s.Untimed
	}
	layer := base.Set()
	for _, setting := range scaling.AllSettings() {
		if setting.OneStream {
			delete(layer, setting.Name)
		}
	}
	layers := []scaling.Layer{layer, settingsOf(s.Tags), s.Overrides}
	if now, err := scaling.Effective(layers...); err == nil {
		base = now
	} else {
		base.Pause = pauseOf(base.Pause, s.Tags, s.Overrides)
		layers = []scaling.Layer{base.Set()} // what cannot be used leaves the last good settings
	}
	settings, _ := withTimed(layers, base, s.Timed, at, scaling.MaxStreamShards)
	return settings.At(at, s.OperationTakes())
}

// withTimed puts the timed overrides in force on a base, one after another. One that cannot be used there, or cannot be
// read, is left out as a whole, and told. So is told a minimum at times of its own that the maximum, or the stack's ceiling, does not
// allow; it counts as these.
func withTimed(base []scaling.Layer, settings scaling.Settings, all []Timed, now time.Time, ceiling int) (scaling.Settings, []string) {
	var faults []string
	for _, t := range all {
		if t.Fault != "" {
			faults = append(faults, t.String())
		}
		layer := t.layer(settings, now)
		if len(layer) == 0 {
			continue
		}
		with := append(slices.Clone(base), layer)
		next, err := scaling.Effective(with...)
		if err != nil {
			faults = append(faults, fmt.Sprintf("timed override %s is left out: %s", t.ID, oneLine(err)))
			continue
		}
		base, settings = with, next
		if fault := t.aboveMost(min(settings.MaxShards, ceiling)); t.Schedule != "" && fault != "" {
			faults = append(faults, fault)
		}
	}
	return settings, faults
}

// aboveMost says that the override's minimum is more than a stream may have; empty where it is not.
func (t Timed) aboveMost(most int) string {
	least, err := strconv.Atoi(strings.TrimSpace(t.Settings["min-shards"]))
	if err != nil || least <= most {
		return ""
	}
	return fmt.Sprintf("timed override %s: min=%d is above max-shards %d, so it is %d", t.ID, least, most, most)
}

// layer is what the override sets at a time, on settings that are there. A minimum at times of its own goes into the
// schedule, so that the stream grows before it.
func (t Timed) layer(on scaling.Settings, now time.Time) scaling.Layer {
	layer := scaling.Layer{}
	if t.InForce(now) {
		layer = maps.Clone(t.Settings)
	}
	if least := strings.TrimSpace(t.Settings["min-shards"]); t.Schedule != "" && least != "" && t.comes(now) {
		delete(layer, "min-shards")
		layer["schedule"] = schedule.Join(on.Schedule, t.Schedule+" min="+least)
	}
	return layer
}

// oneLine is the text of joined errors in one line.
func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }
