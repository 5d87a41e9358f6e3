package reconciler_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

func TestAnOperationIsSettledByWhatTheStreamShows(t *testing.T) {
	const soon = 2 * time.Minute
	active, updating := scaling.StatusActive, scaling.StatusUpdating
	tests := []struct {
		name    string
		outcome scaling.Outcome // so far, of an operation from 4 to 8
		ago     time.Duration
		status  scaling.StreamStatus
		open    int
		want    scaling.Outcome // in the history, after the look
		slots   int             // ours, and that of whoever resharded the stream since
	}{
		{"done", scaling.OutcomeAccepted, soon, active, 8, scaling.OutcomeCompleted, 1},
		{"done, though the answer was lost", scaling.OutcomeUnknown, soon, active, 8, scaling.OutcomeCompleted, 1},
		{"done, though the invocation died", scaling.OutcomeIntended, soon, active, 8, scaling.OutcomeCompleted, 1},
		{"at work", scaling.OutcomeAccepted, soon, updating, 4, scaling.OutcomeAccepted, 1},
		{"at work for long", scaling.OutcomeAccepted, 5 * time.Hour, updating, 6, scaling.OutcomeAccepted, 1},
		{"at work, though the answer was lost", scaling.OutcomeUnknown, soon, updating, 4, scaling.OutcomeUnknown, 1},
		{"accepted, but it does not show yet", scaling.OutcomeAccepted, soon, active, 4, scaling.OutcomeAccepted, 1},
		{"accepted, but it never showed", scaling.OutcomeAccepted, 16 * time.Minute, active, 4, scaling.OutcomeSuperseded, 2},
		{"the answer was lost, and nothing was done", scaling.OutcomeUnknown, soon, active, 4, scaling.OutcomeNotApplied, 0},
		{"the invocation died before the call", scaling.OutcomeIntended, soon, active, 4, scaling.OutcomeNotApplied, 0},
		{"too old to know", scaling.OutcomeUnknown, 16 * time.Minute, active, 4, scaling.OutcomeSuperseded, 1},
		{"somebody resharded meanwhile", scaling.OutcomeAccepted, soon, active, 6, scaling.OutcomeSuperseded, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			s := w.enrolled(orders, 4, 2)
			w.flies(4, 8, tt.ago, tt.outcome)
			s.Status, s.OpenShards = tt.status, tt.open
			w.run()
			item := w.item()
			h := w.history(scaling.KindOperation)
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
			if tt.want == scaling.OutcomeCompleted && h[0].Duration != tt.ago {
				t.Errorf("took %v, want %v", h[0].Duration, tt.ago)
			}
		})
	}
}

// The owner of a live lease may be about to make its call. Nobody settles its claim.
func TestALiveLeaseIsLeftAlone(t *testing.T) {
	w := newWorld(t)
	w.enrolled(orders, 4, 2)
	w.flies(4, 8, 30*time.Second, scaling.OutcomeIntended)
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
			w.flies(4, 8, 2*time.Minute, scaling.OutcomeAccepted)
			change(w)
			if r := w.run()[orders]; r.Event != scaling.EventUnenrolled {
				t.Errorf("report %+v", r)
			}
			s := w.item()
			if s.InFlight != nil || s.Status != scaling.Unenrolled || len(w.alarms) > 0 {
				t.Errorf("item %+v, alarms %v", s, w.alarms)
			}
			if h := w.history(scaling.KindOperation); len(h) != 1 || h[0].Outcome != scaling.OutcomeStreamGone {
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
			w.flies(4, 8, 2*time.Minute, scaling.OutcomeUnknown)
			if !tagged {
				w.change(func(s *scaling.Stream) { s.Status = scaling.Unenrolled })
			}
			s.CreatedAt, s.OpenShards = w.now.Add(-time.Minute), open
			w.run()
			item := w.item()
			if item.InFlight != nil || len(item.Operations) != 1 {
				t.Errorf("%d shards: item %+v", open, item)
			}
			if h := w.history(scaling.KindOperation); len(h) != 1 || h[0].Outcome != scaling.OutcomeStreamGone {
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
	w.flies(4, 8, time.Minute, scaling.OutcomeAccepted)
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
	if h := w.history(scaling.KindOperation); len(h) != 1 || h[0].Outcome != scaling.OutcomeCompleted || len(w.alarms) > 0 || w.item().InFlight != nil {
		t.Errorf("history %+v, alarms %v", h, w.alarms)
	}
}

// A stream that became on-demand in the middle shows the shards that the service chose.
func TestAnOperationOfAStreamThatBecameOnDemand(t *testing.T) {
	w := newWorld(t)
	s := w.enrolled(orders, 4, 2)
	w.flies(4, 8, 2*time.Minute, scaling.OutcomeAccepted)
	s.Mode, s.OpenShards = scaling.ModeOnDemand, 12
	w.run()
	item := w.item()
	if item.InFlight != nil || item.Status != scaling.Suspended || len(w.alarms) > 0 || len(item.Operations) != 1 {
		t.Errorf("item %+v, alarms %v", item, w.alarms)
	}
	if h := w.history(scaling.KindOperation); len(h) != 1 || h[0].Outcome != scaling.OutcomeSuperseded {
		t.Errorf("history %+v", h)
	}
	if h := w.history(scaling.KindEnrollment); len(h) != 2 {
		t.Errorf("history %+v", h)
	}
}
