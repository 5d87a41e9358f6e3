package ledger_test

import (
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// resharded is a stream whose operation from 4 to 8 shards, called at noon, was seen to be complete two minutes later.
func resharded(t *testing.T, tags scaling.Layer) (ledger.Item, ledger.Entry) {
	t.Helper()
	s := fresh(t, tags)
	s.InFlight = &ledger.Entry{Stream: s.Name, At: noon(), ID: "op-7", Kind: ledger.KindOperation, Direction: scaling.Up, From: 4, To: 8, Fence: 7, Outcome: ledger.OutcomeAccepted}
	return s.Settled(ledger.OutcomeCompleted, "", noon().Add(2*time.Minute))
}

// behind is the consumers' lag from ten minutes before noon: none until two minutes past, then so many minutes of five.
func behind(minutes, until int) scaling.Traffic {
	traffic := scaling.Traffic{Known: true}
	for m := -10; m < until; m++ {
		s := scaling.Sample{At: noon().Add(time.Duration(m) * time.Minute)}
		if m >= 2 && m < 2+minutes {
			s.IteratorAge = 5 * time.Minute
		}
		traffic.Samples = append(traffic.Samples, s)
	}
	return traffic
}

// A scale-down waits until the consumers are back, a scale-up does not; then the operation's entry has what it took.
func TestAScaleDownWaitsForTheConsumers(t *testing.T) {
	s, entry := resharded(t, tagged())
	if entry.Drain != 0 || s.Draining == nil || !s.DrainFrom().Equal(noon().Add(-10*time.Minute)) {
		t.Fatalf("after the operation: %+v, %+v", entry, s.Draining)
	}
	at := noon().Add(10 * time.Minute)
	down, up := scaling.Decision{At: at, Direction: scaling.Down, From: 8, Target: 4}, scaling.Decision{At: at, Direction: scaling.Up, From: 8, Target: 16}
	until := noon().Add(62 * time.Minute)
	held := s.HoldIfNotReady(down)
	if held.Reasons.Last() != scaling.HoldNotDrained || !held.RetryAt.Equal(until) || !strings.Contains(held.Reasons.String(), "from 4 to 8 shards, ACTIVE at 2026-11-23T12:02:00Z; at most until 2026-11-23T13:02:00Z") {
		t.Errorf("held until %s: %s", held.RetryAt, held.Reasons)
	}
	equal(t, "a scale-up", s.HoldIfNotReady(up), up)
	late := down
	late.At = until
	equal(t, "an hour later", s.HoldIfNotReady(late), late)
	s.Down.RetryAt = until

	unchanged := untouched(t, s)
	still, entries := s.Drained(behind(9, 8), at)
	if unchanged(); len(entries) > 0 || still.Draining == nil {
		t.Errorf("not back: %v", told(entries))
	}
	at = noon().Add(15 * time.Minute)
	s, entries = s.Drained(behind(9, 15), at)
	want := entry
	want.Drain = 10 * time.Minute
	equal(t, "entries", entries, []ledger.Entry{want})
	equal(t, "last known", s.LastDrain, ledger.Drain{At: noon(), Took: 10 * time.Minute})
	if s.Draining != nil || !s.Down.RetryAt.Equal(at) {
		t.Errorf("%+v, asked again at %s", s.Draining, s.Down.RetryAt)
	}
	equal(t, "a scale-down after it", s.HoldIfNotReady(down), down)
}

// Without consumers there is nothing to wait for, nor where their lag is nobody's concern, nor after another operation.
func TestNothingToWaitFor(t *testing.T) {
	s, _ := resharded(t, tagged())
	s.Down.RetryAt = noon().Add(3 * time.Hour) // for another reason
	s, entries := s.Drained(scaling.Traffic{Known: true}, noon().Add(3*time.Minute))
	if s.Draining != nil || len(entries) > 0 || !s.Down.RetryAt.Equal(noon().Add(3*time.Hour)) {
		t.Errorf("no consumer: %+v, %v", s, told(entries))
	}
	if s, _ := resharded(t, tagged("iterator-age-minutes", "0")); s.Draining != nil {
		t.Errorf("no concern: %+v", s.Draining)
	}
	s, _ = resharded(t, tagged())
	s.Settings.IteratorAgeMinutes = 0
	if !s.DrainUntil().IsZero() || s.NotDraining(noon()).Draining != nil {
		t.Error("no concern any more, and it waits")
	}
	s, _ = resharded(t, tagged())
	claimed, _, err := s.Claim(ledger.Claim{Decision: scaling.Decision{At: noon().Add(5 * time.Minute), Direction: scaling.Up, From: 8, Target: 16}, Asked: scaling.Up, TransitionAt: noon().Add(4 * time.Minute), Owner: "scaler/x", LeaseUntil: noon().Add(6 * time.Minute)})
	if err != nil || claimed.Draining != nil {
		t.Errorf("another operation: %v, %+v", err, claimed.Draining)
	}
	s, _ = resharded(t, tagged())
	s, entries = s.Drained(behind(100, 62), noon().Add(62*time.Minute))
	if s.Draining != nil || len(entries) != 1 || entries[0].Drain != time.Hour {
		t.Errorf("not back within an hour: %v", entries)
	}
}
