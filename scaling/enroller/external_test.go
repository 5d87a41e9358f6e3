package enroller_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// slots are the operations that count, as who made them and to what size.
func slots(s ledger.Item) map[string]int {
	found := map[string]int{}
	for _, op := range s.Operations {
		found[op.Actor] += op.To
	}
	return found
}

func TestAReshardingBySomebodyElse(t *testing.T) {
	b := enrolled(t)
	at := b.now.Add(-30 * time.Second)
	b.see(func(s *scaling.Summary) { s.Status = scaling.StatusUpdating })
	b.resharded(at, 0, 8, report.External)
	s := b.item()
	want := scaling.Operations{{At: at, Direction: scaling.Up, From: 4, To: 8, Actor: person}}
	if diff := cmp.Diff(want, s.Operations); diff != "" {
		t.Error(diff)
	}
	if s.OpenShards != 4 || !s.DueAt.Equal(noon()) {
		t.Errorf("item %+v", s)
	}
	// Delivered again, now, later, and after the stream is ACTIVE: it is counted.
	b.resharded(at, 0, 8, report.Checked)
	b.now = b.now.Add(20 * time.Minute)
	b.see(func(s *scaling.Summary) { s.Status, s.OpenShards = scaling.StatusActive, 8 })
	b.resharded(at, 4, 8, report.Checked)
	s = b.item()
	if diff := cmp.Diff(want, s.Operations); diff != "" {
		t.Error(diff)
	}
	if s.OpenShards != 8 || b.made["orders"].OpenShards != 8 || !s.AlarmsInSync() {
		t.Errorf("item %+v, alarms %+v", s, b.made["orders"])
	}
	if h := b.history(); len(h) != 3 {
		t.Errorf("history %v", h)
	}
}

// One call is told of twice: by the event, and by the size of the stream. Whichever is first,
// it takes one slot, in the end that of the person who made it.
func TestAReshardingIsCountedOnceInAnyOrder(t *testing.T) {
	at := noon().Add(30 * time.Second)
	event := func(b *bench, want report.Event) { b.resharded(at, 4, 8, want) }
	look := func(b *bench, want report.Event) { b.tell("AddTagsToStream", "orders", want) }
	tests := []struct {
		name  string
		lines int // of history: the look's own line stays
		steps func(*bench)
	}{
		{"both at once", 1, func(b *bench) { event(b, report.External) }},
		{"event first", 1, func(b *bench) { event(b, report.External); look(b, report.Checked) }},
		{"size first", 2, func(b *bench) { look(b, report.External); event(b, report.External) }},
		{"size, event, event, size", 2, func(b *bench) {
			look(b, report.External)
			event(b, report.External)
			event(b, report.Checked)
			look(b, report.Checked)
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := enrolled(t)
			b.now = b.now.Add(10 * time.Minute)
			b.see(func(s *scaling.Summary) { s.OpenShards = 8 })
			tt.steps(b)
			if diff := cmp.Diff(map[string]int{person: 8}, slots(b.item())); diff != "" {
				t.Error(diff)
			}
			if h := b.history(); len(h) != 2+tt.lines {
				t.Errorf("history %v", h)
			}
		})
	}
}

// The function's role may show in the event in a way we did not think of.
func TestTheEventOfOurOwnCallTakesNoSecondSlot(t *testing.T) {
	b := enrolled(t)
	b.change(func(s *ledger.Item) {
		s.Operations = scaling.Operations{{At: b.now, Direction: scaling.Up, From: 4, To: 8, Fence: 1, Actor: "scaler/1"}}
	})
	b.resharded(b.now.Add(3*time.Second), 4, 8, report.Checked)
	if diff := cmp.Diff(map[string]int{"scaler/1": 8}, slots(b.item())); diff != "" {
		t.Error(diff)
	}
	// Somebody else's call to the same size comes later than that.
	b.resharded(b.now.Add(10*time.Minute), 4, 8, report.External)
	if diff := cmp.Diff(map[string]int{"scaler/1": 8, person: 8}, slots(b.item())); diff != "" {
		t.Error(diff)
	}
}

func TestAReshardingOfAStreamThatIsNotOurs(t *testing.T) {
	b := newBench(t)
	b.stream("orders", 4)
	b.resharded(noon(), 4, 8, report.Ignored)
	if len(b.called("Save")) > 0 {
		t.Errorf("calls %v", b.calls)
	}
	// Enrolled by the same event: the service counts the call, and so do we.
	b.tag("orders", "shardkeeper", "enabled")
	b.resharded(noon(), 4, 8, report.Enrolled)
	if s := b.item(); s.Status != ledger.Enrolled || len(s.Operations) != 1 {
		t.Errorf("item %+v", s)
	}
	b.tag("orders")
	b.now = b.now.Add(time.Hour)
	b.resharded(b.now, 8, 16, report.Unenrolled)
	if s := b.item(); len(s.Operations) != 1 {
		t.Errorf("operations %v", s.Operations)
	}
}

// An event that does not tell the size before its call says nothing of the size of now, which others may have made since.
func TestTheSizeBeforeACallThatIsToldLate(t *testing.T) {
	b := enrolled(t)
	called := b.now.Add(time.Minute)
	b.now = b.now.Add(3 * time.Hour)
	b.see(func(s *scaling.Summary) { s.OpenShards = 16 }) // 4 to 8 by the call, and on from there
	b.tell("CreateStream", "orders", report.External)
	b.resharded(called, 0, 8, report.External)
	for _, op := range b.item().Operations {
		if op.At.Equal(called) && (op.From != 0 || op.Direction != scaling.Hold) {
			t.Errorf("operation %+v", op)
		}
	}
}
