package main

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// Whatever is asked for, the calls follow one another without a gap, and no minute is asked for that CloudWatch has forgotten.
func TestStretchesCoverTheWindow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		days, at := rapid.IntRange(1, mostDays).Draw(t, "days"), now.Add(time.Duration(rapid.Int64Range(0, int64(24*time.Hour)).Draw(t, "at")))
		from, to := window(at, days)
		all := stretches(from, to)
		for i, s := range all {
			if !s.from.Equal(from) || !s.from.Before(s.to) {
				t.Fatalf("call %d is from %s to %s, want from %s on", i, s.from, s.to, from)
			}
			from = s.to
			if s.period == time.Minute && at.Sub(s.from) >= minuteDays*24*time.Hour {
				t.Errorf("call %d asks for minutes of %s, %s ago", i, s.from, at.Sub(s.from))
			}
			if points := s.to.Sub(s.from) / s.period; points > 24*60*4 || s.period != time.Minute && (!s.from.Truncate(s.period).Equal(s.from) || !s.to.Truncate(s.period).Equal(s.to)) {
				t.Errorf("call %d has %d points from %s to %s", i, points, s.from, s.to)
			}
		}
		if !from.Equal(to) || len(all) > min(days, minuteDays)+1+(days+minuteDays-1)/minuteDays {
			t.Errorf("%d calls end at %s, want %s", len(all), from, to)
		}
	})
}

// Of what is older than fifteen days a peak of a minute is spread over five; what is newer is as it was.
func TestSixtyDaysAreExported(t *testing.T) {
	var samples []scaling.Sample
	start := ago(58 * 24 * 60).Truncate(5 * time.Minute)
	for at := start; at.Before(ago(0)); at = at.Add(time.Minute) {
		s := scaling.Sample{At: at, Records: 100, Bytes: 1000}
		if at.Equal(start.Add(7*time.Minute)) || at.Equal(now.Add(-time.Hour)) {
			s.Records = 600
		}
		samples = append(samples, s)
	}
	c := &cloudWatch{samples: samples}
	status, stdout, stderr := export(t, c, "orders", "--days", "60")
	if status != statusOK || !strings.Contains(stderr, "the minutes are means of five: shorter peaks were higher") || !strings.Contains(stderr, "; 0 of them without traffic") {
		t.Fatalf("status %d, %s", status, stderr)
	}
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	if got, old, fresh := len(lines)-1, strings.Count(stdout, ",200,"), strings.Count(stdout, ",600,"); got != len(samples) || old != 5 || fresh != 1 {
		t.Errorf("%d minutes, want %d; %d minutes have 200 records a second, want 5; %d have 600, want 1", got, len(samples), old, fresh)
	}
	if calls := len(c.asked); calls != 18 {
		t.Errorf("%d calls, want one for each of 15 days, and three for 45 older ones", calls)
	}
	if _, _, stderr := export(t, &cloudWatch{samples: samples}, "orders", "--days", "15"); strings.Contains(stderr, "means of five") {
		t.Errorf("15 days: %s", stderr)
	}
}

func TestShardHours(t *testing.T) {
	at := func(hour int) time.Time { return now.Add(time.Duration(hour) * time.Hour) }
	for name, test := range map[string]struct {
		seen []trial.Seen
		want float64
	}{
		"nothing is known":                       {nil, 0},
		"the same all the time":                  {[]trial.Seen{{At: at(5), Open: 4}}, 40},
		"before the first look as then":          {[]trial.Seen{{At: at(2), Open: 2}, {At: at(6), Open: 8}}, 2*6 + 8*4},
		"in any order":                           {[]trial.Seen{{At: at(6), Open: 8}, {At: at(2), Open: 2}}, 2*6 + 8*4},
		"what was seen before counts on":         {[]trial.Seen{{At: at(-3), Open: 6}, {At: at(5), Open: 2}}, 6*5 + 2*5},
		"what is seen later does not count":      {[]trial.Seen{{At: at(5), Open: 2}, {At: at(11), Open: 9}}, 20},
		"a look that found nothing says nothing": {[]trial.Seen{{At: at(1), Open: 3}, {At: at(5), Open: 0}}, 30},
	} {
		if got := shardHours(test.seen, at(0), at(10)); math.Abs(got-test.want) > 1e-9 {
			t.Errorf("%s: %v shard-hours, want %v", name, got, test.want)
		}
	}
}
