package inspect

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Details is everything that is known of one stream.
type Details struct {
	Row

	Item     ledger.Item
	Settings []Sourced
	Slots    []time.Time // when each used operation of the rolling 24 hours comes back, the earliest first
	Pair     scaling.AlarmPair
	Fault    error // why the alarms could not be read; nil: they were
}

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
)

// Show reads one stream, in four calls: its item, the pause, and its alarms. A stream without an item gives
// [ledger.ErrNotEnrolled].
func Show(ctx context.Context, w World, stream string, now time.Time) (Details, error) {
	item, err := w.Registry.Load(ctx, stream)
	if err != nil {
		return Details{}, err
	}
	pause, err := w.Registry.Paused(ctx)
	if err != nil {
		return Details{}, err
	}
	d := Details{Row: RowOf(item, pause, now), Item: item, Settings: Sources(item, now), Slots: slots(item.Operations, now)}
	pairs, err := w.Alarms.Status(ctx, []scaling.AlarmWant{item.AlarmKept()})
	if err != nil {
		d.Fault = fmt.Errorf("read the alarms: %w", err)
	}
	d.Pair = pairs[stream]
	return d, nil
}

// Sources returns the settings that are in force, and where each comes from. What is neither a tag nor an override and
// differs from the policy's default comes from the stack, whose parameters only the functions know.
func Sources(item ledger.Item, now time.Time) []Sourced {
	timed := scaling.Layer{}
	for _, t := range item.Timed {
		if t.InForce(now) {
			maps.Copy(timed, t.Settings)
		}
		if t.Schedule != "" && t.Settings["min-shards"] != "" { // it is a part of the schedule
			timed["schedule"] = item.Settings.Schedule
		}
	}
	layers := []struct {
		from  Source
		layer scaling.Layer
	}{{FromTimed, timed}, {FromOverride, item.Overrides}, {FromTag, item.Tags}}
	values, defaults := item.Settings.Layer(), scaling.Defaults(item.Settings.Policy).Layer()
	var all []Sourced
	for _, setting := range scaling.AllSettings() {
		s := Sourced{Name: setting.Name, Value: values[setting.Name], Unit: setting.Unit, From: FromDefault}
		if s.Value != defaults[s.Name] {
			s.From = FromStack
		}
		for _, l := range layers {
			if l.layer[setting.Name] != "" && (l.from != FromTimed || l.layer[setting.Name] == s.Value) { // one that cannot be used is left out
				s.From = l.from
				break
			}
		}
		if bySchedule(item, s, timed) {
			s.From = FromSchedule
		}
		all = append(all, s)
	}
	return all
}

// bySchedule reports whether the schedule made a setting what it is.
func bySchedule(item ledger.Item, s Sourced, timed scaling.Layer) bool {
	raised := item.Settings.Schedule != "" && item.Untimed != (scaling.Settings{}) && item.Settings.MinShards > item.Untimed.MinShards
	return raised && s.Name == "min-shards" && timed[s.Name] != s.Value
}

// slots is when each operation of the rolling 24 hours stops counting, the earliest first.
func slots(ops scaling.Operations, now time.Time) []time.Time {
	var all []time.Time
	for used := ops.Used(now); used > 0; used-- {
		all = append(all, ops.FreeAt(now, used))
	}
	return all
}
