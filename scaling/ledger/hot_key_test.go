package ledger_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// From a suspicion on the alarms are to leave refusals out: the stream is looked at now, and not at its next turn.
func TestASuspicionBringsTheNextLookForward(t *testing.T) {
	for refused, want := range map[float64]time.Time{1000: noon(), 0: noon().Add(7 * time.Minute)} {
		s := ledger.Item{
			Name: "orders", OpenShards: 40, SettingsRevision: 1, Settings: scaling.Defaults(scaling.DoubleHalve), DueAt: noon().Add(7 * time.Minute),
			Alarms: ledger.AlarmsHeld{Shards: 40, SettingsRevision: 1}, Usable: scaling.NewUsableShare(noon().Add(-time.Hour)),
		}
		o := scaling.Observation{Stream: seen(40), Traffic: scaling.Traffic{Known: true, From: noon().Add(-time.Hour), To: noon()}}
		for ago := 10; ago > 0; ago-- {
			o.Traffic.Samples = append(o.Traffic.Samples, scaling.Sample{At: noon().Add(-time.Duration(ago) * time.Minute), Records: 5000, Throttled: refused})
		}
		learned, _ := s.Learned(o, noon())
		if learned.HotKey.Suspected() != (refused > 0) || !learned.DueAt.Equal(want) {
			t.Errorf("%v refused: suspected %v, the next look at %s, want %s", refused, learned.HotKey.Suspected(), learned.DueAt, want)
		}
	}
}

// What was measured before somebody else resharded the stream is of another size.
func TestAReshardingBySomebodyElseBeginsANewSize(t *testing.T) {
	s := ledger.Item{Name: "orders", OpenShards: 4, SeenAt: noon().Add(-time.Hour), Usable: scaling.NewUsableShare(noon().Add(-24 * time.Hour))}
	if same, _ := s.Noticed(seen(4), noon()); !same.Usable.Since.Equal(s.Usable.Since) {
		t.Errorf("the same size: since %s", same.Usable.Since)
	}
	if other, _ := s.Noticed(seen(8), noon()); !other.Usable.Since.Equal(noon()) || other.OpenShards != 8 {
		t.Errorf("%d shards since %s, want 8 since %s", other.OpenShards, other.Usable.Since, noon())
	}
}

// An upgrade raises no fleet at once: who is enrolled already begins with all, who comes now with caution.
func TestWhoIsEnrolledAlreadyBeginsWithAll(t *testing.T) {
	old := fresh(t, tagged())
	if got := old.UsableAt(40); got >= 0.9 {
		t.Errorf("a new stream begins with %v", got)
	}
	old.Usable = scaling.UsableShare{} // as an item without the attribute is read
	after, _ := ledger.Rules{}.Refresh(old, seen(4), tagged("max-shards", "50"), noon().Add(time.Hour), "enroller")
	if got := after.UsableAt(40); got != 1 {
		t.Errorf("after a refresh it has %v, want 1", got)
	}
}

// While a hot key is suspected, what is refused teaches nothing of the usable share; nor does it afterwards, when the suspicion has ended.
func TestASuspicionTeachesNothingAfterwards(t *testing.T) {
	s := ledger.Item{
		Name: "orders", OpenShards: 10, SettingsRevision: 1, Settings: scaling.Defaults(scaling.DoubleHalve),
		Alarms: ledger.AlarmsHeld{Shards: 10, SettingsRevision: 1}, Usable: scaling.NewUsableShare(noon().Add(-time.Hour)),
	}
	seenFrom := func(from, to time.Time, records float64, refused func(at time.Time) float64) scaling.Observation {
		o := scaling.Observation{Alarm: scaling.Up, Stream: seen(10), Traffic: scaling.Traffic{Known: true, From: from, To: to}}
		for at := from; at.Before(to); at = at.Add(time.Minute) {
			o.Traffic.Samples = append(o.Traffic.Samples, scaling.Sample{At: at, Records: records, Throttled: refused(at)})
		}
		return o
	}
	s, _ = s.Learned(seenFrom(noon().Add(-10*time.Minute), noon(), 5500, func(time.Time) float64 { return 200 }), noon())
	if !s.HotKey.Suspected() {
		t.Fatal("3.5 % is refused at a low use, and no hot key is suspected")
	}
	before, tomorrow := s.UsableAt(10), noon().Add(24*time.Hour)
	decided, _ := s.Learned(seenFrom(s.ObservedFrom(scaling.Up, tomorrow), tomorrow, 6000, func(time.Time) float64 { return 36 }), tomorrow)
	if after := decided.UsableAt(10); decided.HotKey.Suspected() || after < before-0.1 || !decided.Usable.To.Equal(tomorrow) {
		t.Errorf("a decision when the suspicion ends: suspected %v, a usable share of %v, and of %v before", decided.HotKey.Suspected(), after, before)
	}
	s = s.WithHotKey(s.HotKey.AskedAgain(tomorrow), tomorrow)
	if s.HotKey.Suspected() {
		t.Fatal("a day later it is suspected yet")
	}
	to := tomorrow.Add(5 * time.Minute)
	s, _ = s.Learned(seenFrom(s.ObservedFrom(scaling.Up, to), to, 6000, func(at time.Time) float64 {
		if at.Before(tomorrow) {
			return 36 // of the hot key, which is gone by now
		}
		return 0
	}), to)
	if after := s.UsableAt(10); after < before-0.1 {
		t.Errorf("the usable share was %v, and is %v: what was refused under suspicion has taught", before, after)
	}
}
