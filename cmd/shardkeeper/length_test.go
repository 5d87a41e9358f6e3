package main

import "testing"

// The notes below a table say how long the traffic is, be it a minute or some years.
func TestTheNotesSayHowLongTheTrafficIs(t *testing.T) {
	for minutes, want := range map[int]string{1: "1 minute", 59: "59 minutes", 60: "1 hour", 90: "1.5 hours", 336 * 60: "336 hours", 500 * 24 * 60: "12,000 hours"} {
		if got := lengthText(minutes); got != want {
			t.Errorf("%d minutes: %q, want %q", minutes, got, want)
		}
	}
}
