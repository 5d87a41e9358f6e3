package reconciler_test

import (
	"context"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// rest is how long a stream of the world is not looked at after a look of now, in a fleet of so many.
func (w *world) rest(streams int) time.Duration {
	w.Helper()
	f := w.fleet()
	f.Streams, f.Swept, f.SweepStarted = streams, w.now, time.Time{}
	if err := w.kept.SaveFleet(context.Background(), f); err != nil {
		w.Fatalf("save the fleet's item: %v", err)
	}
	w.due()
	w.run()
	return w.item().DueAt.Sub(w.now)
}

// The larger the fleet, the more rarely a stream is looked at that does nothing. It is never unseen for an hour.
func TestIdleStreamsOfALargeFleetAreLookedAtRarely(t *testing.T) {
	for streams, want := range map[int][2]time.Duration{
		0:      {6 * time.Minute, 8 * time.Minute},
		1_000:  {6 * time.Minute, 8 * time.Minute},
		5_000:  {10 * time.Minute, 14 * time.Minute},
		10_000: {20 * time.Minute, 28 * time.Minute},
		90_000: {33 * time.Minute, 45 * time.Minute},
	} {
		w := newWorld(t)
		w.enrolled(orders, 4, 2)
		w.now = w.now.Add(2 * time.Hour)
		w.run() // finds what the hours have changed
		w.now = w.now.Add(time.Minute)
		if rest := w.rest(streams); rest < want[0] || rest > want[1] {
			t.Errorf("%d streams: looked at again after %s, want %s to %s", streams, rest, want[0], want[1])
		}
	}
}

// A stream that does something is looked at every eight minutes in any fleet.
func TestBusyStreamsAreLookedAtAsEver(t *testing.T) {
	for name, happens := range map[string]func(w *world, s *ledger.Item){
		"resharded within a day": func(w *world, s *ledger.Item) {
			s.Operations = scaling.Operations{{At: w.now.Add(-23 * time.Hour), From: 2, To: 4, Direction: scaling.Up}}
		},
		"a decision waits": func(w *world, s *ledger.Item) { s.Down.RetryAt = w.now.Add(40 * time.Minute) },
		"its alarms drifted": func(w *world, _ *ledger.Item) {
			w.alarms[scaling.AlarmName(orders, scaling.Down)].want.OpenShards = 3
		},
	} {
		w := newWorld(t)
		w.enrolled(orders, 4, 2)
		w.now = w.now.Add(2 * time.Hour)
		w.run()
		w.now = w.now.Add(time.Minute)
		w.changeItem(orders, func(s *ledger.Item) { happens(w, s) })
		if rest := w.rest(10_000); rest > 8*time.Minute {
			t.Errorf("%s: looked at again after %s", name, rest)
		}
	}
}

// The sweep counts the enrolled streams, over all its runs.
func TestTheSweepCountsTheFleet(t *testing.T) {
	w := newWorld(t)
	w.fleetOf(7)
	w.stream("new", 4, 2)
	w.stream("untagged", 4, 2).tags = nil
	w.pace.SweepBatch, w.page = 4, 3
	w.now = w.now.Add(time.Hour)
	for range 6 {
		w.now = w.now.Add(2 * time.Minute)
		w.run()
	}
	if f := w.fleet(); f.Streams != 8 || f.Counted != 0 {
		t.Errorf("%d streams counted, %d so far in the next sweep", f.Streams, f.Counted)
	}
}
