package inspect

import (
	"maps"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Sourced is an effective setting, and where it comes from.
type Sourced struct {
	Name, Value, Unit string
	From              Source
}

// Source is where a setting comes from.
type Source string

// The sources of settings.
const (
	FromDefault  Source = "default"  // of the policy
	FromStack    Source = "stack"    // a parameter of the stack
	FromTag      Source = "tag"      // of the stream
	FromOverride Source = "override" // in the stream's item
	FromTimed    Source = "timed"    // a timed override there, in force now
	FromSchedule Source = "schedule" // a period of the schedule, or the way to one
	FromBefore   Source = "before"   // what was set before the last change, which is not in force yet
)

// Sources returns the settings that are in force, and where each comes from. What is neither a tag nor an override and
// differs from the policy's default comes from the stack, whose parameters only the functions know.
// A stream without settings has none.
func Sources(item ledger.Item, now time.Time) []Sourced {
	if item.Settings.Policy == "" {
		return nil
	}
	said, next := saidOf(item, item.Settings, now), item.SettingsAt(now)
	values, defaults, coming := item.Settings.Layer(), scaling.Defaults(item.Settings.Policy).Layer(), next.Layer()
	var all []Sourced
	for _, setting := range scaling.AllSettings() {
		s := Sourced{Name: setting.Name, Value: values[setting.Name], Unit: setting.Unit, From: FromDefault}
		if s.Value != defaults[s.Name] {
			s.From = FromStack
		}
		changes := coming[s.Name] != s.Value
		switch from, is := said.source(s.Name, s.Value); {
		case is:
			s.From = from
		case changes && !capped(item, next, s.Name) && s.From == FromStack:
			s.From = FromBefore
		case !changes: // one that cannot be used; the last good value stays
			s.From = said.highest(s)
		}
		if bySchedule(item, s, said[0].layer) {
			s.From = FromSchedule
		}
		all = append(all, s)
	}
	return all
}

// Next returns the settings that were set since those in force were, or whose time began or ended since, and where each
// comes from. The reconciler puts them in force.
func Next(item ledger.Item, now time.Time) []Sourced {
	if !item.Status.Attended() || item.SettingsRevision == 0 {
		return nil // nobody does
	}
	next := item.SettingsAt(now)
	said, values, coming, defaults := saidOf(item, next, now), item.Settings.Layer(), next.Layer(), scaling.Defaults(next.Policy).Layer()
	var all []Sourced
	for _, setting := range scaling.AllSettings() {
		s := Sourced{Name: setting.Name, Value: coming[setting.Name], Unit: setting.Unit}
		if s.Value == values[s.Name] || capped(item, next, s.Name) {
			continue
		}
		from, is := said.source(s.Name, s.Value)
		switch {
		case is:
			s.From = from
		case s.Name == "min-shards" && next.Schedule != "":
			s.From = FromSchedule
		case s.Value == defaults[s.Name]:
			s.From = FromDefault
		default:
			s.From = FromStack
		}
		all = append(all, s)
	}
	return all
}

// capped reports whether a setting stays below what is set, for the stack's ceiling. The ceiling is not known here, but
// the fault that it makes is.
func capped(item ledger.Item, next scaling.Settings, name string) bool {
	set := map[string]int{"min-shards": next.MinShards, "max-shards": next.MaxShards}
	return item.SettingsFault != "" && set[name] > item.Settings.MaxShards
}

// said is what is set in one place.
type said struct {
	from  Source
	layer scaling.Layer
}

// allSaid is what is set for a stream, the highest place first.
type allSaid []said

// saidOf is what is set for a stream at a time. A minimum at times of its own is a part of the schedule.
func saidOf(item ledger.Item, s scaling.Settings, now time.Time) allSaid {
	timed := scaling.Layer{}
	for _, t := range item.Timed {
		if t.InForce(now) {
			maps.Copy(timed, t.Settings)
		}
		if t.Schedule != "" && t.Settings["min-shards"] != "" {
			timed["schedule"] = s.Schedule
		}
	}
	return allSaid{{FromTimed, timed}, {FromOverride, item.Overrides}, {FromTag, item.Tags}}
}

// source is the highest place that says a value of a setting; false where none does.
func (all allSaid) source(name, value string) (Source, bool) {
	for _, place := range all {
		if text := place.layer[name]; text != "" && asRead(name, text) == value {
			return place.from, true
		}
	}
	return "", false
}

// highest is the highest place beside the timed overrides that says anything of a setting; else where it comes from.
func (all allSaid) highest(s Sourced) Source {
	for _, place := range all[1:] {
		if place.layer[s.Name] != "" {
			return place.from
		}
	}
	return s.From
}

// asRead is a setting's text as it is written where settings are in force: 0.50 is 0.5.
func asRead(name, text string) string {
	if s, err := scaling.Effective(scaling.Layer{name: text}); err == nil {
		return s.Layer()[name]
	}
	return strings.TrimSpace(text)
}

// bySchedule reports whether the schedule made a setting what it is.
func bySchedule(item ledger.Item, s Sourced, timed scaling.Layer) bool {
	raised := item.Settings.Schedule != "" && item.Untimed != (scaling.Settings{}) && item.Settings.MinShards > item.Untimed.MinShards
	return raised && s.Name == "min-shards" && timed[s.Name] != s.Value
}
