package ledger_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// tagged is the settings of the tags of an enrolled stream.
func tagged(more ...string) scaling.Layer {
	layer := scaling.Layer{"mode": "enabled"}
	for i := 0; i < len(more); i += 2 {
		layer[more[i]] = more[i+1]
	}
	return layer
}

// fresh is the item of a stream after the first refresh at noon.
func fresh(t tester, tags scaling.Layer) ledger.Item {
	t.Helper()
	s, _ := ledger.Rules{}.Refresh(ledger.Item{Name: "orders"}, seen(4), tags, noon(), "enroller")
	return s
}

// told is an entry in short: its kind and its detail.
func told(entries []ledger.Entry) []string {
	var list []string
	for _, e := range entries {
		list = append(list, string(e.Kind)+": "+e.Detail)
	}
	return list
}

func TestWants(t *testing.T) {
	for _, c := range []struct {
		tags        scaling.Layer
		tagged, all bool // enrolled under each mode of the stack
	}{
		{scaling.Layer{}, false, true},
		{scaling.Layer{"min-shards": "2"}, false, true},
		{scaling.Layer{"mode": "enabled"}, true, true},
		{scaling.Layer{"mode": "dry-run"}, true, true},
		{scaling.Layer{"mode": "disabled"}, false, false},
		{scaling.Layer{"mode": " disabled "}, false, false},
		{scaling.Layer{"mode": "enabeld"}, true, true}, // so that the mistake is seen
		{scaling.Layer{"mode": ""}, true, true},
	} {
		if got := (ledger.Rules{}).Wants(c.tags); got != c.tagged {
			t.Errorf("%v: %v, want %v", c.tags, got, c.tagged)
		}
		if got := (ledger.Rules{EnrollAll: true}).Wants(c.tags); got != c.all {
			t.Errorf("%v, enrolling all: %v, want %v", c.tags, got, c.all)
		}
	}
}

// Of two stacks of an account and Region exactly one takes a stream, whatever its tag says.
func TestAStreamIsOneStacks(t *testing.T) {
	for _, c := range []struct {
		tag              string
		plain, blue, red bool // which stack wants it: without a name, blue, red that enrolls all
	}{
		{"", true, false, false},
		{" ", true, false, false},
		{"blue", false, true, false},
		{" blue ", false, true, false},
		{"red", false, false, true},
		{"Blue", false, false, false},
	} {
		tags := tagged("min-shards", "2")
		if c.tag != "" {
			tags[scaling.StackKey] = c.tag
		}
		got := [3]bool{
			(ledger.Rules{}).Wants(tags), (ledger.Rules{Stack: "blue"}).Wants(tags), (ledger.Rules{Stack: "red", EnrollAll: true}).Wants(tags),
		}
		if got != [3]bool{c.plain, c.blue, c.red} {
			t.Errorf("tag %q: %v, want %v", c.tag, got, c)
		}
	}
}

// The tag is no setting: it is no fault, and its change is a change of hands.
func TestAStreamChangesHands(t *testing.T) {
	tags := tagged("min-shards", "2")
	tags[scaling.StackKey] = "blue"
	blue := ledger.Rules{Stack: "blue"}
	s, _ := blue.Refresh(ledger.Item{Name: "orders"}, seen(4), tags, noon(), "enroller")
	if s.Status != ledger.Enrolled || s.SettingsFault != "" || s.Settings.MinShards != 2 || s.Tags[scaling.StackKey] != "blue" {
		t.Fatalf("%s, fault %q, tags %v", s.Status, s.SettingsFault, s.Tags)
	}
	tags = tagged("min-shards", "2")
	tags[scaling.StackKey] = "red"
	s, entries := blue.Refresh(s, seen(4), tags, noon(), "enroller")
	if want := `of another stack: tag shardkeeper:stack is "red"`; s.Status != ledger.Unenrolled || s.StatusReason != want || len(entries) != 1 {
		t.Errorf("%s because of %q: %v", s.Status, s.StatusReason, entries)
	}
	s, _ = (ledger.Rules{}).Refresh(s, seen(4), tagged("stack", "x"), noon(), "enroller")
	if s.Status == ledger.Enrolled {
		t.Error("the stack without a name takes a stream of the stack x")
	}
}

