package main

import (
	"strings"
	"testing"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// A minimum at certain times is set, shown with its next periods after the reconciler has looked, and taken away.
func TestSetAtCertainTimes(t *testing.T) {
	registry := stocked(t, "orders")
	account := &fakeAccount{registry: registry, watched: &watched{shards: 4}}
	status, stdout, stderr := in(t, account, "set", "orders", "min-shards=64", "--schedule", "mon-fri 08:30  Europe/Berlin 4h", "--reason", "the market opens", "--yes")
	s := loaded(t, registry, "orders")
	if status != statusOK || len(s.Timed) != 1 || s.Timed[0].Schedule != "mon-fri 08:30 Europe/Berlin 4h" || !s.Timed[0].Until.IsZero() {
		t.Fatalf("status %d, %+v\n%s%s", status, s.Timed, stdout, stderr)
	}
	s, entries := ledger.Rules{}.InForce(s, now, "reconciler")
	if _, err := registry.Save(t.Context(), s, entries...); err != nil {
		t.Fatal(err)
	}
	_, stdout, _ = in(t, account, "show", "orders")
	text := strings.Join(strings.Fields(stdout), " ")
	for _, want := range []string{
		"set-20261124T120000Z min-shards=64 at mon-fri 08:30 Europe/Berlin 4h", // of what is timed
		"schedule next 64 shards at least from 2026-11-25 07:30 to 2026-11-25 11:30: mon-fri 08:30 Europe/Berlin 4h min=64",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	status, stdout, _ = in(t, account, "unset", "orders", "--timed", s.Timed[0].ID, "--yes")
	if s := loaded(t, registry, "orders"); status != statusOK || len(s.Timed) != 0 {
		t.Errorf("status %d, %+v\n%s", status, s.Timed, stdout)
	}
	status, _, stderr = in(t, account, "set", "orders", "min-shards=64", "--schedule", "mon-fri 08:30 Atlantis 4h", "--yes")
	if status != statusUsage || !strings.Contains(stderr, `"Atlantis" is no time zone`) {
		t.Errorf("status %d, %s", status, stderr)
	}
}
