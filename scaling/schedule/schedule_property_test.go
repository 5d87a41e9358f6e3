package schedule_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/scaling/schedule"
)

// Every day of any zone has its period, once, and it begins when the zone's clock shows the time, or where it never does
// in that night, at the change of the clock.
func TestEachDayHasItsPeriod(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom([]string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/St_Johns", "Africa/Cairo", "Asia/Kathmandu"}).Draw(t, "zone")
		hour, minute := rapid.IntRange(0, 23).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute")
		length := time.Duration(rapid.IntRange(1, 600).Draw(t, "minutes")) * time.Minute
		text := fmt.Sprintf("daily %02d:%02d %s %s min=7", hour, minute, zone, length)
		s, err := schedule.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		where, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		first := time.Date(2026, time.Month(rapid.IntRange(1, 12).Draw(t, "month")), rapid.IntRange(1, 28).Draw(t, "day"), 0, 0, 0, 0, where)
		days := rapid.IntRange(1, 40).Draw(t, "days")
		last := first.AddDate(0, 0, days)
		began := map[string]int{}
		for _, p := range s.Between(first, last) {
			if p.Until.Sub(p.From) != length || p.Shards != 7 {
				t.Fatalf("%s: period %+v", text, p)
			}
			begin := p.From.In(where)
			began[begin.Format(time.DateOnly)]++
			change, _ := begin.ZoneBounds()
			if (begin.Hour() != hour || begin.Minute() != minute) && !change.Equal(begin) {
				t.Fatalf("%s begins at %s", text, begin)
			}
		}
		for day := range days {
			date := first.AddDate(0, 0, day).Format(time.DateOnly)
			if began[date] != 1 {
				t.Fatalf("%s: %d periods begin on %s", text, began[date], date)
			}
		}
	})
}

// Whether a time is in force does not depend on how one asks.
func TestInForceIsWhatBetweenSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.SampledFrom([]string{"daily", "mon-fri", "sat+sun", "fri-mon", "2026-10-25"}).Draw(t, "days")
		text := fmt.Sprintf("%s %02d:%02d Europe/Berlin %dm", days, rapid.IntRange(0, 23).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute"), rapid.IntRange(1, 3000).Draw(t, "length"))
		times, err := schedule.ParseTimes(text)
		if err != nil {
			t.Fatal(err)
		}
		s, err := schedule.Parse(text + " min=2")
		if err != nil {
			t.Fatal(err)
		}
		from := time.Date(2026, 10, 20, 0, 0, 0, 0, time.UTC)
		now := from.Add(time.Duration(rapid.IntRange(0, 10*24*60).Draw(t, "now")) * time.Minute)
		within := false
		for _, p := range s.Between(from, from.AddDate(0, 0, 12)) {
			within = within || !now.Before(p.From) && now.Before(p.Until)
		}
		if times.InForce(now) != within {
			t.Fatalf("%s at %s: in force %t, want %t", text, now, times.InForce(now), within)
		}
		if next := times.Next(now); !next.IsZero() && !next.After(now) {
			t.Fatalf("%s: the next change after %s is %s", text, now, next)
		}
	})
}

// Whatever is in a tag, reading it neither panics nor hangs, and what is read can be asked.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"mon-fri 08:30 Europe/Berlin 4h min=64 / sat 10:00 UTC 2h min=32", "30 8 1-7 * mon America/New_York 90m min=16",
		"2026-12-24 18.00 UTC 6h min=128", "TZ= 1 1 1 1 UTC 1h min=1", "0 0 L * * UTC 1h min=1", "", "/ / /", "0 0 31 2 * UTC 1h min=1",
	} {
		f.Add(text)
	}
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := schedule.Parse(text)
		if err != nil {
			return
		}
		for _, p := range s.Between(now, now.AddDate(0, 0, 2)) {
			if !p.Until.After(now) || p.Shards < 1 {
				t.Fatalf("%q: period %+v is over by %s", text, p, now)
			}
		}
	})
}
