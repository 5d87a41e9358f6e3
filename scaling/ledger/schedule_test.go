package ledger_test

import (
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// The day of noon is a Monday.
const mondays = "mon 13:00 UTC 1h min=12"

func TestAScheduleIsInForceAtItsTimes(t *testing.T) {
	tags := tagged("min-shards", "2", "schedule", mondays)
	s := fresh(t, tags)
	for _, c := range []struct{ minutes, least int }{{0, 2}, {29, 2}, {30, 3}, {40, 6}, {49, 6}, {50, 12}, {119, 12}, {120, 2}} {
		s = at(s, tags, c.minutes)
		if s.Settings.MinShards != c.least || (s.Untimed.MinShards == 2) != (c.least > 2) || s.SettingsFault != "" {
			t.Errorf("after %d minutes: min %d, without what is timed %d, fault %q; want %d", c.minutes, s.Settings.MinShards, s.Untimed.MinShards, s.SettingsFault, c.least)
		}
		inForce, _ := ledger.Rules{}.InForce(s, noon().Add(time.Duration(c.minutes)*time.Minute), "scaler")
		equal(t, "in force between two looks", inForce.Settings, s.Settings)
	}
}

// How long its operations take decides when a stream begins to grow.
func TestAStreamThatTakesLongGrowsEarlier(t *testing.T) {
	tags := tagged("schedule", mondays)
	s := fresh(t, tags)
	s.Longest = 18 * time.Minute // 30 minutes to reckon with
	for _, c := range []struct{ minutes, next, least int }{{-65, -60, 1}, {-60, -30, 2}, {-30, 0, 3}, {0, 30, 6}, {30, 120, 12}, {60, 120, 12}} {
		s = at(s, tags, c.minutes)
		if next := s.NextTimed(noon().Add(time.Duration(c.minutes) * time.Minute)); s.Settings.MinShards != c.least || !next.Equal(noon().Add(time.Duration(c.next)*time.Minute)) {
			t.Errorf("after %d minutes: min %d, want %d; next change %s", c.minutes, s.Settings.MinShards, c.least, next)
		}
	}
}

// A mistake in the schedule leaves the last good one in force, and is told; a minimum that the maximum does not allow is
// told, and as high as it may be.
func TestMistakesOfASchedule(t *testing.T) {
	s := fresh(t, tagged("schedule", mondays))
	bad := tagged("schedule", "mon 13:00 Atlantis 1h min=12")
	s, entries := ledger.Rules{}.Refresh(s, seen(4), bad, noon().Add(time.Hour), "reconciler")
	if s.Settings.MinShards != 12 || !strings.Contains(s.SettingsFault, `"Atlantis" is no time zone`) || !strings.Contains(strings.Join(told(entries), "\n"), "the last good settings stay") {
		t.Errorf("min %d, fault %q, told %v", s.Settings.MinShards, s.SettingsFault, told(entries))
	}
	if s = at(s, bad, 120); s.Settings.MinShards != 1 {
		t.Errorf("after the period min %d", s.Settings.MinShards)
	}
	high := tagged("schedule", mondays, "max-shards", "8")
	s, entries = ledger.Rules{}.Refresh(s, seen(4), high, noon().Add(time.Hour), "reconciler")
	if s.Settings.MinShards != 8 || !strings.Contains(strings.Join(told(entries), "\n"), "all else is in force: schedule: min=12 is above max-shards 8, so it is 8") {
		t.Errorf("min %d, told %v", s.Settings.MinShards, told(entries))
	}
}

// A timed override at times of its own is above the tags, has no end unless it is given one, and its minimum is met when
// its time begins; what else it sets holds in that time alone.
func TestATimedOverrideWithASchedule(t *testing.T) {
	tags := tagged("schedule", "mon 12:50 UTC 1h min=5")
	s := fresh(t, tags)
	s.Timed = []ledger.Timed{{ID: "set-1", From: noon(), Schedule: "0 13 * * mon UTC 1h", Settings: scaling.Layer{"min-shards": "12", "pause": "scale-down"}}}
	for _, c := range []struct {
		minutes, least int
		pause          scaling.Paused
	}{{-20, 1, "none"}, {31, 3, "none"}, {41, 6, "none"}, {55, 12, "none"}, {60, 12, "scale-down"}, {119, 12, "scale-down"}, {120, 1, "none"}, {7*24*60 + 60, 12, "scale-down"}} {
		s = at(s, tags, c.minutes)
		if s.Settings.MinShards != c.least || s.Settings.Pause != c.pause || s.SettingsFault != "" {
			t.Errorf("after %d minutes: min %d, pause %s, fault %q; want %d, %s", c.minutes, s.Settings.MinShards, s.Settings.Pause, s.SettingsFault, c.least, c.pause)
		}
		if _, ended := s.Ended(noon().Add(time.Duration(c.minutes)*time.Minute), "reconciler"); len(ended) > 0 {
			t.Errorf("after %d minutes: %v", c.minutes, told(ended))
		}
	}
	s.Timed[0].Until = noon().Add(90 * time.Minute)
	if s = at(s, tags, 90); s.Settings.MinShards != 5 && s.Settings.MinShards != 1 || s.Settings.Pause != "none" {
		t.Errorf("after its end: min %d, pause %s", s.Settings.MinShards, s.Settings.Pause)
	}
	if _, ended := s.Ended(s.Timed[0].Until, "reconciler"); len(ended) != 1 || !strings.Contains(told(ended)[0], "min-shards=12 pause=scale-down at 0 13 * * mon UTC 1h") {
		t.Errorf("%v", told(ended))
	}
}

func TestCheckATimedOverrideWithASchedule(t *testing.T) {
	t0 := ledger.Timed{ID: "set-1", From: noon(), Schedule: "0 13 * * mon UTC 1h", Settings: scaling.Layer{"min-shards": "12"}}
	equal(t, "without an end", t0.Check(noon()), nil)
	t0.Schedule = "0 13 * * mon UTC"
	if err := t0.Check(noon()); err == nil || !strings.Contains(err.Error(), "not of the form") {
		t.Errorf("%v", err)
	}
}

// The longest operation counts, the older the less.
func TestHowLongOperationsTake(t *testing.T) {
	s := fresh(t, tagged())
	equal(t, "none known", s.OperationTakes(), 10*time.Minute)
	for _, c := range []struct{ took, want time.Duration }{{20 * time.Minute, 20 * time.Minute}, {time.Minute, 19 * time.Minute}, {18 * time.Minute, 18*time.Minute + 3*time.Second}} {
		s.InFlight = &ledger.Entry{Stream: s.Name, At: noon().Add(-c.took), From: 4, To: 8, Outcome: ledger.OutcomeAccepted}
		s, _ = s.Settled(ledger.OutcomeCompleted, "", noon())
		equal(t, "longest", s.Longest, c.want)
	}
	s.InFlight = &ledger.Entry{Stream: s.Name, At: noon().Add(-time.Hour), From: 4, To: 8, Outcome: ledger.OutcomeAccepted}
	s, _ = s.Settled(ledger.OutcomeSuperseded, "", noon())
	equal(t, "one that did not complete tells nothing", s.Longest, 18*time.Minute+3*time.Second)
}

// What a list says of a schedule is compared, and settings at a time to come have the minimum of their period.
func TestAScheduleInAListAndAtATimeToCome(t *testing.T) {
	s := fresh(t, tagged("schedule", mondays))
	listed := ledger.Timed{ID: "set-1", From: noon(), Schedule: "mon 15:00 UTC 1h", Settings: scaling.Layer{"min-shards": "20"}}
	s, _, err := s.WithList([]ledger.Timed{listed}, byAna())
	if err != nil || len(s.Timed) != 1 {
		t.Fatal(s.Timed, err)
	}
	_, entries, err := s.WithList([]ledger.Timed{listed}, byAna())
	if err != nil || len(entries) > 0 {
		t.Errorf("the same again: %v, %v", told(entries), err)
	}
	listed.Schedule = "mon 16:00 UTC 1h"
	_, entries, err = s.WithList([]ledger.Timed{listed}, byAna())
	if err != nil || len(entries) != 2 {
		t.Errorf("another time: %v, %v", told(entries), err)
	}
	s = at(s, tagged("schedule", mondays), 0)
	for _, c := range []struct{ minutes, least int }{{0, 1}, {60, 12}, {119, 12}, {165, 10}, {175, 20}, {200, 20}, {240, 1}} {
		equal(t, "min-shards", s.SettingsAt(noon().Add(time.Duration(c.minutes)*time.Minute)).MinShards, c.least)
	}
}
