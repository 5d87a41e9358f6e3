package ledger_test

import (
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

func byAna() ledger.Asked { return ledger.Asked{At: noon(), Who: "arn:ana", Reason: "a sale"} }

func TestOverridden(t *testing.T) {
	s := fresh(t, tagged())
	s.DueAt = noon().Add(time.Hour)
	unchanged := untouched(t, s)
	after, entries := s.Overridden(scaling.Layer{"min-shards": "3", "max-shards": "9"}, nil, byAna())
	if after.Overrides["min-shards"] != "3" || !after.DueAt.Equal(noon()) || len(entries) != 1 || entries[0].Actor != "arn:ana" {
		t.Errorf("%v, due %s, %+v", after.Overrides, after.DueAt, entries)
	}
	equal(t, "told", told(entries), []string{"settings: overrides: max-shards (none) -> 9; min-shards (none) -> 3: a sale"})
	unchanged()
	again, entries := after.Overridden(scaling.Layer{"min-shards": "3"}, []string{"policy"}, byAna())
	equal(t, "told where nothing changes", len(entries), 0)
	less, entries := again.Overridden(nil, []string{"min-shards"}, byAna())
	equal(t, "overrides", less.Overrides, scaling.Layer{"max-shards": "9"})
	equal(t, "told", told(entries), []string{"settings: overrides: min-shards 3 -> (none): a sale"})
}

// Nobody looks at a stream that is not enrolled: its overrides wait for the enrollment.
func TestOverridesOfAStreamThatIsNotEnrolled(t *testing.T) {
	after, entries := ledger.Item{Name: "orders"}.Overridden(scaling.Layer{"min-shards": "3"}, nil, byAna())
	if len(entries) != 1 || !after.DueAt.IsZero() {
		t.Errorf("due %s, %v", after.DueAt, told(entries))
	}
}

func TestWithAndWithoutTimed(t *testing.T) {
	s := fresh(t, tagged())
	with, entries, err := s.WithTimed(sale(), byAna())
	if err != nil || len(with.Timed) != 1 || with.Timed[0].Who != "arn:ana" || with.Timed[0].Reason != "a sale" {
		t.Fatalf("%v, %v", with.Timed, err)
	}
	equal(t, "told", told(entries), []string{"settings: timed override: max-shards=12 min-shards=12 from 2026-11-23T13:00:00Z until 2026-11-23T14:00:00Z: a sale"})
	if _, _, err := with.WithTimed(sale(), byAna()); err == nil || !strings.Contains(err.Error(), "sale already") {
		t.Errorf("the same id twice: %v", err)
	}
	late := byAna()
	late.At = sale().Until
	if _, _, err := s.WithTimed(sale(), late); err == nil {
		t.Error("one that has ended was added")
	}
	full := s
	full.Timed = make([]ledger.Timed, ledger.MaxTimed)
	if _, _, err := full.WithTimed(sale(), byAna()); err == nil || !strings.Contains(err.Error(), "50 timed overrides") {
		t.Errorf("one too many: %v", err)
	}
	without, entries := with.WithoutTimed(func(o ledger.Timed) bool { return o.ID == "sale" }, byAna())
	if without.Timed != nil || len(entries) != 1 || !strings.Contains(entries[0].Detail, "taken away before its end: max-shards=12") {
		t.Errorf("%v, %v", without.Timed, told(entries))
	}
	if _, entries := with.WithoutTimed(func(ledger.Timed) bool { return false }, byAna()); len(entries) != 0 {
		t.Errorf("none was meant: %v", told(entries))
	}
}

// What was set a moment ago counts, though nobody has taken it up yet: else two commands, one after the other, could set what
// cannot be used together, and neither would ever be in force.
func TestAcceptsOnTopOfWhatWasSetAMomentAgo(t *testing.T) {
	asked := ledger.Asked{At: noon()}
	for name, c := range map[string]struct{ before, set, then, says string }{
		"a minimum above the new maximum":   {"max-shards=64", "max-shards=8", "min-shards=32", "min-shards: 32 is above max-shards 8"},
		"a maximum below the new minimum":   {"max-shards=64", "min-shards=32", "max-shards=8", "min-shards: 32 is above max-shards 8"},
		"a minimum that fits the new one":   {"max-shards=16", "max-shards=64", "min-shards=32", ""},
		"a minimum that fits the old one":   {"max-shards=64", "min-shards=2", "min-shards=32", ""},
		"what mends what cannot be used":    {"min-shards=2", "max-shards=1", "max-shards=4", ""},
		"another thing beside such a fault": {"min-shards=2", "max-shards=1", "calm-minutes=30", ""},
		"a fault beside such a fault":       {"min-shards=2", "max-shards=1", "calm-minutes=x", "calm-minutes"},
	} {
		pair := func(text string) scaling.Layer {
			key, value, _ := strings.Cut(text, "=")
			return scaling.Layer{key: value}
		}
		tags := pair(c.before)
		tags["mode"] = "enabled"
		s, _ := ledger.Rules{}.Refresh(ledger.Item{Name: "orders"}, scaling.Summary{Name: "orders", OpenShards: 4, Status: scaling.StatusActive}, tags, noon(), "reconciler")
		s, _ = s.Overridden(pair(c.set), nil, asked)
		if err := s.Accepts(pair(c.then)); (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}

func TestAccepts(t *testing.T) {
	s := fresh(t, tagged("max-shards", "10"))
	for _, c := range []struct{ key, value, says string }{
		{"min-shards", "5", ""},
		{"min-shards", "12", "above max-shards 10"},
		{"min-shard", "5", "no such setting"},
		{"policy", "magic", "none of"},
	} {
		if err := s.Accepts(scaling.Layer{c.key: c.value}); (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s=%s: %v, want %q", c.key, c.value, err, c.says)
		}
	}
}
