package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// moment is a point in time on the command line: RFC 3339, a date (in UTC), or how long ago: "90m",
// "24h", "7d".
type moment struct {
	at  time.Time
	ago time.Duration
	set bool
}

// Type is what the help calls it.
func (m *moment) Type() string { return "time" }

// String returns the default, for the help.
func (m *moment) String() string {
	switch {
	case !m.set:
		return ""
	case m.at.IsZero():
		return strings.TrimSuffix(m.ago.String(), "0m0s")
	}
	return m.at.Format(time.RFC3339)
}

// Set reads a moment.
func (m *moment) Set(text string) error { return m.UnmarshalText([]byte(text)) }

// UnmarshalText reads a moment.
func (m *moment) UnmarshalText(text []byte) error {
	s := string(text)
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, s); err == nil {
			*m = moment{at: at.UTC(), set: true}
			return nil
		}
	}
	ago, err := parseAgo(s)
	if err != nil || ago < 0 {
		return fmt.Errorf("%q is no time; want 24h, 7d, 2026-11-23 or 2026-11-23T12:00:00Z", s)
	}
	*m = moment{ago: ago, set: true}
	return nil
}

// maxDays keeps a number of days within what a duration holds.
const maxDays = 100 * 365

func parseAgo(s string) (time.Duration, error) {
	if days, isDays := strings.CutSuffix(s, "d"); isDays {
		n, err := strconv.Atoi(days)
		if err != nil || n < 0 || n > maxDays {
			return 0, fmt.Errorf("%q is no number of days", s)
		}
		return time.Duration(n) * 24 * time.Hour, nil
	}
	return time.ParseDuration(s)
}

// of returns the point in time that is meant at a certain now.
func (m *moment) of(now time.Time) time.Time {
	if m.at.IsZero() {
		return now.Add(-m.ago)
	}
	return m.at
}
