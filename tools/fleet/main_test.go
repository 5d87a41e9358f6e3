package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// A small fleet settles its operations well within a minute of ACTIVE, is swept once an hour, and no stream waits longer
// than the time between two looks.
func TestASmallFleetKeepsUp(t *testing.T) {
	s := scene{streams: 60, hours: 2}
	b, err := s.play(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(b.settled) != s.rising() || len(b.active) > 0 || s.rising() != 12 {
		t.Errorf("%d operations settled, %d open, of %d", len(b.settled), len(b.active), s.rising())
	}
	var out bytes.Buffer
	b.print(&out, s)
	if most := b.settledAt(0.99); most > time.Minute || b.oldest() > 10*time.Minute || b.sweepAge > 70*time.Minute || b.throttled > 0 {
		t.Errorf("settled within %v, a gap of %v, a sweep %v ago, %d calls too fast:\n%s", most, b.oldest(), b.sweepAge, b.throttled, &out)
	}
	for _, figure := range []string{"UpdateShardCount a second              0.002", "operations settled                     12, 0 open", "of which alarms 36"} {
		if !strings.Contains(out.String(), figure) {
			t.Errorf("not printed: %s\n%s", figure, &out)
		}
	}
}

func TestWhatCannotBePlayedIsAnError(t *testing.T) {
	for _, args := range [][]string{{"-streams", "9"}, {"-streams", "20001"}, {"-hours", "0"}, {"-hours", "11"}, {"-what"}} {
		if err := run(t.Context(), args, &bytes.Buffer{}); err == nil {
			t.Errorf("%v: no error", args)
		}
	}
}
