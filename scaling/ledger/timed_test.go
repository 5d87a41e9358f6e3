package ledger_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// sale sets the size of a stream from one to two hours after noon.
func sale() ledger.Timed {
	return ledger.Timed{
		ID: "sale", From: noon().Add(time.Hour), Until: noon().Add(2 * time.Hour), Settings: scaling.Layer{"min-shards": "12", "max-shards": "12"},
		Reason: "a sale", Who: "arn:ana",
	}
}

// at is a stream after a refresh some minutes after noon.
func at(s ledger.Item, tags scaling.Layer, minutes int) ledger.Item {
	s, _ = ledger.Rules{}.Refresh(s, seen(4), tags, noon().Add(time.Duration(minutes)*time.Minute), "reconciler")
	return s
}

func TestTimedOverridesAreInForceForTheirTime(t *testing.T) {
	s := fresh(t, tagged("min-shards", "2"))
	s.Overrides, s.Timed = scaling.Layer{"min-shards": "3"}, []ledger.Timed{sale()}
	for _, c := range []struct{ minutes, least int }{{0, 3}, {59, 3}, {60, 12}, {119, 12}, {120, 3}} {
		s = at(s, tagged("min-shards", "2"), c.minutes)
		if s.Settings.MinShards != c.least || (s.Untimed.MinShards == 3) != (c.least == 12) {
			t.Errorf("after %d minutes: min %d, without what is timed %d; want %d", c.minutes, s.Settings.MinShards, s.Untimed.MinShards, c.least)
		}
	}
}

// A tag that cannot be used does not keep a timed override in force after its end, and none from its start.
func TestTimedOverridesAndABadTag(t *testing.T) {
	s := fresh(t, tagged("min-shards", "2"))
	s.Timed = []ledger.Timed{sale()}
	bad := tagged("min-shards", "two")
	for _, c := range []struct{ minutes, least int }{{30, 2}, {70, 12}, {80, 12}, {120, 2}, {130, 2}} {
		s = at(s, bad, c.minutes)
		if s.Settings.MinShards != c.least || !strings.Contains(s.SettingsFault, `"two" is not a whole number`) {
			t.Errorf("after %d minutes: min %d, want %d, fault %q", c.minutes, s.Settings.MinShards, c.least, s.SettingsFault)
		}
	}
}

// One that cannot be used beside the rest is left out as a whole and told; the others are in force.
func TestATimedOverrideThatCannotBeUsed(t *testing.T) {
	s := fresh(t, tagged("max-shards", "10"))
	broken, good := sale(), sale()
	broken.Settings = scaling.Layer{"min-shards": "12", "scale-up-cooldown-minutes": "5"}
	good.ID, good.Settings = "calm", scaling.Layer{"min-shards": "6"}
	s.Timed = []ledger.Timed{broken, {ID: "odd", Fault: "until is missing"}, good}
	s, entries := ledger.Rules{}.Refresh(s, seen(4), tagged("max-shards", "10"), noon().Add(time.Hour), "reconciler")
	if s.Settings.MinShards != 6 || s.Settings.ScaleUpCooldown != 0 {
		t.Errorf("min %d, cooldown %s", s.Settings.MinShards, s.Settings.ScaleUpCooldown)
	}
	text := strings.Join(told(entries), "\n")
	for _, want := range []string{"timed override sale is left out: min-shards: 12 is above max-shards 10", "timed override odd cannot be read: until is missing", "all else is in force", "min-shards 1 -> 6"} {
		if !strings.Contains(text, want) {
			t.Errorf("it is not told that %s:\n%s", want, text)
		}
	}
	if again, entries := (ledger.Rules{}).Refresh(s, seen(4), tagged("max-shards", "10"), noon().Add(61*time.Minute), "reconciler"); len(entries) > 0 {
		t.Errorf("told twice: %v, %q", told(entries), again.SettingsFault)
	}
}

func TestEndedOverridesAreTakenAway(t *testing.T) {
	s := fresh(t, tagged())
	s.Timed = []ledger.Timed{sale(), {ID: "odd", Fault: "x"}}
	unchanged := untouched(t, s)
	if _, entries := s.Ended(sale().Until.Add(-time.Millisecond), "reconciler"); len(entries) > 0 {
		t.Errorf("before its end: %v", told(entries))
	}
	without, entries := s.Ended(sale().Until, "reconciler")
	if len(without.Timed) != 1 || without.Timed[0].ID != "odd" || len(entries) != 1 {
		t.Fatalf("%v, %v", without.Timed, told(entries))
	}
	want := "settings: a timed override has ended: max-shards=12 min-shards=12 from 2026-11-23T13:00:00Z until 2026-11-23T14:00:00Z, by arn:ana: a sale"
	equal(t, "entry", told(entries)[0], want)
	unchanged()
}

func TestNextTimed(t *testing.T) {
	s := ledger.Item{Timed: []ledger.Timed{sale(), {ID: "odd", From: noon().Add(time.Minute), Fault: "x"}}}
	for _, c := range []struct{ minutes, next int }{{0, 60}, {60, 120}, {119, 120}} {
		equal(t, "next", s.NextTimed(noon().Add(time.Duration(c.minutes)*time.Minute)), noon().Add(time.Duration(c.next)*time.Minute))
	}
	equal(t, "after the end", s.NextTimed(sale().Until), time.Time{})
}

