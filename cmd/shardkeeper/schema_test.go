package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/registry/inmem"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// TestTheAuditQuestionsAreAnswered runs the commands of docs/schema.md on a table that has one entry for each, and some
// that no question is after.
func TestTheAuditQuestionsAreAnswered(t *testing.T) {
	r := inmem.New(inmem.Options{})
	at := time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)
	entries := []ledger.Entry{
		{ID: "settings", Kind: ledger.KindSettings, Actor: "arn:aws:iam::123456789012:user/bob", Detail: "min-shards 1 -> 2"},
		{ID: "refused", Kind: ledger.KindOperation, From: 4, To: 8, Outcome: ledger.OutcomeRefused},
		{ID: "alice", Kind: ledger.KindEnrollment, Actor: "arn:aws:sts::123456789012:assumed-role/Admin/Alice (AddTagsToStream with the console)"},
		{ID: "held", Kind: ledger.KindHold, Reasons: scaling.Trail{{Code: scaling.HoldAtMaxShards, Detail: "open 8, max 8"}}},
	}
	for i := range entries {
		entries[i].Stream, entries[i].At = "orders", at
	}
	entries = append(entries, ledger.Entry{Stream: "orders", At: at.Add(-200 * time.Hour), ID: "old", Kind: ledger.KindSettings})
	if _, err := r.Save(t.Context(), ledger.Item{Name: "orders", Settings: scaling.Defaults(scaling.DoubleHalve), DueAt: now}, entries...); err != nil {
		t.Fatal(err)
	}
	want := []string{"settings", "refused", "refused", "settings refused held alice", "alice", "held"}
	commands := regexp.MustCompile(`(?m)^    shardkeeper (history .*)$`).FindAllStringSubmatch(readText(t, filepath.Join("..", "..", "docs", "schema.md")), -1)
	if len(commands) != len(want) {
		t.Fatalf("%d commands", len(commands))
	}
	for i, command := range commands {
		status, stdout, stderr := onAccount(t, oldWidth, &fakeAccount{registry: r}, append(strings.Fields(command[1]), "-o", "json")...)
		var ids []string
		for _, id := range regexp.MustCompile(`"id":"(\w+)"`).FindAllStringSubmatch(stdout, -1) {
			ids = append(ids, id[1])
		}
		if got := strings.Join(ids, " "); status != statusOK || got != want[i] {
			t.Errorf("%s: status %d, entries %q, want %q; %s", command[1], status, got, want[i], stderr)
		}
	}
}
