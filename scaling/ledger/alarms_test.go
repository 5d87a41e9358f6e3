package ledger_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Alarms keep the usable share that they hold, until the stream has another size, or the share has moved enough and a
// day has passed.
func TestAlarmsKeepTheirUsableShare(t *testing.T) {
	held := func(usable float64, ago time.Duration) ledger.AlarmsHeld {
		return ledger.AlarmsHeld{Shards: 1, SettingsRevision: 2, Usable: usable, At: noon().Add(-ago)}
	}
	for _, c := range []struct {
		name string
		held ledger.AlarmsHeld
		want float64
	}{
		{"none were made", ledger.AlarmsHeld{}, 0.88},
		{"of an item that is older", ledger.AlarmsHeld{Shards: 1, SettingsRevision: 2}, 0.88},
		{"as it is", held(0.88, time.Hour), 0.88},
		{"moved little", held(0.86, 48*time.Hour), 0.86},
		{"moved much, written today", held(0.7, 23*time.Hour), 0.7},
		{"moved much, written yesterday", held(0.7, 24*time.Hour), 0.88},
		{"for another size", ledger.AlarmsHeld{Shards: 2, SettingsRevision: 2, Usable: 0.7, At: noon()}, 0.88},
		{"for other settings", ledger.AlarmsHeld{Shards: 1, SettingsRevision: 1, Usable: 0.7, At: noon()}, 0.88},
	} {
		s := ledger.Item{Name: "orders", OpenShards: 1, SettingsRevision: 2, Alarms: c.held, Usable: scaling.NewUsableShare(noon())}
		want := s.AlarmWant(noon())
		if want.Usable != c.want || want.Stream != "orders" || want.OpenShards != 1 {
			t.Errorf("%s: %+v, want a usable share of %v", c.name, want, c.want)
		}
		if kept := s.AlarmKept(); s.ShareMoved(noon()) != (kept != want) || s.ShareMoved(noon()) && kept.Usable != c.held.Usable {
			t.Errorf("%s: as long as it waits for its turn the share is %v, moved %t", c.name, kept.Usable, s.ShareMoved(noon()))
		}
		after := s.Holding(want, noon())
		if got := after.Alarms; !after.AlarmsInSync() || got.Usable != c.want {
			t.Errorf("%s: the item holds %+v", c.name, got)
		}
		if unchanged := c.held.Usable == c.want && c.held.Shards == 1; unchanged && !after.Alarms.At.Equal(c.held.At) {
			t.Errorf("%s: nothing was written, and yet the alarms count as written at %s", c.name, after.Alarms.At)
		}
	}
}

// A hot key that is suspected, or no longer, puts the alarms out of sync: they are written anew at once.
func TestAHotKeyChangesTheAlarms(t *testing.T) {
	s := ledger.Item{Name: "orders", OpenShards: 40, SettingsRevision: 2, Alarms: ledger.AlarmsHeld{Shards: 40, SettingsRevision: 2}}
	s.HotKey.After.Shards = 40
	want := s.AlarmWant(noon())
	if !want.HotKey || s.AlarmsInSync() {
		t.Errorf("suspected: alarms for %+v, in sync %v", want, s.AlarmsInSync())
	}
	if s = s.Holding(want, noon()); !s.AlarmsInSync() {
		t.Errorf("after they were written: %+v is not in sync", s.Alarms)
	}
	if s.HotKey = (scaling.HotKey{}); s.AlarmsInSync() || s.AlarmWant(noon()).HotKey {
		t.Errorf("no longer suspected: in sync %v", s.AlarmsInSync())
	}
}

// A stream that was enrolled before shares were learned holds all, so that an upgrade changes no alarm.
func TestAnUpgradeChangesNoAlarm(t *testing.T) {
	s := ledger.Item{Name: "orders", OpenShards: 40, SettingsRevision: 2, Alarms: ledger.AlarmsHeld{Shards: 40, SettingsRevision: 2}}
	if got := s.AlarmWant(noon()).Usable; got != 1 {
		t.Errorf("usable share %v, want 1", got)
	}
}

