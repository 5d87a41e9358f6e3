package reconciler_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// An operation in flight is looked at before streams that have been due for longer.
func TestWhatIsInFlightComesFirst(t *testing.T) {
	w := newWorld(t)
	w.pace.Batch = 2
	w.fleetOf(6)
	w.enrolled(orders, 4, 2)
	w.flies(4, 8, time.Minute, ledger.OutcomeAccepted)
	for i := range 6 {
		s := w.itemOf(fmt.Sprintf("s-%d", i))
		s.DueAt = w.now.Add(-time.Hour)
		if _, err := w.kept.Save(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	w.now = w.now.Add(5 * time.Minute)
	w.calls = nil
	w.run()
	if looks := w.called("Describe"); looks[0] != "Describe "+orders || len(looks) != 7 || slices.Contains(looks[1:], "Describe "+orders) {
		t.Errorf("looks %v", looks)
	}
}

// When what is in flight cannot be found first, it is attended to with all the rest, and the fault is told.
func TestWithoutTheFirstOnesAllAreStillLookedAt(t *testing.T) {
	w := newWorld(t)
	w.enrolled(orders, 4, 2)
	w.flies(4, 8, time.Minute, ledger.OutcomeAccepted)
	w.breaks("Unfinished", errors.New("access denied"))
	w.now = w.now.Add(5 * time.Minute)
	w.calls = nil
	reports := w.run()
	if looks := w.called("Describe"); len(looks) != 1 {
		t.Errorf("looks %v", looks)
	}
	if len(reports[""].Faults) != 1 {
		t.Errorf("reports %+v", reports)
	}
}

// A run goes on looking at what is in flight until its time is over: an operation that ends meanwhile is settled, and
// the alarms follow, without another run.
func TestARunGoesOnWithWhatIsInFlight(t *testing.T) {
	w := newWorld(t)
	w.enrolled(orders, 4, 2)
	w.flies(4, 8, time.Minute, ledger.OutcomeAccepted)
	w.streams[orders].Status = scaling.StatusUpdating
	w.now = w.now.Add(5 * time.Minute)
	end, became := w.now.Add(55*time.Second), w.now.Add(30*time.Second)
	r := w.reconciler()
	r.Left = func(context.Context) time.Duration { return end.Sub(w.now) }
	r.Wait = func(_ context.Context, d time.Duration) error {
		w.now = w.now.Add(d)
		if !w.now.Before(became) {
			w.streams[orders].Status, w.streams[orders].OpenShards = scaling.StatusActive, 8
		}
		return nil
	}
	if _, err := r.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := w.item()
	if s.InFlight != nil || s.Alarms.Shards != 8 || !w.now.Before(end) {
		t.Errorf("at %v, of %v: %+v", w.now, end, s)
	}
	if w.now.Sub(became) > 20*time.Second {
		t.Errorf("settled %v after it ended", w.now.Sub(became))
	}
}

// The next run looks at what is in flight at once, if the one before looked at it pollEvery ago: its item's next look
// is only for the case that no run went on.
func TestTheNextRunLooksAtWhatIsInFlightAtOnce(t *testing.T) {
	w := newWorld(t)
	w.enrolled(orders, 4, 2)
	w.flies(4, 8, time.Minute, ledger.OutcomeAccepted)
	w.streams[orders].Status = scaling.StatusUpdating
	w.now = w.now.Add(5 * time.Minute)
	w.run()
	w.streams[orders].Status, w.streams[orders].OpenShards = scaling.StatusActive, 8
	for _, c := range []struct {
		after   time.Duration
		settled bool
	}{{19 * time.Second, false}, {time.Second, true}} {
		w.now = w.now.Add(c.after)
		w.run()
		if settled := w.item().InFlight == nil; settled != c.settled {
			t.Errorf("%v later: settled %v, want %v", c.after, settled, c.settled)
		}
	}
}

// A sweep takes most of a run. What is in flight is looked at in between.
func TestASweepDoesNotKeepWhatIsInFlightWaiting(t *testing.T) {
	w := newWorld(t)
	w.fleetOf(45)
	w.enrolled(orders, 4, 2)
	w.flies(4, 8, time.Minute, ledger.OutcomeAccepted)
	w.streams[orders].Status = scaling.StatusUpdating
	w.now = w.now.Add(2 * time.Hour)
	w.steps["Tags"] = func() {
		w.now = w.now.Add(30 * time.Second)
		w.streams[orders].Status, w.streams[orders].OpenShards = scaling.StatusActive, 8
	}
	w.calls = nil
	w.breaks("Tagged", scaling.ErrRefused) // so each stream is asked
	w.run()
	tags := w.called("Tags")
	if s := w.item(); s.InFlight != nil || s.Alarms.Shards != 8 {
		t.Errorf("not settled: %+v", s.InFlight)
	}
	last := slices.Index(w.calls, tags[len(tags)-1])
	if settled := slices.Index(w.calls[:last], "Save "+orders); len(tags) != 46 || settled < 0 {
		t.Errorf("%d streams swept; settled in between: %v", len(tags), settled >= 0)
	}
}
