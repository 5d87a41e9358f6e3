package scaling_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// sale is a schedule with one period, from 12:00 to 14:00 on the day of noon, for 64 shards.
const sale = "mon 12:00 UTC 2h min=64"

func scheduled(text string) scaling.Settings {
	s := halving()
	s.Schedule, s.MinShards, s.MaxShards, s.ScaleUpCooldown = text, 4, 100, 20*time.Minute
	return s
}

// The minimum before, in and after a period, minute by minute where it changes.
func TestAt(t *testing.T) {
	at := func(minutes int) time.Time { return noon().Add(time.Duration(minutes) * time.Minute) }
	for _, c := range []struct {
		name, schedule string
		now            time.Time
		want           int
	}{
		{"long before", sale, at(-24 * 60), 4},
		{"before the first operation", sale, at(-41), 4},
		{"a sixteenth is the minimum", sale, at(-50), 4},
		{"an eighth", sale, at(-40), 8},
		{"just before the next", sale, at(-30).Add(-time.Second), 8},
		{"a quarter", sale, at(-30), 16},
		{"a half", sale, at(-20), 32},
		{"all of it, an operation before", sale, at(-10), 64},
		{"when it begins", sale, at(0), 64},
		{"until it ends", sale, at(120).Add(-time.Second), 64},
		{"when it has ended", sale, at(120), 4},
		{"no schedule", "", at(0), 4},
		{"one that cannot be read is none", "mon 12:00 Nowhere 2h min=64", at(0), 4},
		{"above the maximum", "mon 12:00 UTC 2h min=128", at(60), 100},
		{"on the way to the maximum", "mon 12:00 UTC 2h min=128", at(-15), 50},
		{"below the minimum", "mon 12:00 UTC 2h min=2", at(60), 4},
		{"the highest of two", sale + " / mon 11:00 UTC 4h min=16", at(60), 64},
		{"the highest of two, in the other order", "mon 11:00 UTC 4h min=16 / " + sale, at(60), 64},
		{"the lower one is left", sale + " / mon 11:00 UTC 4h min=16", at(121), 16},
		{"on the way to a higher one in a lower one", sale + " / mon 11:00 UTC 4h min=20", at(-25), 20},
	} {
		s := scheduled(c.schedule)
		now := s.At(c.now, 10*time.Minute)
		cooldown := s.ScaleUpCooldown
		if c.want > s.MinShards {
			cooldown = 0
		}
		want := s
		want.MinShards, want.ScaleUpCooldown = c.want, cooldown
		equal(t, c.name, now, want)
	}
}

// A minimum by schedule never leaps: it rises by doubling at most and each step lasts as long as an operation takes, so
// that a stream which grows by it has its size when the period begins. Between changes that are told nothing changes.
func TestAMinimumByScheduleCanBeFollowed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := scheduled("mon 12:00 UTC 2h min=" + rapid.StringMatching(`[1-9][0-9]{0,2}`).Draw(t, "min"))
		s.MaxShards = rapid.IntRange(4, 2000).Draw(t, "max")
		takes := time.Duration(rapid.IntRange(1, 60).Draw(t, "takes")) * time.Minute
		size, busyUntil := s.MinShards, time.Time{}
		change := time.Time{}
		last := s.At(noon().Add(-16*time.Hour), takes).MinShards
		for now := noon().Add(-16 * time.Hour); now.Before(noon().Add(3 * time.Hour)); now = now.Add(time.Minute) {
			least := s.At(now, takes).MinShards
			if least != last && !now.Equal(change) {
				t.Fatalf("at %s the minimum is %d after %d, a change was told for %s", now, least, last, change)
			}
			if least > s.MaxShards {
				t.Fatalf("minimum %d above %d", least, s.MaxShards)
			}
			if !now.Before(busyUntil) && least > size {
				if least > 2*size {
					t.Fatalf("at %s the minimum is %d, the stream can have %d", now, least, 2*size)
				}
				size, busyUntil = least, now.Add(takes)
			}
			if now.Equal(noon()) && (size < least || now.Before(busyUntil)) {
				t.Fatalf("the stream has %d of %d shards, ready at %s", size, least, busyUntil)
			}
			last = least
			if change = s.NextScheduled(now, takes); change.IsZero() {
				change = now.Add(time.Minute) // not known: nothing is said of the next minute
			}
		}
	})
}

