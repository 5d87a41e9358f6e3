package main

import (
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// A campaign from 8 to 64 shards has its capacity at the time, and not an hour earlier; and comes down after.
func TestACampaignInTheModel(t *testing.T) {
	w := simulate.New(simulate.Options{Start: now})
	t.Cleanup(w.Close)
	load := func(int) trace.Rate { return trace.Rate{Records: 4000, Bytes: 4 << 20} }
	if err := w.CreateStream(simulate.StreamSpec{Name: "orders", Shards: 8, Age: 30 * 24 * time.Hour, Load: load, Tags: map[string]string{"shardkeeper": "enabled"}}); err != nil {
		t.Fatal(err)
	}
	shards := func(minutes int) int {
		t.Helper()
		if err := w.Run(t.Context(), minutes); err != nil {
			t.Fatal(err)
		}
		summary, err := w.Describe("orders")
		if err != nil {
			t.Fatal(err)
		}
		return summary.OpenShards
	}
	shards(20)
	then := w.Now().Add(5 * time.Hour)
	status, stderr := inModel(t, w, strings.Fields("plan orders --at 5h --shards 64 --for 2h --reason sale --yes")...)
	if status != statusOK || !strings.Contains(stderr, "takes 3 operations of 10m0s each") {
		t.Fatalf("status %d\n%s", status, stderr)
	}
	if early := shards(4 * 60); early >= 64 {
		t.Errorf("an hour before: %d shards", early)
	}
	if open := shards(60); open != 64 || w.Now().After(then) {
		t.Errorf("at the time: %d shards, at %s", open, w.Now())
	}
	if open := shards(119); open != 64 {
		t.Errorf("two hours later: %d shards", open)
	}
	if open := shards(24 * 60); open >= 64 {
		t.Errorf("a day later: %d shards", open)
	}
	s, err := w.Registry().Load(t.Context(), "orders")
	if err != nil || len(s.Timed) > 0 || s.Settings.ScaleUpReserve != scaling.Defaults(scaling.DoubleHalve).ScaleUpReserve {
		t.Errorf("left: %v, reserve %d, %v", s.Timed, s.Settings.ScaleUpReserve, err)
	}
}

func TestWhatAPlanCannotReach(t *testing.T) {
	for _, c := range []struct {
		args   string
		change func(*ledger.Item)
		status int
		says   string
	}{
		{"plan orders --at 20m --shards 64 --yes", func(*ledger.Item) {}, statusRefused, "end at 2026-11-24T12:40:00Z at the earliest"},
		{"plan orders --at 5h --shards 64 --yes", func(s *ledger.Item) { s.Settings.MaxShards = 32 }, statusRefused, "its max-shards is 32"},
		{"plan orders --at 5h --shards 64 --yes", func(s *ledger.Item) {
			for i := range 8 {
				s.Operations = append(s.Operations, scaling.Operation{At: now.Add(-time.Duration(i) * time.Hour), From: 4, To: 8})
			}
		}, statusRefused, "it comes to 16 shards"},
		{"plan orders --at 5h --shards 64 --yes", func(s *ledger.Item) {
			s.Timed = []ledger.Timed{{ID: "cap", From: now, Until: now.Add(8 * time.Hour), Settings: scaling.Layer{"max-shards": "8"}}}
		}, statusRefused, "its max-shards is 8 at 2026-11-24T16:30:00Z"},
		{"plan orders --at 5h --shards 64 --dry-run", func(s *ledger.Item) { // what is in force now is over by then
			s.Untimed, s.Settings.MaxShards = s.Settings, 8
			s.Timed = []ledger.Timed{{ID: "cap", From: now, Until: now.Add(2 * time.Hour), Settings: scaling.Layer{"max-shards": "8"}}}
		}, statusOK, "takes 4 operations"},
		{"plan orders --at 2026-11-01 --shards 64 --yes", func(*ledger.Item) {}, statusUsage, "not in the future"},
		{"plan orders --shards 64 --yes", func(*ledger.Item) {}, statusUsage, "needs a time"},
		{"plan orders --at 5h --yes", func(*ledger.Item) {}, statusUsage, "--shards 0"},
		{"plan orders --at 5h --shards 64 --dry-run", func(*ledger.Item) {}, statusOK, "takes 4 operations"},
	} {
		registry := stocked(t, "orders")
		s := loaded(t, registry, "orders")
		c.change(&s)
		if _, err := registry.Save(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		before := loaded(t, registry, "orders")
		timed := before
		timed.Timed = s.Timed
		if _, err := registry.SaveOverrides(t.Context(), before, timed); err != nil {
			t.Fatal(err)
		}
		status, _, stderr := in(t, &fakeAccount{registry: registry}, strings.Fields(c.args)...)
		if status != c.status || !strings.Contains(stderr, c.says) || len(loaded(t, registry, "orders").Timed) != len(s.Timed) {
			t.Errorf("%s: status %d\n%s", c.args, status, stderr)
		}
	}
}

// How long an operation takes is learned from those that there were.
func TestOperationTakes(t *testing.T) {
	registry := stocked(t, "orders")
	d := desk{registry: registry, asked: ledger.Asked{At: now}}
	if takes, err := operationTakes(t.Context(), d, "orders"); err != nil || takes != 10*time.Minute {
		t.Errorf("without one: %s, %v", takes, err)
	}
	done := ledger.Entry{Stream: "orders", At: now.Add(-time.Hour), ID: "op-1", Kind: ledger.KindOperation, Outcome: ledger.OutcomeCompleted, Duration: 8 * time.Minute}
	failed := ledger.Entry{Stream: "orders", At: now.Add(-2 * time.Hour), ID: "op-2", Kind: ledger.KindOperation, Outcome: ledger.OutcomeSuperseded, Duration: 80 * time.Minute}
	if _, err := registry.Save(t.Context(), loaded(t, registry, "orders"), done, failed); err != nil {
		t.Fatal(err)
	}
	if takes, err := operationTakes(t.Context(), d, "orders"); err != nil || takes != 15*time.Minute {
		t.Errorf("%s, %v; want one and a half times 8 minutes, and 3", takes, err)
	}
}