// What is learned is of minutes in which the stream surely had its open shards.
func TestLearnedIsWhatTheSameSizeShows(t *testing.T) {
	full := func(from time.Time, minutes int) scaling.Traffic {
		traffic := scaling.Traffic{Known: true, From: from, To: from.Add(time.Duration(minutes) * time.Minute)}
		for i := range minutes {
			traffic.Samples = append(traffic.Samples, scaling.Sample{At: from.Add(time.Duration(i) * time.Minute), Records: 600, Throttled: 1})
		}
		return traffic
	}
	active := scaling.Summary{Status: scaling.StatusActive, OpenShards: 1}
	for _, c := range []struct {
		name    string
		change  func(*ledger.Item, *scaling.Observation)
		learned bool
	}{
		{"the same size", func(*ledger.Item, *scaling.Observation) {}, true},
		{"an operation in flight", func(s *ledger.Item, _ *scaling.Observation) { s.InFlight = &ledger.Entry{} }, false},
		{"another size than is known", func(_ *ledger.Item, o *scaling.Observation) { o.Stream.OpenShards = 2 }, false},
		{"somebody has merged shards, so one has twice the traffic", func(s *ledger.Item, _ *scaling.Observation) { s.Recuts = []ledger.Recut{recut(-60, -1)} }, false},
		{"a day ago", func(s *ledger.Item, _ *scaling.Observation) { s.Recuts = []ledger.Recut{recut(-25*60, -1)} }, true},
		{"a growth has made them even since", func(s *ledger.Item, _ *scaling.Observation) {
			s.Recuts, s.Operations = []ledger.Recut{recut(-60, -1)}, scaling.Operations{{At: noon().Add(-30 * time.Minute)}}
		}, true},
		{"an updating stream", func(_ *ledger.Item, o *scaling.Observation) { o.Stream.Status = scaling.StatusUpdating }, false},
		{"no answer", func(_ *ledger.Item, o *scaling.Observation) { o.Traffic.Known = false }, false},
		{"minutes before it had this size", func(s *ledger.Item, _ *scaling.Observation) { s.Usable.Since = noon().Add(time.Hour) }, false},
		{
			"an older item, soon after an operation",
			func(s *ledger.Item, _ *scaling.Observation) {
				s.Usable, s.Operations = scaling.UsableShare{}, scaling.Operations{{At: noon()}}
			},
			false,
		},
		{
			"an older item, long after the last operation",
			func(s *ledger.Item, _ *scaling.Observation) {
				s.Usable, s.Operations = scaling.UsableShare{}, scaling.Operations{{At: noon().Add(-time.Hour)}}
			},
			true,
		},
	} {
		s := ledger.Item{Name: "orders", OpenShards: 1, Usable: scaling.NewUsableShare(noon())}
		o := scaling.Observation{Stream: active, Traffic: full(noon(), 20)}
		c.change(&s, &o)
		before := s.Usable.At(1)
		after, seen := s.Learned(o, noon())
		if learned := after.Usable.At(1) < before; learned != c.learned {
			t.Errorf("%s: from %v to %v", c.name, before, after.Usable.At(1))
		}
		if seen.Usable.At(1) != after.Usable.At(1) {
			t.Errorf("%s: the observation has %v", c.name, seen.Usable.At(1))
		}
	}
}

// What a hot key refused before it was suspected has lowered the share at first. It is put back once growing was seen not to help,
// or the stream would count as full at half of its load for as long as the share is remembered.
func TestAHotKeyLeavesNoLowShare(t *testing.T) {
	s := ledger.Item{Name: "orders", OpenShards: 20, Settings: scaling.Defaults(scaling.DoubleHalve), Usable: scaling.NewUsableShare(noon())}
	cautious := s.Usable.At(20)
	look := func(from time.Time, records, refused float64) {
		o := scaling.Observation{Stream: scaling.Summary{Status: scaling.StatusActive, OpenShards: s.OpenShards}}
		o.Traffic = scaling.Traffic{Known: true, From: from, To: from.Add(30 * time.Minute)}
		for i := range 30 {
			o.Traffic.Samples = append(o.Traffic.Samples, scaling.Sample{At: from.Add(time.Duration(i) * time.Minute), Records: records, Throttled: refused})
		}
		s, _ = s.Learned(o, o.Traffic.To)
	}
	look(noon(), 12_000, 20)
	if got := s.Usable.At(20); got > cautious-0.1 || s.HotKey.Suspected() {
		t.Fatalf("while nothing is suspected, what is refused at six tenths of the load lowers the share: %v, it was %v", got, cautious)
	}
	look(noon().Add(30*time.Minute), 5_000, 1_000)
	if !s.HotKey.Suspected() || s.Usable.At(20) < cautious {
		t.Errorf("suspected %v; the share is %v, it was %v before", s.HotKey.Suspected(), s.Usable.At(20), cautious)
	}
}
