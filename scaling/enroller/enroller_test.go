package enroller_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// enrolled is a bench with the stream orders of 4 shards, enrolled a minute ago.
func enrolled(t *testing.T, tags ...string) *bench {
	t.Helper()
	b := newBench(t)
	b.stream("orders", 4, append([]string{"shardkeeper", "enabled"}, tags...)...)
	b.tell("CreateStream", "orders", report.Enrolled)
	b.now = b.now.Add(time.Minute)
	b.calls = nil
	return b
}

func TestATaggedStreamIsEnrolledWithItsAlarms(t *testing.T) {
	b := newBench(t)
	b.rules.Defaults = scaling.Layer{"max-shards": "50", "min-shards": "2"}
	b.stream("orders", 4, "shardkeeper", "enabled", "shardkeeper:max-shards", "16", "team", "checkout")
	b.tell("CreateStream", "orders", report.Enrolled)
	s := b.item()
	if s.Status != ledger.Enrolled || s.OpenShards != 4 || !s.EnrolledAt.Equal(noon()) || s.ARN == "" || s.CreatedAt.IsZero() {
		t.Errorf("item %+v", s)
	}
	if s.Settings.MinShards != 2 || s.Settings.MaxShards != 16 || s.SettingsRevision != 1 {
		t.Errorf("settings %+v", s.Settings)
	}
	if diff := cmp.Diff(scaling.Layer{"mode": "enabled", "max-shards": "16"}, s.Tags); diff != "" {
		t.Error(diff)
	}
	if want := (scaling.AlarmWant{Stream: "orders", OpenShards: 4, Settings: s.Settings, Usable: s.UsableAt(4)}); b.made["orders"] != want || !s.AlarmsInSync() {
		t.Errorf("alarms %+v, noted as %+v", b.made["orders"], s.Alarms)
	}
	if !s.DueAt.Equal(noon()) {
		t.Errorf("due at %v: the reconciler must know of the stream", s.DueAt)
	}
	if diff := cmp.Diff([]string{"enrollment: enrolled", "settings: first settings"}, b.history()); diff != "" {
		t.Error(diff)
	}
}

func TestAStreamWithoutTheTagIsLeftAlone(t *testing.T) {
	b := newBench(t)
	b.stream("orders", 4, "team", "checkout")
	b.tell("CreateStream", "orders", report.Ignored)
	b.tell("DeleteStream", "never-seen", report.Ignored)
	b.stream("clicks", 4, "shardkeeper", "disabled")
	b.tell("CreateStream", "clicks", report.Ignored)
	if len(b.called("Save")) > 0 || len(b.made) > 0 {
		t.Errorf("calls %v", b.calls)
	}
}

func TestEnrollAll(t *testing.T) {
	b := newBench(t)
	b.rules.EnrollAll = true
	b.stream("orders", 4)
	b.tell("CreateStream", "orders", report.Enrolled)
	b.stream("clicks", 4, "shardkeeper", "disabled")
	b.tell("CreateStream", "clicks", report.Ignored)
	b.calls = nil
	b.tell("AddTagsToStream", "orders", report.Checked)
	if len(b.called("Save")) > 0 {
		t.Error("a stream without tags is written anew each time")
	}
	b.tag("orders", "shardkeeper", "disabled")
	b.tell("AddTagsToStream", "orders", report.Unenrolled)
}

// The same event again, and any other event that changes nothing, reads and writes nothing more.
func TestEventsThatChangeNothing(t *testing.T) {
	b := enrolled(t)
	before := b.item()
	for _, call := range []string{"CreateStream", "CreateStream", "AddTagsToStream", "TagResource", "UntagResource", "SplitShard", "UpdateStreamMode", "DeleteStream"} {
		b.tell(call, "orders", report.Checked)
	}
	for _, call := range []string{"Save", "UpdateAlarms", "DeleteAlarms"} {
		if calls := b.called(call); len(calls) > 0 {
			t.Errorf("called %v", calls)
		}
	}
	if diff := cmp.Diff(before, b.item()); diff != "" {
		t.Error(diff)
	}
}

func TestTagsChangeTheSettings(t *testing.T) {
	b := enrolled(t)
	b.tag("orders", "shardkeeper", "enabled", "shardkeeper:max-shards", "16")
	b.tell("AddTagsToStream", "orders", report.Settings)
	s := b.item()
	if s.Settings.MaxShards != 16 || s.SettingsRevision != 2 || !s.AlarmsInSync() || b.made["orders"].Settings.MaxShards != 16 {
		t.Errorf("item %+v", s)
	}
	if s.Up.RetryAt.IsZero() || s.Down.RetryAt.IsZero() {
		t.Error("what held a decision may have been a setting: both alarms are to be armed again")
	}
	if line := b.history()[2]; line != "settings: max-shards 10000 -> 16" {
		t.Errorf("history %q", line)
	}
}

