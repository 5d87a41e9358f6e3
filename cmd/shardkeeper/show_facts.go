package main

import (
	"fmt"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/app/operator/inspect"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// facts are what is known of a stream, in the order in which people read it. Synced says whether it is known which
// topic the alarms are to notify.
func facts(d inspect.Details, synced bool, now time.Time) []fact {
	all := streamFacts(d, now)
	for _, w := range d.Waits {
		all = append(all, fact{About: "waits", What: string(w.Code), Value: w.String()})
	}
	if d.Fault == nil {
		all = append(all, alarmFact("scale up", d.Pair.Up, synced), alarmFact("scale down", d.Pair.Down, synced))
	}
	if held := d.Item.Alarms; held.Shards > 0 {
		all = append(all, fact{About: "alarm", What: "made for", Value: fmt.Sprintf("%d shards, %s of them usable, settings %d", held.Shards, percent(held.Usable), held.SettingsRevision)})
	}
	if s := d.Item.Settings; s.Consumer != "" {
		value := fmt.Sprintf("concurrency %d, wanted %d", d.Item.Consumer.Concurrency, s.ConsumerConcurrency(d.OpenShards))
		if d.Item.Trouble != "" {
			value += ", trouble: " + string(d.Item.Trouble)
		}
		all = append(all, fact{About: "consumer", What: s.Consumer, Value: value})
	}
	for _, t := range d.Item.Timed {
		all = append(all, fact{About: "timed", What: t.ID, Value: t.String()})
	}
	all = append(all, scheduleFacts(d, now)...)
	all = append(all, budgetFacts(d, now)...)
	for _, s := range d.Settings {
		if s.Value != "" {
			all = append(all, fact{About: "setting", What: s.Name, Value: unitOf(s), From: string(s.From)})
		}
	}
	for _, s := range d.Next {
		if s.Value != "" {
			all = append(all, fact{About: "setting", What: s.Name + ", next", Value: unitOf(s), From: string(s.From)})
		}
	}
	return all
}

func streamFacts(d inspect.Details, now time.Time) []fact {
	shards := fmt.Sprint(d.OpenShards)
	if d.Bounded() {
		shards += fmt.Sprintf(", of %d to %d", d.Min, d.Max)
	}
	all := []fact{
		{About: "stream", What: "name", Value: d.Stream},
		{About: "stream", What: "arn", Value: d.Item.ARN},
		{About: "stream", What: "status", Value: d.Item.Standing()},
		{About: "stream", What: "open shards", Value: shards},
	}
	if !d.SeenAt.IsZero() {
		all = append(all, fact{About: "stream", What: "last seen ACTIVE", Value: when(d.SeenAt, now)})
	}
	if m := d.Measured; !m.At.IsZero() {
		all = append(all, fact{About: "stream", What: "full", Value: fmt.Sprintf("%s of %s, %s", percent(m.Utilization), m.Limit, when(m.At, now))})
	}
	all = append(all, fact{About: "stream", What: "usable share", Value: percent(d.Usable)})
	if !d.Item.EnrolledAt.IsZero() {
		all = append(all, fact{About: "stream", What: "enrolled", Value: when(d.Item.EnrolledAt, now)})
	}
	if d.Item.SettingsFault != "" {
		all = append(all, fact{About: "stream", What: "fault of its settings", Value: d.Item.SettingsFault})
	}
	return all
}

func alarmFact(name string, a scaling.AlarmStatus, synced bool) fact {
	f := fact{About: "alarm", What: name}
	switch {
	case !a.Exists:
		f.Value = "there is none"
	case a.Foreign:
		f.Value = string(a.State) + ", somebody else's"
	default:
		f.Value = string(a.State)
		if a.Deaf() {
			f.Value += ", its actions are disabled: it asks for nothing"
		}
		if !a.ChangedAt.IsZero() {
			f.Value += " since " + a.ChangedAt.UTC().Format(minuteLayout)
		}
		if synced && !a.InSync {
			f.Value += ", to be written anew by the reconciler"
		}
	}
	return f
}

// scheduleFacts are the periods of the schedule that are in force, and those of the next week.
func scheduleFacts(d inspect.Details, now time.Time) []fact {
	var all []fact
	for _, p := range d.Item.Settings.Scheduled(now, now.AddDate(0, 0, 7)) {
		what := "next"
		if !p.From.After(now) {
			what = "in force"
		}
		all = append(all, fact{About: "schedule", What: what, Value: fmt.Sprintf("%d shards at least from %s to %s: %s", p.Shards, p.From.UTC().Format(minuteLayout), p.Until.UTC().Format(minuteLayout), p.Entry)})
		if len(all) == mostPeriods {
			break
		}
	}
	return all
}

// mostPeriods is how many periods of a schedule are shown.
const mostPeriods = 5

func budgetFacts(d inspect.Details, now time.Time) []fact {
	down := max(d.Item.Settings.AllowedAt(scaling.Down, now, d.OpenShards)-d.Used, 0)
	all := []fact{{About: "operation", What: "left", Value: fmt.Sprintf("%d to scale up, %d to scale down", d.Left, down)}}
	if !d.Last.At.IsZero() {
		all = append(all, fact{About: "operation", What: "last", Value: fmt.Sprintf("%s: %s, by %s", d.Last.At.UTC().Format(minuteLayout), resized(d.Last.From, d.Last.To), d.Last.Actor)})
	}
	if drain := d.Item.LastDrain; drain.Took > 0 {
		all = append(all, fact{About: "operation", What: "cost to consumers", Value: fmt.Sprintf("back where they were %s after the operation of %s", drainText(drain.Took), drain.At.UTC().Format(minuteLayout))})
	}
	for i, at := range d.Slots {
		all = append(all, fact{About: "operation", What: fmt.Sprintf("slot %d is free", i+1), Value: at.UTC().Format(minuteLayout)})
	}
	return all
}

// drainText is how long consumers took to be back where they were: it is known to the minute.
func drainText(took time.Duration) string {
	if took >= scaling.DrainAtMost {
		return "an hour or more"
	}
	return fmt.Sprintf("%d min", int(took.Minutes()))
}

// unitOf is a setting's value with its unit.
func unitOf(s inspect.Sourced) string {
	if s.Unit == "" {
		return s.Value
	}
	return s.Value + " " + s.Unit
}

// when is a time, and how long ago it was.
func when(t, now time.Time) string {
	return t.UTC().Format(minuteLayout) + ", " + age(now.Sub(t)) + " ago"
}
