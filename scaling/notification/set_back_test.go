package notification_test

import (
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/notification"
)

// Who reads that a stream is held has to resume it. So only the event of the call that holds it says so: not the first call, and
// none that a person makes by hand.
func TestASetBackSaysThatTheStreamIsHeldWhereItIs(t *testing.T) {
	for name, test := range map[string]struct {
		tools []ledger.Tool
		held  bool // by the last of them
	}{
		"once by Terraform":          {[]ledger.Tool{ledger.ToolTerraform}, false},
		"twice by Terraform":         {[]ledger.Tool{ledger.ToolTerraform, ledger.ToolTerraform}, true},
		"twice in the console":       {[]ledger.Tool{ledger.ToolConsole, ledger.ToolConsole}, false},
		"by Terraform, then by hand": {[]ledger.Tool{ledger.ToolTerraform, ledger.ToolCLI}, false},
	} {
		item := ledger.Item{Name: "orders", Status: ledger.Enrolled}
		var entry ledger.Entry
		for i, tool := range test.tools {
			at := noon().Add(time.Duration(i) * time.Hour)
			item.Operations = append(item.Operations, scaling.Operation{At: at.Add(-time.Minute), Direction: scaling.Up, From: 4, To: 8, Fence: int64(i + 1)})
			call := ledger.Entry{Stream: "orders", At: at, ID: "call", Kind: ledger.KindExternal, From: 8, To: 4, Actor: "arn:ana"}
			item, entry = item.SetBack(call, tool, at)
		}
		events := ledger.EventsOf(item, []ledger.Entry{entry})
		if len(events) != 1 || events[0].Kind != ledger.EventSetBack {
			t.Fatalf("%s: %v", name, events)
		}
		said := notification.FormOf(events[0], place()).Summary
		if held := strings.HasSuffix(said, ", so Shardkeeper holds it"); held != test.held || held != item.Opposed.HeldUntil.After(noon()) {
			t.Errorf("%s: held until %s, and people are told: %s", name, item.Opposed.HeldUntil, said)
		}
	}
}