func TestAllowedAt(t *testing.T) {
	for _, c := range []struct {
		name string
		ago  time.Duration // before the sale
		dir  scaling.Direction
		open int
		want int
	}{
		{"long before only the reserve", 27 * time.Hour, scaling.Down, 8, 7},
		{"from 4 to 64 after this one it takes four", 20 * time.Hour, scaling.Down, 8, 6},
		{"from 1", 20 * time.Hour, scaling.Down, 1, 4},
		{"a large stream needs none", 20 * time.Hour, scaling.Down, 200, 7},
		{"scale-ups may have all", 20 * time.Hour, scaling.Up, 8, 10},
		{"in the period nothing is kept for it", -time.Hour, scaling.Down, 8, 7},
	} {
		equal(t, c.name, scheduled(sale).AllowedAt(c.dir, noon().Add(-c.ago), c.open), c.want)
	}
	s := scheduled(sale)
	s.OperationLimit, s.ScaleUpReserve = 2, 0
	equal(t, "one is always left", s.AllowedAt(scaling.Down, noon().Add(-time.Hour), 1), 1)
}

func TestOperationTakes(t *testing.T) {
	for longest, want := range map[time.Duration]time.Duration{
		0: 10 * time.Minute, -time.Minute: 10 * time.Minute, time.Minute: 5 * time.Minute, 8 * time.Minute: 15 * time.Minute, 5 * time.Hour: time.Hour,
	} {
		equal(t, longest.String(), scaling.OperationTakes(longest), want)
	}
}

// The decision names the entry that asks, and a scale-down leaves the operations that the period needs.
func TestDecideBySchedule(t *testing.T) {
	up := asked(scaling.Up, 8, 0.1).with(func(in *input) {
		in.now, in.s = noon().Add(-25*time.Minute), scheduled(sale)
		in.s = in.s.At(in.now, 10*time.Minute)
	}).decide()
	if up.Target != 16 || !strings.Contains(up.Reasons.String(), "on the way to 64 at 2026-11-23T12:00:00Z, by the schedule: "+sale) {
		t.Errorf("%d shards: %s", up.Target, up.Reasons)
	}
	down := asked(scaling.Down, 32, 0.01).with(func(in *input) {
		in.s, in.h = scheduled("tue 06:00 UTC 2h min=64"), hoursAgo(2, 8)
	}).decide()
	if down.Direction != scaling.Hold || down.Reasons.Last() != scaling.HoldReserveKept {
		t.Errorf("eight used, two needed: %s %s", down.Direction, down.Reasons)
	}
}

// What a tag may have, and what it may not.
func TestScheduleAsATag(t *testing.T) {
	s, err := scaling.Effective(scaling.TagLayer(map[string]string{"shardkeeper:schedule": " mon-fri  08.30 Europe/Berlin 4h min=64 / sat 10:00 UTC 2h min=32"}))
	equal(t, "error", err, nil)
	equal(t, "schedule", s.Schedule, "mon-fri 08.30 Europe/Berlin 4h min=64 / sat 10:00 UTC 2h min=32")
	again, err := scaling.Effective(s.Layer())
	equal(t, "error", err, nil)
	equal(t, "read again", again, s)
	_, err = scaling.Effective(scaling.Layer{"schedule": "mon 08:30 Mars/Olympus 4h min=64"})
	if err == nil || !strings.Contains(err.Error(), `schedule: "mon 08:30 Mars/Olympus 4h min=64": "Mars/Olympus" is no time zone`) {
		t.Errorf("error %v", err)
	}
	s.MaxShards = 50
	equal(t, "above the maximum", s.ScheduleAboveMost(), "schedule: min=64 is above max-shards 50, so it is 50")
	s.MaxShards = 64
	equal(t, "at the maximum", s.ScheduleAboveMost(), "")
}

// With target-tracking a stream keeps what the schedule asks for soon, comes down where it asks late enough for that to be
// worth two operations, and does not grow for it on its own.
func TestTargetTrackingKnowsTheSchedule(t *testing.T) {
	for _, c := range []struct {
		name, schedule string
		open, want     int
	}{
		{"none", "", 14, 10},
		{"within the hour", "mon 12:40 UTC 4h min=14", 14, 14},
		{"more than there is", "mon 12:40 UTC 4h min=64", 14, 14},
		{"in the evening", "mon 22:40 UTC 1h min=14", 14, 10},
		{"a large one in a quarter of an hour", "mon 12:15 UTC 1h min=64", 64, 64},
		{"it does not grow", "mon 12:40 UTC 4h min=64", 10, 10},
	} {
		in := tracked(noon(), scaling.Down, c.open, flow(noon(), 3*24*time.Hour, always(8))).with(func(in *input) { in.s.Schedule, in.s.OperationPrice = c.schedule, 0.005 })
		if d := in.decide(); d.Target != c.want {
			t.Errorf("%s: %d shards, want %d: %s", c.name, d.Target, c.want, d.Reasons)
		}
	}
}