// A tag that says what is in force already has no line in the history. But the stack's default
// may change some day, and then the tag counts.
func TestATagThatChangesNothingYetIsKept(t *testing.T) {
	b := enrolled(t)
	b.tag("orders", "shardkeeper", "enabled", "shardkeeper:min-shards", "1")
	b.tell("AddTagsToStream", "orders", report.Checked)
	if s := b.item(); s.Tags["min-shards"] != "1" {
		t.Errorf("tags %v", s.Tags)
	}
	if h := b.history(); len(h) != 2 {
		t.Errorf("history %v", h)
	}
}

func TestABadTagAtFirst(t *testing.T) {
	b := newBench(t)
	b.stream("orders", 4, "shardkeeper", "enabled", "shardkeeper:min-shards", "many")
	r := b.tell("CreateStream", "orders", report.BadSettings)
	if !strings.Contains(r.Detail, "min-shards") {
		t.Errorf("detail %q", r.Detail)
	}
	s := b.item()
	if s.Status != ledger.Suspended || s.StatusReason != ledger.SuspendedSettings || len(b.made) > 0 {
		t.Errorf("item %+v, alarms %v", s, b.made)
	}
	b.now = b.now.Add(time.Minute)
	b.tell("AddTagsToStream", "orders", report.Checked)
	if h := b.history(); len(h) != 2 {
		t.Errorf("history %v: the same mistake is told once", h)
	}
	b.now = b.now.Add(time.Minute)
	b.tag("orders", "shardkeeper", "enabled", "shardkeeper:min-shards", "2")
	b.tell("AddTagsToStream", "orders", report.Enrolled)
	if s := b.item(); s.Status != ledger.Enrolled || s.Settings.MinShards != 2 || !s.AlarmsInSync() {
		t.Errorf("item %+v", s)
	}
}

func TestABadTagLater(t *testing.T) {
	b := enrolled(t, "shardkeeper:max-shards", "16")
	b.tag("orders", "shardkeeper", "enabled", "shardkeeper:max-shards", "0")
	b.tell("AddTagsToStream", "orders", report.BadSettings)
	s := b.item()
	if s.Status != ledger.Enrolled || s.Settings.MaxShards != 16 || !strings.Contains(s.SettingsFault, "max-shards") || b.made["orders"].Settings.MaxShards != 16 {
		t.Errorf("item %+v: the last good settings stay", s)
	}
	b.now = b.now.Add(time.Minute)
	b.tell("AddTagsToStream", "orders", report.Checked)
	b.tag("orders", "shardkeeper", "enabled", "shardkeeper:max-shards", "16")
	b.tell("AddTagsToStream", "orders", report.Settings)
	want := []string{
		"enrollment: enrolled", "settings: first settings",
		"settings: cannot be used, the last good settings stay: max-shards: 0 is not between 1 and 10000; min-shards: 1 is above max-shards 0",
		"settings: the mistake was mended",
	}
	if diff := cmp.Diff(want, b.history()); diff != "" {
		t.Error(diff)
	}
}

func TestAStreamThatIsBeingMadeGetsItsAlarmsLater(t *testing.T) {
	b := newBench(t)
	b.stream("orders", 0, "shardkeeper", "enabled")
	b.see(func(s *scaling.Summary) { s.Status = scaling.StatusCreating })
	b.tell("CreateStream", "orders", report.Enrolled)
	if s := b.item(); s.Status != ledger.Enrolled || len(b.made) > 0 || !s.DueAt.Equal(noon()) {
		t.Errorf("item %+v, alarms %v", s, b.made)
	}
	b.see(func(s *scaling.Summary) { s.Status, s.OpenShards = scaling.StatusActive, 4 })
	b.tell("AddTagsToStream", "orders", report.Checked)
	if s := b.item(); s.OpenShards != 4 || !s.AlarmsInSync() || len(s.Operations) > 0 {
		t.Errorf("item %+v", s)
	}
}

func TestOnDemandSuspends(t *testing.T) {
	b := enrolled(t)
	b.see(func(s *scaling.Summary) { s.Mode = scaling.ModeOnDemand })
	b.tell("UpdateStreamMode", "orders", report.Suspended)
	s := b.item()
	if s.Status != ledger.Suspended || s.StatusReason != ledger.SuspendedOnDemand || len(b.made) > 0 || s.Alarms != (ledger.AlarmsHeld{}) {
		t.Errorf("item %+v, alarms %v", s, b.made)
	}
	b.now = b.now.Add(time.Hour)
	b.see(func(s *scaling.Summary) { s.OpenShards = 40 }) // the service's own doing
	b.tell("SplitShard", "orders", report.Checked)
	b.change(func(s *ledger.Item) { s.Up.RetryAt, s.Down.RetryAt = time.Time{}, time.Time{} })
	b.now = b.now.Add(time.Hour)
	b.see(func(s *scaling.Summary) { s.Mode = scaling.ModeProvisioned })
	b.tell("UpdateStreamMode", "orders", report.Enrolled)
	s = b.item()
	if s.Status != ledger.Enrolled || b.made["orders"].OpenShards != 40 || !s.EnrolledAt.Equal(noon()) {
		t.Errorf("item %+v, alarms %v", s, b.made)
	}
	if len(s.Operations) > 0 {
		t.Errorf("operations %v: nobody resharded the stream", s.Operations)
	}
	if !s.Up.RetryAt.Equal(b.now) || !s.Down.RetryAt.Equal(b.now) {
		t.Error("an alarm may have gone to ALARM meanwhile, nobody acted on it, and it would never notify again")
	}
}

