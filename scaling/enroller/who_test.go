package enroller_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/enroller"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// What an event leads to is told with who made the call, which, and with what; what the sweep finds is the enroller's.
func TestTheHistoryNamesWhoMadeTheCall(t *testing.T) {
	for name, test := range map[string]struct {
		change enroller.Change
		want   string
	}{
		"a person with a tool": {enroller.Change{Actor: person, Call: "AddTagsToStream", Tool: ledger.ToolConsole}, person + " (AddTagsToStream with the console)"},
		"a person":             {enroller.Change{Actor: person, Call: "AddTagsToStream"}, person + " (AddTagsToStream)"},
		"an event without one": {enroller.Change{Call: "Tag Change on Resource"}, "enroller"},
	} {
		b := newBench(t)
		b.stream(orders, 4, "shardkeeper", "enabled")
		test.change.Stream = orders
		for _, tags := range [][]string{{"shardkeeper", "enabled"}, nil} {
			b.tag(orders, tags...)
			if _, err := b.enroller().Handle(t.Context(), test.change); err != nil {
				t.Fatal(err)
			}
			b.now = b.now.Add(time.Minute)
		}
		page, err := b.kept.History(t.Context(), ledger.Query{Stream: orders, To: b.now.Add(time.Hour)})
		if err != nil || len(page.Entries) < 3 {
			t.Fatalf("%s: %+v, %v", name, page.Entries, err)
		}
		for _, e := range page.Entries {
			if e.Actor != test.want {
				t.Errorf("%s: %s by %q, want %q", name, e.Detail, e.Actor, test.want)
			}
		}
	}
}
