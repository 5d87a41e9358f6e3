package ledger_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Who pauses a stream has it paused, whatever a tag says; and so with a pause for a while.
func TestAPauseIsInForceBesideABadTag(t *testing.T) {
	bad := tagged("min-shards", "two")
	for name, pause := range map[string]func(*ledger.Item){
		"until resume": func(s *ledger.Item) { *s, _ = s.Overridden(scaling.Layer{"pause": "both"}, nil, byAna()) },
		"for a while": func(s *ledger.Item) {
			*s, _, _ = s.WithTimed(ledger.Timed{ID: "set-1", From: noon(), Until: noon().Add(time.Hour), Settings: scaling.Layer{"pause": "both"}}, byAna())
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := at(fresh(t, tagged()), bad, 1)
			pause(&s)
			s, entries := ledger.Rules{}.Refresh(s, seen(4), bad, noon().Add(2*time.Minute), "reconciler")
			if s.Settings.Pause != scaling.PausedBoth {
				t.Errorf("pause %s, fault %q, told %v", s.Settings.Pause, s.SettingsFault, told(entries))
			}
		})
	}
}

// And who ends a pause has it ended; a pause that cannot be read leaves what there was.
func TestAPauseEndsBesideABadTag(t *testing.T) {
	bad := tagged("min-shards", "two")
	s, _ := fresh(t, tagged()).Overridden(scaling.Layer{"pause": "both"}, nil, byAna())
	s = at(at(s, tagged(), 1), bad, 2)
	equal(t, "paused", s.Settings.Pause, scaling.PausedBoth)
	unreadable := maps.Clone(bad)
	unreadable["pause"] = "maybe"
	equal(t, "beside a pause that nobody can read", at(s, unreadable, 3).Settings.Pause, scaling.PausedBoth)
	s, _ = s.Overridden(nil, []string{"pause"}, byAna())
	equal(t, "ended", at(s, bad, 4).Settings.Pause, scaling.PausedNone)
}

// A tag that cannot be used changes nothing of what a timed override means.
func TestATimedOverrideMeansTheSameBesideABadTag(t *testing.T) {
	for name, c := range map[string]struct{ tags, timed scaling.Layer }{
		"a scale-up threshold stays nominal":   {tagged(), scaling.Layer{"scale-up-threshold": "0.85"}},
		"a scale-down threshold stays nominal": {tagged(), scaling.Layer{"scale-down-threshold": "0.3"}},
		"both thresholds stay nominal":         {tagged("policy", "target-tracking"), scaling.Layer{"scale-up-threshold": "0.7", "scale-down-threshold": "0.5"}},
		"the scale-down threshold follows":     {tagged("policy", "target-tracking"), scaling.Layer{"scale-up-threshold": "0.8"}},
		"and with the other policy":            {tagged(), scaling.Layer{"scale-up-threshold": "0.6"}},
		"another policy has its own defaults":  {tagged("policy", "target-tracking"), scaling.Layer{"policy": "double-halve"}},
		"what is set stays as it is":           {tagged("nominal-thresholds", "none", "scale-up-threshold", "0.8"), scaling.Layer{"scale-up-threshold": "0.85"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := fresh(t, c.tags)
			s.Timed = []ledger.Timed{{ID: "set-1", Until: noon().Add(2 * time.Hour), Settings: c.timed}}
			s = at(s, c.tags, 10)
			want := s.Settings
			bad := tagged("min-shards", "two")
			maps.Copy(bad, c.tags)
			s = at(s, bad, 20)
			equal(t, "settings in force", s.Settings, want)
			if strings.Contains(s.SettingsFault, "left out") {
				t.Errorf("fault %q", s.SettingsFault)
			}
			equal(t, "settings in force as people are told", s.SettingsAt(noon().Add(20*time.Minute)), want)
		})
	}
}