func TestUnenrolling(t *testing.T) {
	tests := map[string]func(*bench){
		"tag removed":   func(b *bench) { b.tag("orders", "team", "checkout") },
		"tag disabled":  func(b *bench) { b.tag("orders", "shardkeeper", "disabled") },
		"deleted":       func(b *bench) { delete(b.sum, "orders") },
		"being deleted": func(b *bench) { b.see(func(s *scaling.Summary) { s.Status = scaling.StatusDeleting }) },
		"deleted while it was looked at": func(b *bench) {
			b.fail["Tags"] = []error{scaling.ErrStreamNotFound}
		},
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			b := enrolled(t)
			b.change(func(s *ledger.Item) { s.Fence, s.DueAt = 7, b.now.Add(time.Hour) })
			change(b)
			b.tell("something", "orders", report.Unenrolled)
			s := b.item()
			if s.Status != ledger.Unenrolled || s.Fence != 7 || len(b.made) > 0 {
				t.Errorf("item %+v, alarms %v", s, b.made)
			}
			if !s.DueAt.Equal(b.now) || s.Alarms == (ledger.AlarmsHeld{}) {
				t.Errorf("due at %v, alarms %+v: the reconciler must see that they stay away", s.DueAt, s.Alarms)
			}
			if h := b.history(); len(h) != 3 {
				t.Errorf("history %v", h)
			}
		})
	}
}

// Enrolled again, the stream keeps its fence and gets its alarms at once, though the settings
// and the size are as they were.
func TestEnrollingAgain(t *testing.T) {
	b := enrolled(t)
	b.change(func(s *ledger.Item) { s.Fence = 7 })
	b.tag("orders")
	b.tell("RemoveTagsFromStream", "orders", report.Unenrolled)
	b.now = b.now.Add(time.Minute)
	b.tag("orders", "shardkeeper", "enabled")
	b.tell("AddTagsToStream", "orders", report.Enrolled)
	s := b.item()
	if s.Fence != 7 || !s.EnrolledAt.Equal(b.now) || b.made["orders"].OpenShards != 4 || !s.AlarmsInSync() {
		t.Errorf("item %+v, alarms %v", s, b.made)
	}
}

func TestAnUnenrolledStreamsOperationStaysToBeSettled(t *testing.T) {
	b := enrolled(t)
	b.change(func(s *ledger.Item) {
		s.InFlight = &ledger.Entry{At: b.now, ID: "op-1", Kind: ledger.KindOperation, From: 4, To: 8, Fence: 1, Outcome: ledger.OutcomeAccepted}
	})
	b.tag("orders")
	b.tell("RemoveTagsFromStream", "orders", report.Unenrolled)
	if s := b.item(); s.InFlight == nil || s.DueAt.IsZero() {
		t.Errorf("item %+v", s)
	}
}

func TestAStreamMadeAgain(t *testing.T) {
	tests := map[string]int{"with the same size": 4, "with another size": 2}
	for name, open := range tests {
		t.Run(name, func(t *testing.T) {
			b := enrolled(t)
			b.change(func(s *ledger.Item) {
				s.InFlight = &ledger.Entry{Stream: "orders", At: b.now, ID: "op-1", Kind: ledger.KindOperation, From: 4, To: 8, Fence: 1, Outcome: ledger.OutcomeAccepted}
				s.Operations = scaling.Operations{{At: b.now, From: 4, To: 8, Fence: 1}}
				s.Up = ledger.Watch{Handled: b.now}
			})
			b.now = b.now.Add(time.Hour)
			b.see(func(s *scaling.Summary) { s.CreatedAt, s.OpenShards = b.now, open })
			b.tell("CreateStream", "orders", report.Checked)
			s := b.item()
			if s.InFlight != nil || len(s.Operations) != 1 || s.OpenShards != open || !s.CreatedAt.Equal(b.now) || b.made["orders"].OpenShards != open {
				t.Errorf("item %+v: the operation ended with its stream, and nobody resharded the new one", s)
			}
			if s.Up.RetryAt.IsZero() {
				t.Error("the alarm of the old stream may be in ALARM still, and would never speak again")
			}
			if h := b.history(); len(h) != 3 || h[2] != "operation: the stream was made again" {
				t.Errorf("history %v", h)
			}
		})
	}
}