func TestCheckTimed(t *testing.T) {
	for _, c := range []struct {
		change func(*ledger.Timed)
		says   string
	}{
		{func(*ledger.Timed) {}, ""},
		{func(o *ledger.Timed) { o.ID = " " }, "needs an id"},
		{func(o *ledger.Timed) { o.Settings = nil }, "needs a setting"},
		{func(o *ledger.Timed) { o.Until = noon() }, "not in the future"},
		{func(o *ledger.Timed) { o.From = o.Until }, "not before the end"},
		{func(o *ledger.Timed) { o.Reason = strings.Repeat("x", 501) }, "501 bytes"},
		{func(o *ledger.Timed) { o.Fault = "odd" }, "odd"},
	} {
		o := sale()
		c.change(&o)
		if err := o.Check(noon()); (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v, want %q", err, c.says)
		}
	}
}

// Settings at a time to come are those of a refresh then, also while something else is in force now.
func TestSettingsAt(t *testing.T) {
	s := fresh(t, tagged("min-shards", "2"))
	s.Timed = []ledger.Timed{sale()}
	for _, seen := range []int{0, 90} {
		s = at(s, tagged("min-shards", "2"), seen)
		for _, c := range []struct{ minutes, least int }{{0, 2}, {60, 12}, {119, 12}, {120, 2}} {
			then := noon().Add(time.Duration(c.minutes) * time.Minute)
			equal(t, "min-shards", s.SettingsAt(then).MinShards, c.least)
		}
	}
}

// What people have set since the last refresh is known before the next.
func TestSettingsAtKnowsWhatWasJustSet(t *testing.T) {
	s := at(fresh(t, tagged("max-shards", "20")), tagged("max-shards", "20"), 1)
	set := s.Clone()
	set.Overrides = scaling.Layer{"pause": "both", "max-shards": "30"}
	now := set.SettingsAt(noon())
	if now.Pause != scaling.PausedBoth || now.MaxShards != 30 {
		t.Errorf("set just now: pause %s, max-shards %d", now.Pause, now.MaxShards)
	}
	set.Overrides = scaling.Layer{"max-shards": "none"}
	if bad := set.SettingsAt(noon()); bad.MaxShards != 20 {
		t.Errorf("what cannot be used: max-shards %d, want the last good one", bad.MaxShards)
	}
	s.Overrides = scaling.Layer{"pause": "both"}
	paused := at(s, tagged("max-shards", "20"), 2)
	paused.Overrides = nil
	if paused.Settings.Pause != scaling.PausedBoth || paused.SettingsAt(noon()).Pause != scaling.PausedNone {
		t.Errorf("taken away just now: %s", paused.SettingsAt(noon()).Pause)
	}
	if odd := (ledger.Item{}).SettingsAt(noon()); odd.MinShards < 0 {
		t.Errorf("an item without anything: %+v", odd)
	}
}

// Between two refreshes the settings follow what is timed just as a refresh would make them, at any time.
func TestInForceIsWhatARefreshWouldMake(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := fresh(t, tagged("min-shards", "2"))
		s.Timed = []ledger.Timed{sale()}
		later := sale()
		later.ID, later.From, later.Settings = "later", sale().From.Add(30*time.Minute), scaling.Layer{"max-shards": "20"}
		s.Timed = append(s.Timed, later)
		for range 5 {
			now := noon().Add(time.Duration(rapid.IntRange(0, 180).Draw(t, "minute")) * time.Minute)
			inForce, _ := ledger.Rules{}.InForce(s, now, "scaler")
			refreshed, _ := ledger.Rules{}.Refresh(s, seen(4), tagged("min-shards", "2"), now, "scaler")
			equal(t, "settings", inForce.Settings, refreshed.Settings)
			s = inForce
		}
	})
}

// People who write the item by hand give two overrides the same id. Entries of one id cannot be written together.
func TestTwoTimedOverridesOfOneIDGiveTwoEntries(t *testing.T) {
	ended := func(id string) ledger.Timed { return ledger.Timed{ID: id, Until: noon().Add(-time.Minute)} }
	s := ledger.Item{Name: "orders", Timed: []ledger.Timed{ended("sale"), ended("sale-2"), ended("sale"), ended("sale")}}
	_, gone := s.Ended(noon(), "reconciler")
	_, taken := s.WithoutTimed(func(ledger.Timed) bool { return true }, ledger.Asked{At: noon(), Who: "ana"})
	for name, entries := range map[string][]ledger.Entry{"ended": gone, "taken away": taken} {
		ids := map[string]bool{}
		for _, entry := range entries {
			ids[entry.ID] = true
		}
		if len(entries) != 4 || len(ids) != 4 {
			t.Errorf("%s: %d entries with %d ids: %+v", name, len(entries), len(ids), entries)
		}
	}
}
