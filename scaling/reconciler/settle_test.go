package reconciler_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

func TestAnOperationIsSettledByWhatTheStreamShows(t *testing.T) {
	const soon = 2 * time.Minute
	active, updating := scaling.StatusActive, scaling.StatusUpdating
	tests := []struct {
		name    string
		outcome ledger.Outcome // so far, of an operation from 4 to 8
		ago     time.Duration
		status  scaling.StreamStatus
		open    int
		want    ledger.Outcome // in the history, after the look
		slots   int            // ours, and that of whoever resharded the stream since
	}{
		{"done", ledger.OutcomeAccepted, soon, active, 8, ledger.OutcomeCompleted, 1},
		{"done, though the answer was lost", ledger.OutcomeUnknown, soon, active, 8, ledger.OutcomeCompleted, 1},
		{"done, though the invocation died", ledger.OutcomeIntended, soon, active, 8, ledger.OutcomeCompleted, 1},
		{"at work", ledger.OutcomeAccepted, soon, updating, 4, ledger.OutcomeAccepted, 1},
		{"at work for long", ledger.OutcomeAccepted, 5 * time.Hour, updating, 6, ledger.OutcomeAccepted, 1},
		{"at work, though the answer was lost", ledger.OutcomeUnknown, soon, updating, 4, ledger.OutcomeUnknown, 1},
		{"accepted, but it does not show yet", ledger.OutcomeAccepted, soon, active, 4, ledger.OutcomeAccepted, 1},
		{"accepted, but it never showed", ledger.OutcomeAccepted, 16 * time.Minute, active, 4, ledger.OutcomeSuperseded, 2},
		{"the answer was lost, and nothing was done", ledger.OutcomeUnknown, soon, active, 4, ledger.OutcomeNotApplied, 0},
		{"the invocation died before the call", ledger.OutcomeIntended, soon, active, 4, ledger.OutcomeNotApplied, 0},
		{"too old to know", ledger.OutcomeUnknown, 16 * time.Minute, active, 4, ledger.OutcomeSuperseded, 1},
		{"somebody resharded meanwhile", ledger.OutcomeAccepted, soon, active, 6, ledger.OutcomeSuperseded, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			s := w.enrolled(orders, 4, 2)
			w.flies(4, 8, tt.ago, tt.outcome)
			s.Status, s.OpenShards = tt.status, tt.open
			w.run()
			item := w.item()
			h := w.history(ledger.KindOperation)
			if len(h) != 1 || h[0].Outcome != tt.want || len(item.Operations) != tt.slots {
				t.Fatalf("history %+v, %d slots; want %s, %d", h, len(item.Operations), tt.want, tt.slots)
			}
			final := tt.want != tt.outcome
			if settled := item.InFlight == nil; settled != final {
				t.Errorf("in flight: %+v", item.InFlight)
			}
			if final && (item.OpenShards != tt.open || w.of(scaling.Up).want.OpenShards != tt.open || !item.AlarmsInSync()) {
				t.Errorf("item %+v, alarms for %d", item, w.of(scaling.Up).want.OpenShards)
			}
			if !final && !item.DueAt.Equal(w.now.Add(nextRun)) {
				t.Errorf("due at %v, want at the next run", item.DueAt)
			}
			if tt.want == ledger.OutcomeCompleted && h[0].Duration != tt.ago {
				t.Errorf("took %v, want %v", h[0].Duration, tt.ago)
			}
		})
	}
}

// The owner of a live lease may be about to make its call. Nobody settles its claim.
func TestALiveLeaseIsLeftAlone(t *testing.T) {
	w := newWorld(t)
	w.enrolled(orders, 4, 2)
	w.flies(4, 8, 30*time.Second, ledger.OutcomeIntended)
	w.due()
	w.run()
	if s := w.item(); s.InFlight == nil || !s.DueAt.Equal(s.LeaseUntil) || len(s.Operations) != 1 {
		t.Errorf("item %+v", s)
	}
	w.now = w.now.Add(31 * time.Second)
	w.run()
	if s := w.item(); s.InFlight != nil || len(s.Operations) != 0 {
		t.Errorf("item %+v", s)
	}
}