func TestRefreshEnrolls(t *testing.T) {
	rules := ledger.Rules{Defaults: scaling.Layer{"max-shards": "50"}}
	s, entries := rules.Refresh(ledger.Item{Name: "orders"}, seen(4), tagged("min-shards", "2"), noon(), "enroller")
	want := ledger.Item{
		Name: "orders", ARN: seen(4).ARN, CreatedAt: seen(4).CreatedAt, Status: ledger.Enrolled, EnrolledAt: noon(),
		Tags: tagged("min-shards", "2"), SettingsRevision: 1, OpenShards: 4,
		Up: ledger.Watch{RetryAt: noon()}, Down: ledger.Watch{RetryAt: noon()}, DueAt: noon(),
	}
	want.Settings = scaling.Defaults(scaling.DoubleHalve)
	want.Settings.MinShards, want.Settings.MaxShards = 2, 50
	want.Usable = scaling.NewUsableShare(noon())
	equalStream(t, s, want)
	equal(t, "entries", entries, []ledger.Entry{
		{Stream: "orders", At: noon(), ID: "settings-1", Kind: ledger.KindSettings, From: 4, To: 4, Actor: "enroller", Detail: "first settings"},
		{Stream: "orders", At: noon(), ID: "enrolled", Kind: ledger.KindEnrollment, From: 4, To: 4, Actor: "enroller", Detail: "enrolled"},
	})
}

func TestRefreshLeavesTheUntaggedAlone(t *testing.T) {
	for _, s := range []ledger.Item{{Name: "orders"}, {Name: "orders", Status: ledger.Unenrolled, Fence: 7}} {
		got, entries := ledger.Rules{}.Refresh(s, seen(4), scaling.Layer{}, noon(), "enroller")
		equalStream(t, got, s)
		equal(t, "entries", len(entries), 0)
	}
}

