package ledger_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// calm is another timed override than sale.
func calm() ledger.Timed {
	return ledger.Timed{ID: "calm", From: noon(), Until: noon().Add(3 * time.Hour), Settings: scaling.Layer{"pause": "scale-down"}, Reason: "x", Who: "arn:bob"}
}

func TestAListOfTimedOverrides(t *testing.T) {
	s := fresh(t, tagged())
	odd, ended := ledger.Timed{ID: "odd", Fault: "until is missing"}, calm()
	ended.ID, ended.From, ended.Until = "ended", noon().Add(-time.Hour), noon()
	s.Timed = []ledger.Timed{odd, sale(), ended, calm()}
	bare := sale()
	bare.From, bare.Reason, bare.Who = time.Time{}, "", ""
	longer := sale()
	longer.Until, longer.Reason = noon().Add(4*time.Hour), ""
	fresh := ledger.Timed{ID: "new", Until: noon().Add(time.Hour), Settings: scaling.Layer{"min-shards": "2"}, Reason: "because"}
	for name, c := range map[string]struct {
		list []ledger.Timed
		ids  string
		told []string
	}{
		"as it is":      {[]ledger.Timed{bare, calm()}, "odd sale ended calm", nil},
		"none":          {nil, "odd ended", []string{"taken away before its end: max-shards=12", "taken away before its end: pause=scale-down"}},
		"another order": {[]ledger.Timed{calm(), bare}, "odd ended calm sale", []string{"the last one above all others: calm, sale: a sale"}},
		"longer":        {[]ledger.Timed{longer, calm()}, "odd ended sale calm", []string{"taken away before its end: max-shards=12", "until 2026-11-23T16:00:00Z: a sale", "above all others"}},
		"one more":      {[]ledger.Timed{bare, calm(), fresh}, "odd sale ended calm new", []string{"timed override: min-shards=2 from 2026-11-23T12:00:00Z until 2026-11-23T13:00:00Z: because"}},
	} {
		unchanged := untouched(t, s)
		after, entries, err := s.WithList(c.list, byAna())
		unchanged()
		if err != nil || len(entries) != len(c.told) {
			t.Errorf("%s: %v, %q", name, err, told(entries))
			continue
		}
		for i, want := range c.told {
			if got := told(entries)[i]; !strings.Contains(got, want) {
				t.Errorf("%s: told %q, want %q", name, got, want)
			}
		}
		var ids []string
		for _, o := range after.Timed {
			ids = append(ids, o.ID)
		}
		equal(t, name, strings.Join(ids, " "), c.ids)
		again, entries, err := after.WithList(c.list, byAna())
		if err != nil || len(entries) > 0 || !slices.Equal(idsIn(again), idsIn(after)) {
			t.Errorf("%s: the same again: %v, %q", name, err, told(entries))
		}
	}
}

func idsIn(s ledger.Item) []string {
	var ids []string
	for _, o := range s.Timed {
		ids = append(ids, o.ID)
	}
	return ids
}

func TestListsThatAreRefused(t *testing.T) {
	s := fresh(t, tagged())
	s.Timed = []ledger.Timed{{ID: "odd", Fault: "until is missing"}}
	ended, odd, empty := sale(), sale(), sale()
	ended.Until, odd.ID, empty.Settings = noon(), "odd", nil
	many := make([]ledger.Timed, ledger.MaxTimed)
	for i := range many {
		many[i] = sale()
		many[i].ID = strings.Repeat("x", i+1)
	}
	for says, list := range map[string][]ledger.Timed{
		"is there twice": {sale(), sale()}, "not in the future": {ended}, "timed override odd already": {odd}, "needs a setting": {empty}, "50 timed overrides already": many,
	} {
		after, entries, err := s.WithList(list, byAna())
		if err == nil || !strings.Contains(err.Error(), says) || len(entries) > 0 || len(after.Timed) != 1 {
			t.Errorf("%s: %v, %q", says, err, told(entries))
		}
	}
}

// The settings after a list are those of the list alone, whatever was there before.
func TestAListReplacesWhatWasThere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) []ledger.Timed {
			var all []ledger.Timed
			for _, id := range rapid.Permutation([]string{"a", "b", "c"}).Draw(t, name)[:rapid.IntRange(0, 3).Draw(t, name+" length")] {
				o := sale()
				o.ID, o.Settings = id, scaling.Layer{"min-shards": rapid.SampledFrom([]string{"2", "3", "4"}).Draw(t, id)}
				all = append(all, o)
			}
			return all
		}
		s := fresh(t, tagged("min-shards", "1"))
		s.Timed = draw("before")
		list := draw("list")
		after, _, err := s.WithList(list, byAna())
		if err != nil {
			t.Fatal(err)
		}
		direct := s
		direct.Timed = list
		then := sale().From.Add(time.Minute)
		got, _ := ledger.Rules{}.InForce(after, then, "x")
		want, _ := ledger.Rules{}.InForce(direct, then, "x")
		equal(t, "settings", got.Settings, want.Settings)
	})
}

func TestOverridesInThePlaceOfOthers(t *testing.T) {
	s := fresh(t, tagged("min-shards", "2"))
	s.Overrides = scaling.Layer{"min-shards": "40", "max-shards": "50"}
	s = at(s, tagged("min-shards", "2"), 1)
	for _, c := range []struct {
		overrides, timed scaling.Layer
		says             string
	}{
		{nil, nil, ""},
		{scaling.Layer{"max-shards": "4"}, nil, ""}, // the minimum is that of the tag again
		{scaling.Layer{"max-shards": "1"}, nil, "above max-shards"},
		{scaling.Layer{"min-shards": "60"}, nil, ""}, // the maximum is the default again
		{scaling.Layer{"max-shards": "4"}, scaling.Layer{"min-shards": "5"}, "above max-shards"},
		{scaling.Layer{"max-shards": "x"}, nil, "not a whole number"},
	} {
		if err := s.AcceptsInstead(c.overrides, c.timed); (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v, %v: %v, want %q", c.overrides, c.timed, err, c.says)
		}
	}
	s = fresh(t, tagged("max-shards", "8"))
	s.Overrides = scaling.Layer{"min-shards": "32", "max-shards": "64"}
	s = at(s, tagged("max-shards", "8"), 1)
	if err := s.AcceptsInstead(scaling.Layer{"min-shards": "32"}, nil); err == nil || !strings.Contains(err.Error(), "above max-shards 8") {
		t.Errorf("a minimum above the tag's maximum, once its override is gone: %v", err)
	}
}
