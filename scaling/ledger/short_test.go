package ledger_test

import (
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// What is told of an override stays short, however long somebody made it: else the item, or the entry, has more than the 400 KB
// that the table takes, and the stream is never written again.
func TestWhatIsToldOfOverridesIsShort(t *testing.T) {
	long, rules := strings.Repeat("ü", 75_000), ledger.Rules{}
	sum := scaling.Summary{Name: "orders", Status: scaling.StatusActive, Mode: scaling.ModeProvisioned, OpenShards: 4, CreatedAt: noon().AddDate(0, -1, 0)}
	enrolled, _ := rules.Refresh(ledger.Item{Name: "orders"}, sum, scaling.Layer{"mode": "enabled"}, noon(), "enroller")
	for _, key := range []string{"max-shards", "schedule", "consumer", "fan-out-consumers", "policy", "pause", long} {
		s := enrolled.Clone()
		s.Overrides = scaling.Layer{key: long}
		s, entries := rules.Refresh(s, sum, s.Tags, noon().Add(time.Hour), "reconciler")
		if len(entries) == 0 || s.SettingsFault == "" {
			t.Errorf("%.20s is not told", key)
		}
		if size := textIn(s, entries...); size > 10_000 {
			t.Errorf("%.20s: %d bytes are told of it", key, size)
		}
		later := rules.Elapsed(s, nil, noon().Add(2*time.Hour))
		if _, again := rules.Refresh(later, sum, s.Tags, noon().Add(2*time.Hour), "reconciler"); len(again) > 0 {
			t.Errorf("%.20s is told twice: %.100s", key, again[0].Detail)
		}
	}
}

// So does what is told of a timed override: it is taken away when it has ended, whatever it says.
func TestWhatIsToldOfATimedOverrideIsShort(t *testing.T) {
	long := strings.Repeat("x", 150_000)
	s := ledger.Item{Name: "orders", Timed: []ledger.Timed{
		{ID: long, Until: noon(), Settings: scaling.Layer{"min-shards": "4", "max-shards": long}, Reason: long, Who: long},
	}}
	_, taken := s.WithoutTimed(func(ledger.Timed) bool { return true }, ledger.Asked{At: noon(), Who: "somebody"})
	s, entries := s.Ended(noon().Add(time.Hour), "reconciler")
	equal(t, "timed overrides", len(s.Timed), 0)
	equal(t, "entries", len(entries), 1)
	for _, e := range append(taken, entries...) {
		if len(e.ID) > 900 || len(e.Detail) > 3000 {
			t.Errorf("the entry's id has %d bytes, its detail %d", len(e.ID), len(e.Detail))
		}
	}
}

// textIn is how many bytes an item and entries have beside what belongs to people.
func textIn(s ledger.Item, entries ...ledger.Entry) int {
	size := len(s.SettingsFault) + len(s.StatusReason)
	for _, value := range s.Settings.Layer() {
		size += len(value)
	}
	for _, e := range entries {
		size += len(e.Detail) + len(e.ID)
	}
	return size
}