// Each step of a stream's life changes what it must, and says so once.
func TestRefreshSteps(t *testing.T) {
	onDemand := func() scaling.Summary {
		sum := seen(4)
		sum.Mode = scaling.ModeOnDemand
		return sum
	}
	for _, c := range []struct {
		name     string
		before   func(*ledger.Item)
		sum      scaling.Summary
		tags     scaling.Layer
		told     []string
		status   ledger.Enrollment
		reason   string
		revision int64 // of the settings
	}{
		{"nothing", nil, seen(4), tagged(), nil, ledger.Enrolled, "", 1},
		{"untagged", nil, seen(4), scaling.Layer{}, []string{"enrollment: unenrolled: not tagged"}, ledger.Unenrolled, "not tagged", 1},
		{"disabled", nil, seen(4), scaling.Layer{"mode": "disabled"}, []string{"enrollment: unenrolled: tagged disabled"}, ledger.Unenrolled, "tagged disabled", 1},
		{
			"another setting", nil, seen(4), tagged("min-shards", "3", "max-shards", "50"),
			[]string{"settings: max-shards 10000 -> 50; min-shards 1 -> 3"},
			ledger.Enrolled, "", 2,
		},
		{
			"an override", func(s *ledger.Item) { s.Overrides = scaling.Layer{"mode": "dry-run"} }, seen(4), tagged(),
			[]string{"settings: mode enabled -> dry-run"},
			ledger.Enrolled, "", 2,
		},
		{
			"a bad setting", nil, seen(4), tagged("min-shards", "x"),
			[]string{`settings: cannot be used, the last good settings stay: min-shards: "x" is not a whole number`},
			ledger.Enrolled, "", 1,
		},
		{
			"two bad settings", nil, seen(4), tagged("min-shards", "x", "policy", "y"),
			[]string{`settings: cannot be used, the last good settings stay: min-shards: "x" is not a whole number; policy: "y" is none of ` + fmt.Sprint(scaling.Policies())},
			ledger.Enrolled, "", 1,
		},
		{
			"a bad setting mended", func(s *ledger.Item) { s.SettingsFault = "min-shards" }, seen(4), tagged(),
			[]string{"settings: the mistake was mended"},
			ledger.Enrolled, "", 1,
		},
		{"switched to on-demand", nil, onDemand(), tagged(), []string{"enrollment: suspended: on-demand"}, ledger.Suspended, ledger.SuspendedOnDemand, 1},
		{
			"switched back", func(s *ledger.Item) { s.Status, s.StatusReason = ledger.Suspended, ledger.SuspendedOnDemand }, seen(4), tagged(),
			[]string{"enrollment: enrolled"},
			ledger.Enrolled, "", 1,
		},
		{
			"resharded by hand", nil, seen(7), tagged(),
			[]string{"external: resharded by somebody else"},
			ledger.Enrolled, "", 1,
		},
		{
			"tagged again", func(s *ledger.Item) { s.Status, s.StatusReason = ledger.Unenrolled, "not tagged" }, seen(4), tagged(),
			[]string{"enrollment: enrolled"},
			ledger.Enrolled, "", 1,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, later := fresh(t, tagged()), noon().Add(time.Hour)
			s.DueAt = later.Add(time.Hour)
			if c.before != nil {
				c.before(&s)
			}
			unchanged, tags := untouched(t, s), cmp.Diff(c.tags, nil)
			got, entries := ledger.Rules{}.Refresh(s, c.sum, c.tags, later, "enroller")
			unchanged()
			equal(t, "tags afterwards", cmp.Diff(c.tags, nil), tags)
			equal(t, "entries", told(entries), c.told)
			equal(t, "status", got.Status, c.status)
			equal(t, "status reason", got.StatusReason, c.reason)
			equal(t, "settings revision", got.SettingsRevision, c.revision)
			if due := later; len(c.told) > 0 && !got.DueAt.Equal(due) {
				t.Errorf("due at %v, want %v", got.DueAt, due)
			}
			again, entries := ledger.Rules{}.Refresh(got, c.sum, c.tags, later.Add(time.Minute), "enroller")
			equal(t, "entries of the same again", told(entries), nil)
			equalStream(t, again, got)
		})
	}
}

// Another policy brings its own defaults, and the history names each that changed.
func TestRefreshTellsWhatAPolicyChanges(t *testing.T) {
	before, after := scaling.Defaults(scaling.DoubleHalve).Layer(), scaling.Defaults(scaling.TargetTracking).Layer()
	var changed []string
	for _, key := range slices.Sorted(maps.Keys(after)) {
		if before[key] != after[key] {
			changed = append(changed, key+" "+before[key]+" -> "+after[key])
		}
	}
	got, entries := ledger.Rules{}.Refresh(fresh(t, tagged()), seen(4), tagged("policy", "target-tracking"), noon().Add(time.Hour), "enroller")
	equal(t, "entries", told(entries), []string{"settings: " + strings.Join(changed, "; ")})
	equal(t, "settings", got.Settings, scaling.Defaults(scaling.TargetTracking))
}

// The first tags of a stream cannot be used: it is known, and waits for better ones.
func TestRefreshSuspendsWithoutSettings(t *testing.T) {
	s := fresh(t, tagged("min-shards", "x"))
	equal(t, "status", s.Status, ledger.Suspended)
	equal(t, "reason", s.StatusReason, ledger.SuspendedSettings)
	equal(t, "settings", s.Settings, scaling.Settings{})
	mended, entries := ledger.Rules{}.Refresh(s, seen(4), tagged("min-shards", "2"), noon().Add(time.Hour), "enroller")
	equal(t, "entries", told(entries), []string{"settings: first settings", "enrollment: enrolled"})
	equal(t, "enrolled at", mended.EnrolledAt, noon())
	equal(t, "settings fault", mended.SettingsFault, "")
}

