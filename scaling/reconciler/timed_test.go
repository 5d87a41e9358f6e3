package reconciler_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// A timed minimum and maximum scale the stream by the alarm's own path, are in force until their end, and are then taken
// away. The history has it all.
func TestATimedOverrideBeginsAndEnds(t *testing.T) {
	w := newWorld(t)
	w.enrolled(orders, 4, 2)
	w.minutes(5)
	w.kept.OverrideTimed(orders, []ledger.Timed{
		{ID: "sale", From: w.now.Add(30 * time.Minute), Until: w.now.Add(2 * time.Hour), Settings: scaling.Layer{"min-shards": "12", "max-shards": "12"}, Reason: "a sale", Who: "ana"},
		{ID: "odd", Fault: "until is missing"},
	})
	w.minutes(20)
	if s := w.item(); s.OpenShards != 4 || s.Settings.MinShards != 1 || !strings.Contains(s.SettingsFault, "odd cannot be read: until is missing") {
		t.Fatalf("before it begins: %d shards, min %d, fault %q", s.OpenShards, s.Settings.MinShards, s.SettingsFault)
	}
	w.minutes(40)
	if s := w.item(); s.OpenShards != 12 || s.Settings.MinShards != 12 || s.Settings.MaxShards != 12 {
		t.Fatalf("in force: %d shards, min %d, max %d", s.OpenShards, s.Settings.MinShards, s.Settings.MaxShards)
	}
	w.minutes(75)
	s := w.item()
	if s.Settings.MinShards != 1 || len(s.Timed) != 1 || s.Timed[0].ID != "odd" || s.Untimed != (scaling.Settings{}) {
		t.Fatalf("after its end: min %d, timed %v, untimed %+v", s.Settings.MinShards, s.Timed, s.Untimed)
	}
	page, err := w.kept.History(t.Context(), ledger.Query{Stream: orders, Kind: ledger.KindSettings, To: w.now})
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, entry := range page.Entries {
		told = append(told, entry.Detail)
	}
	for _, want := range []string{"min-shards 1 -> 12", "a timed override has ended: max-shards=12 min-shards=12", "by ana: a sale", "min-shards 12 -> 1"} {
		if !strings.Contains(strings.Join(told, "\n"), want) {
			t.Errorf("the history does not tell %q:\n%s", want, strings.Join(told, "\n"))
		}
	}
}

// A timed override that was left out has its fault told once; that it ends is told as its end, and as nobody's mending.
func TestATimedOverrideThatWasLeftOutEnds(t *testing.T) {
	w := newWorld(t)
	w.enrolled(orders, 4, 2)
	w.kept.OverrideTimed(orders, []ledger.Timed{{ID: "sale", Until: w.now.Add(30 * time.Minute), Settings: scaling.Layer{"max-shards": "0"}}})
	w.minutes(20)
	if s := w.item(); !strings.Contains(s.SettingsFault, "timed override sale is left out") {
		t.Fatalf("fault %q", s.SettingsFault)
	}
	w.minutes(30)
	if s := w.item(); s.SettingsFault != "" || len(s.Timed) > 0 {
		t.Errorf("after its end: fault %q, timed %v", s.SettingsFault, s.Timed)
	}
	page, err := w.kept.History(t.Context(), ledger.Query{Stream: orders, Kind: ledger.KindSettings, To: w.now})
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, entry := range page.Entries {
		told = append(told, entry.Detail)
	}
	if len(told) < 2 || !strings.HasPrefix(told[0], "a timed override has ended: max-shards=0") || !strings.HasPrefix(told[1], "cannot be used, all else is in force: timed override sale is left out") {
		t.Errorf("the history tells, the newest first:\n%s", strings.Join(told, "\n"))
	}
}

// An edit in the same moment is kept; the next look takes away what has ended.
func TestTakingAwayMeetsAnEdit(t *testing.T) {
	w := newWorld(t)
	w.enrolled(orders, 4, 2)
	w.minutes(2)
	ended := ledger.Timed{ID: "old", Until: w.now.Add(-time.Minute), Settings: scaling.Layer{"min-shards": "2"}}
	added := ledger.Timed{ID: "new", Until: w.now.Add(time.Hour), Settings: scaling.Layer{"min-shards": "3"}}
	w.kept.OverrideTimed(orders, []ledger.Timed{ended})
	w.steps["SaveOverrides"] = func() { w.kept.OverrideTimed(orders, []ledger.Timed{ended, added}) }
	w.minutes(12)
	if s := w.item(); len(s.Timed) != 1 || s.Timed[0].ID != "new" || s.Settings.MinShards != 3 {
		t.Errorf("timed %v, min %d", s.Timed, s.Settings.MinShards)
	}
}

// An operation in flight is settled though the overrides that have ended cannot be taken away.
func TestAStreamWhoseOverridesCannotBeTakenAwayIsLookedAt(t *testing.T) {
	w := newWorld(t)
	w.enrolled(orders, 4, 2)
	w.kept.OverrideTimed(orders, []ledger.Timed{{ID: "sale", Until: w.now.Add(-time.Minute), Settings: scaling.Layer{"min-shards": "2"}}})
	w.flies(4, 8, time.Minute, ledger.OutcomeAccepted)
	w.streams[orders].OpenShards = 8
	for range 10 {
		w.breaks("SaveOverrides", errors.New("one item has two parts"))
	}
	for range 5 {
		w.now = w.now.Add(time.Minute)
		w.run()
	}
	if w.item().InFlight != nil {
		t.Error("the operation is still in flight")
	}
	failures := w.history(ledger.KindFailure)
	if len(failures) == 0 || !strings.Contains(failures[0].Detail, "take away timed overrides that have ended") {
		t.Errorf("the history does not tell why: %+v", failures)
	}
}