func TestAnOperationOfAStreamThatIsGone(t *testing.T) {
	tests := map[string]func(*world){
		"deleted":       func(w *world) { delete(w.streams, orders) },
		"being deleted": func(w *world) { w.streams[orders].Status = scaling.StatusDeleting },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.enrolled(orders, 4, 2)
			w.flies(4, 8, 2*time.Minute, ledger.OutcomeAccepted)
			change(w)
			if r := w.run()[orders]; r.Event != report.Unenrolled {
				t.Errorf("report %+v", r)
			}
			s := w.item()
			if s.InFlight != nil || s.Status != ledger.Unenrolled || len(w.alarms) > 0 {
				t.Errorf("item %+v, alarms %v", s, w.alarms)
			}
			if h := w.history(ledger.KindOperation); len(h) != 1 || h[0].Outcome != ledger.OutcomeStreamGone {
				t.Errorf("history %+v", h)
			}
		})
	}
}

// A new stream of the same name is not the one that was resharded, whatever size it has.
func TestAnOperationOfAStreamThatWasMadeAgain(t *testing.T) {
	for _, open := range []int{2, 4, 8} {
		for _, tagged := range []bool{true, false} {
			w := newWorld(t)
			s := w.enrolled(orders, 4, 2)
			w.flies(4, 8, 2*time.Minute, ledger.OutcomeUnknown)
			if !tagged {
				w.change(func(s *ledger.Item) { s.Status = ledger.Unenrolled })
			}
			s.CreatedAt, s.OpenShards = w.now.Add(-time.Minute), open
			w.run()
			item := w.item()
			if item.InFlight != nil || len(item.Operations) != 1 {
				t.Errorf("%d shards: item %+v", open, item)
			}
			if h := w.history(ledger.KindOperation); len(h) != 1 || h[0].Outcome != ledger.OutcomeStreamGone {
				t.Errorf("%d shards: history %+v", open, h)
			}
			if tagged && (w.of(scaling.Up).want.OpenShards != open || !item.CreatedAt.Equal(s.CreatedAt)) {
				t.Errorf("%d shards: item %+v", open, item)
			}
		}
	}
}

func TestAnUnenrolledStreamsOperationIsSettledBeforeItsAlarmsGo(t *testing.T) {
	w := newWorld(t)
	s := w.enrolled(orders, 4, 2)
	w.flies(4, 8, time.Minute, ledger.OutcomeAccepted)
	s.Status = scaling.StatusUpdating
	s.tags = nil
	w.event("RemoveTagsFromStream")
	w.now = w.now.Add(time.Minute)
	w.run()
	if item := w.item(); item.InFlight == nil || !item.DueAt.Equal(w.now.Add(nextRun)) {
		t.Errorf("item %+v", item)
	}
	w.now = w.now.Add(time.Minute)
	s.Status, s.OpenShards = scaling.StatusActive, 8
	w.run()
	if h := w.history(ledger.KindOperation); len(h) != 1 || h[0].Outcome != ledger.OutcomeCompleted || len(w.alarms) > 0 || w.item().InFlight != nil {
		t.Errorf("history %+v, alarms %v", h, w.alarms)
	}
}

// A stream that became on-demand in the middle shows the shards that the service chose.
func TestAnOperationOfAStreamThatBecameOnDemand(t *testing.T) {
	w := newWorld(t)
	s := w.enrolled(orders, 4, 2)
	w.flies(4, 8, 2*time.Minute, ledger.OutcomeAccepted)
	s.Mode, s.OpenShards = scaling.ModeOnDemand, 12
	w.run()
	item := w.item()
	if item.InFlight != nil || item.Status != ledger.Suspended || len(w.alarms) > 0 || len(item.Operations) != 1 {
		t.Errorf("item %+v, alarms %v", item, w.alarms)
	}
	if h := w.history(ledger.KindOperation); len(h) != 1 || h[0].Outcome != ledger.OutcomeSuperseded {
		t.Errorf("history %+v", h)
	}
	if h := w.history(ledger.KindEnrollment); len(h) != 2 {
		t.Errorf("history %+v", h)
	}
}