// What held a decision may have been a setting, so both alarms speak again.
func TestRefreshArmsAlarmsAfterNewSettings(t *testing.T) {
	s, later := fresh(t, tagged()), noon().Add(time.Hour)
	s = s.Held(scaling.Up, noon(), time.Time{})
	got, _ := ledger.Rules{}.Refresh(s, seen(4), tagged("max-shards", "9"), later, "enroller")
	equal(t, "up", got.Up, ledger.Watch{Handled: noon(), RetryAt: later})
	equal(t, "down", got.Down.RetryAt, later)
}

func TestUnenrolled(t *testing.T) {
	s := inFlight(t, ledger.OutcomeAccepted)
	s.Up.RetryAt, s.Down.RetryAt, s.DueAt = noon().Add(time.Hour), noon().Add(time.Hour), noon().Add(time.Hour)
	now := noon().Add(time.Minute)
	unchanged := untouched(t, s)
	got, entries := s.Unenrolled("deleted", now, "enroller")
	unchanged()
	want := s.Clone()
	want.Status, want.StatusReason, want.DueAt = ledger.Unenrolled, "deleted", now
	want.Up.RetryAt, want.Down.RetryAt = time.Time{}, time.Time{}
	equalStream(t, got, want) // the operation in flight and the fence are still there
	equal(t, "entries", entries, []ledger.Entry{{
		Stream: "orders", At: now, ID: "unenrolled", Kind: ledger.KindEnrollment, From: 4, To: 4, Actor: "enroller", Detail: "unenrolled: deleted",
	}})
	again, entries := got.Unenrolled("deleted", now.Add(time.Hour), "enroller")
	equalStream(t, again, got)
	equal(t, "entries of the same again", len(entries), 0)
}

// A refresh with what is known already changes nothing, whatever the tags and the stream were.
func TestRefreshIsIdempotent(t *testing.T) {
	keys := []string{"mode", "min-shards", "max-shards", "scale-up-threshold", "scale-down-threshold", "policy", "no-such"}
	values := []string{"", "enabled", "dry-run", "disabled", "1", "3", "9", "0.5", "0.9", "7.5", "x", "target-tracking"}
	rapid.Check(t, func(rt *rapid.T) {
		rules := ledger.Rules{EnrollAll: rapid.Bool().Draw(rt, "enroll all")}
		s, now := ledger.Item{Name: "orders"}, noon()
		for range rapid.IntRange(1, 5).Draw(rt, "changes") {
			now = now.Add(time.Hour)
			tags := scaling.Layer(rapid.MapOfN(rapid.SampledFrom(keys), rapid.SampledFrom(values), 0, 5).Draw(rt, "tags"))
			sum := seen(rapid.IntRange(0, 5).Draw(rt, "open"))
			sum.Mode = rapid.SampledFrom([]scaling.CapacityMode{scaling.ModeProvisioned, scaling.ModeProvisioned, scaling.ModeOnDemand}).Draw(rt, "mode")
			sum.Status = rapid.SampledFrom([]scaling.StreamStatus{scaling.StatusActive, scaling.StatusActive, scaling.StatusUpdating}).Draw(rt, "status")
			unchanged := untouched(rt, s)
			next, entries := rules.Refresh(s, sum, tags, now, "enroller")
			unchanged()
			ids := map[string]bool{}
			for _, e := range entries {
				if key := fmt.Sprint(e.At, e.ID); ids[key] || e.ID == "" || e.Stream != "orders" || e.Detail == "" {
					rt.Fatalf("an entry without a place of its own, or that tells nothing: %+v", e)
				} else {
					ids[key] = true
				}
			}
			again, more := rules.Refresh(next, sum, tags, now.Add(time.Minute), "enroller")
			if diff := cmp.Diff(next, again); diff != "" || len(more) > 0 {
				rt.Fatalf("the same again gives %v and changes\n%s", told(more), diff)
			}
			if next.Status == ledger.Enrolled && next.Settings.Validate() != nil {
				rt.Fatalf("enrolled with settings that cannot be used: %+v", next.Settings)
			}
			s = next
		}
	})
}
