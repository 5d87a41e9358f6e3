package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/cmd/shardkeeper/internal/output"
)

// A plan takes nothing from one that was made before it.
func TestAPlanLeavesAnEarlierOneWhole(t *testing.T) {
	registry := stocked(t, "orders") // 4 shards
	account := &fakeAccount{registry: registry}
	for hours, args := range []string{
		"plan orders --at 2026-11-26T08:00:00Z --shards 64 --for 8h --reason sale --yes",
		"plan orders --at 2026-11-26T10:00:00Z --shards 16 --for 2h --reason batch --yes",
	} {
		var out, errs bytes.Buffer
		if status := run(t.Context(), strings.Fields(args), environment{
			stdout: &out, stderr: &errs, screen: output.Screen{W: &out, Width: 200},
			now:    func() time.Time { return now.Add(time.Duration(hours) * time.Hour) },
			getenv: func(string) string { return "" }, open: account.open,
		}); status != statusOK {
			t.Fatalf("%s: status %d\n%s", args, status, errs.String())
		}
	}
	s := loaded(t, registry, "orders")
	for _, c := range []struct {
		at             string
		least, reserve int
	}{
		{"2026-11-25T09:00:00Z", 1, 4}, // 4 to 64 takes four operations, 4 to 16 two
		{"2026-11-25T12:00:00Z", 1, 4},
		{"2026-11-26T07:00:00Z", 1, 4},
		{"2026-11-26T08:00:00Z", 64, 2},
		{"2026-11-26T10:30:00Z", 64, 2}, // the minima of both are in force
		{"2026-11-26T13:00:00Z", 64, 2},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.SettingsAt(at); got.MinShards != c.least || got.ScaleUpReserve < c.reserve {
			t.Errorf("at %s: min %d, reserve %d; want %d, %d", c.at, got.MinShards, got.ScaleUpReserve, c.least, c.reserve)
		}
	}
}
