package enroller_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

func TestABadNameIsBadInput(t *testing.T) {
	b := newBench(t)
	for _, name := range []string{"", "a b", "stream/orders", strings.Repeat("x", 129)} {
		b.tell("CreateStream", name, report.BadInput)
	}
	if len(b.calls) > 0 {
		t.Errorf("calls %v", b.calls)
	}
}

func TestConflictsAreTriedAgain(t *testing.T) {
	b := newBench(t)
	b.stream("orders", 4, "shardkeeper", "enabled")
	b.fail["Save"] = []error{ledger.ErrConflict, ledger.ErrConflict}
	b.tell("CreateStream", "orders", report.Enrolled)
	if b.item().Status != ledger.Enrolled || len(b.called("Describe")) != 3 {
		t.Errorf("calls %v: each attempt reads the stream anew", b.calls)
	}
	b.fail["Save"] = slices.Repeat([]error{ledger.ErrConflict}, 9)
	b.tag("orders")
	_, err := b.enroller().Refresh(t.Context(), "orders")
	if !errors.Is(err, ledger.ErrConflict) || !strings.Contains(err.Error(), "orders") {
		t.Errorf("err = %v", err)
	}
}

func TestAnotherWriterInTheMiddleLosesNothing(t *testing.T) {
	b := enrolled(t)
	b.tag("orders", "shardkeeper", "enabled", "shardkeeper:max-shards", "16")
	b.steps["Tags"] = func() { b.change(func(s *ledger.Item) { s.Up.Handled = noon() }) }
	b.tell("AddTagsToStream", "orders", report.Settings)
	if s := b.item(); !s.Up.Handled.Equal(noon()) || s.Settings.MaxShards != 16 {
		t.Errorf("item %+v", s)
	}
}

func TestWithoutAnAnswerNothingIsChanged(t *testing.T) {
	for _, call := range []string{"Load", "Describe", "Tags", "Save"} {
		b := enrolled(t)
		before := b.item()
		b.tag("orders")
		b.fail[call] = []error{scaling.ErrThrottled}
		if _, err := b.enroller().Refresh(t.Context(), "orders"); !errors.Is(err, scaling.ErrThrottled) {
			t.Errorf("%s: err = %v", call, err)
		}
		if diff := cmp.Diff(before, b.item()); diff != "" || len(b.made) != 1 {
			t.Errorf("%s: %s, alarms %v", call, diff, b.made)
		}
	}
}

func TestAlarmsThatCannotBeMadeAreLeftToTheReconciler(t *testing.T) {
	b := newBench(t)
	b.stream("orders", 4, "shardkeeper", "enabled")
	b.fail["UpdateAlarms"] = []error{scaling.ErrThrottled}
	r := b.tell("CreateStream", "orders", report.Enrolled)
	if len(r.Faults) != 1 || !errors.Is(r.Faults[0], scaling.ErrThrottled) {
		t.Errorf("faults %v", r.Faults)
	}
	s := b.item()
	if s.AlarmsInSync() || !s.DueAt.Equal(noon()) {
		t.Errorf("item %+v", s)
	}
	// One of the two may have been made. So when the stream is suspended next, they are deleted.
	b.see(func(s *scaling.Summary) { s.Mode = scaling.ModeOnDemand })
	b.tell("UpdateStreamMode", "orders", report.Suspended)
	if calls := b.called("DeleteAlarms"); len(calls) != 1 {
		t.Errorf("calls %v", b.calls)
	}
}

func TestAlarmsThatCannotBeDeletedAreLeftToTheReconciler(t *testing.T) {
	b := enrolled(t)
	b.tag("orders")
	b.fail["DeleteAlarms"] = []error{scaling.ErrThrottled}
	r := b.tell("RemoveTagsFromStream", "orders", report.Unenrolled)
	if s := b.item(); len(r.Faults) != 1 || s.Alarms == (ledger.AlarmsHeld{}) || !s.DueAt.Equal(b.now) {
		t.Errorf("faults %v, item %+v", r.Faults, s)
	}
}

// The item is written again once the alarms are made. That another writer was first then is no
// fault: the reconciler finds out what the alarms hold.
func TestAConflictAfterTheAlarmsIsNoFault(t *testing.T) {
	b := newBench(t)
	b.stream("orders", 4, "shardkeeper", "enabled")
	b.steps["UpdateAlarms"] = func() { b.change(func(s *ledger.Item) { s.Up.Handled = noon() }) }
	if r := b.tell("CreateStream", "orders", report.Enrolled); len(r.Faults) > 0 {
		t.Errorf("faults %v", r.Faults)
	}
	if s := b.item(); s.AlarmsInSync() || !s.DueAt.Equal(noon()) {
		t.Errorf("item %+v", s)
	}
}