// What Effective takes on top of a stream's tags, Accepts takes too.
func TestAcceptsWhatIsInForceThen(t *testing.T) {
	for _, c := range []struct{ tags, set scaling.Layer }{
		{tagged("policy", "target-tracking"), scaling.Layer{"policy": "double-halve"}},
		{tagged("policy", "target-tracking"), scaling.Layer{"scale-up-threshold": "0.8"}},
		{tagged(), scaling.Layer{"scale-up-threshold": "0.6"}},
		{tagged("policy", "target-tracking"), scaling.Layer{"scale-up-threshold": "0.9", "scale-down-threshold": "0.4"}},
	} {
		s := fresh(t, c.tags)
		if _, err := scaling.Effective(c.tags, c.set); err != nil {
			t.Fatal(err)
		}
		if err := s.Accepts(c.set); err != nil {
			t.Errorf("%v on %v: %v", c.set, c.tags, err)
		}
		if err := s.AcceptsInstead(c.set, nil); err != nil {
			t.Errorf("%v instead, on %v: %v", c.set, c.tags, err)
		}
	}
}

// More shards than the stack allows count as that many, also where only a minimum asks for them.
func TestAMinimumAboveTheCeilingCountsAsTheCeiling(t *testing.T) {
	rules := ledger.Rules{MaxShardsCeiling: 8}
	for name, c := range map[string]struct {
		tags, overrides scaling.Layer
		timed           []ledger.Timed
	}{
		"a tag":                   {tags: tagged("min-shards", "12")},
		"a tag, with its maximum": {tags: tagged("min-shards", "12", "max-shards", "64")},
		"an override":             {tags: tagged(), overrides: scaling.Layer{"min-shards": "12"}},
		"a timed override":        {tags: tagged(), timed: []ledger.Timed{{ID: "set-1", Until: noon().Add(time.Hour), Settings: scaling.Layer{"min-shards": "12"}}}},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := rules.Refresh(ledger.Item{Name: "orders", Overrides: c.overrides, Timed: c.timed}, seen(4), c.tags, noon(), "enroller")
			if s.Status != ledger.Enrolled || s.Settings.MinShards != 8 || s.Settings.MaxShards != 8 || s.SettingsFault == "" {
				t.Errorf("%s, min %d, max %d, fault %q", s.Status, s.Settings.MinShards, s.Settings.MaxShards, s.SettingsFault)
			}
		})
	}
}

// A minimum by schedule is met in its override's time, and no shard is made for a period that does not come.
func TestAScheduleEndsWithItsOverride(t *testing.T) {
	s := fresh(t, tagged())
	s.Timed = []ledger.Timed{{
		ID: "set-1", From: noon().Add(-24 * time.Hour), Until: noon().Add(60 * time.Minute),
		Schedule: "daily 13:00 UTC 4h", Settings: scaling.Layer{"min-shards": "64"},
	}}
	for _, minutes := range []int{0, 30, 50, 59, 60, 61} {
		s = at(s, tagged(), minutes)
		equal(t, "min-shards", s.Settings.MinShards, 1)
	}
}

func TestAScheduleBeginsWithItsOverride(t *testing.T) {
	s := fresh(t, tagged())
	s.Timed = []ledger.Timed{{ID: "set-1", From: noon().Add(time.Hour), Until: noon().Add(48 * time.Hour), Schedule: "daily 13:00 UTC 4h", Settings: scaling.Layer{"min-shards": "12"}}}
	s = at(s, tagged(), 55)
	equal(t, "min-shards five minutes before", s.Settings.MinShards, 12)
}

// What people are told of the settings in force at a time is what the functions go by.
func TestSettingsAtWithAStacksOwnTag(t *testing.T) {
	rules, tags := ledger.Rules{Stack: "blue"}, tagged("stack", "blue")
	s, _ := rules.Refresh(ledger.Item{Name: "orders"}, seen(4), tags, noon(), "enroller")
	s, _ = s.Overridden(scaling.Layer{"pause": "both"}, nil, byAna()) // since the last refresh
	told := s.SettingsAt(noon())
	s, _ = rules.Refresh(s, seen(4), tags, noon(), "reconciler")
	equal(t, "settings", told, s.Settings)
}
