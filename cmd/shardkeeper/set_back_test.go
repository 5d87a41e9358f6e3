package main

import (
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/registry/inmem"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Who looks at the history of a stream that a tool sets back sees what the tool is, and the line that mends it.
func TestHistoryTellsOfASetBack(t *testing.T) {
	registry := inmem.New(inmem.Options{Now: clock})
	s := ledger.Item{
		Name: "orders", Status: ledger.Enrolled, OpenShards: 8, Settings: scaling.Defaults(scaling.DoubleHalve), SettingsRevision: 1,
		Operations: scaling.Operations{{At: now.Add(-time.Hour), Direction: scaling.Up, From: 4, To: 8, Fence: 1}},
	}
	call := ledger.Entry{Stream: "orders", At: now.Add(-time.Minute), ID: "event-1", Kind: ledger.KindExternal, Direction: scaling.Down, From: 8, To: 4, Actor: "arn:pipeline", Detail: "UpdateShardCount"}
	s, told := s.SetBack(call, ledger.ToolTerraform, now)
	if _, err := registry.Save(t.Context(), s, told); err != nil {
		t.Fatal(err)
	}
	status, stdout, stderr := in(t, &fakeAccount{registry: registry}, "history", "orders", "--table", "keeper-table")
	text := strings.Join(strings.Fields(stdout), " ")
	for _, want := range []string{"UpdateShardCount, by arn:pipeline: set_back", "by Terraform", "ignore_changes = [shard_count]"} {
		if status != statusOK || !strings.Contains(text, want) {
			t.Errorf("status %d, no %q in\n%s%s", status, want, stdout, stderr)
		}
	}
}
