package main

import (
	"fmt"
	"time"
)

// ahead is a point in time on the command line that is still to come: RFC 3339, a date (in UTC), or how long from now:
// "90m", "24h", "7d".
type ahead struct{ moment }

// Set reads it.
func (a *ahead) Set(text string) error {
	if err := a.moment.Set(text); err != nil {
		return fmt.Errorf("%q is no time; want 2h, 7d, 2026-11-30 or 2026-11-30T08:00:00Z", text)
	}
	return nil
}

// of returns the point in time that is meant at a certain now.
func (a *ahead) of(now time.Time) time.Time {
	if a.at.IsZero() {
		return now.Add(a.ago)
	}
	return a.at
}
