package repo_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/notification"
)

// docs/events.md and the schema have every kind of event, with its severity.
func TestTheEventsDocumentHasEveryKind(t *testing.T) {
	text := document(t, "docs/events.md")
	var kinds []string
	for _, kind := range ledger.EventKinds() {
		kinds = append(kinds, string(kind))
		if row := fmt.Sprintf("| `%s` | %s | ", kind, notification.SeverityOf(kind)); strings.Count(text, row) != 1 {
			t.Errorf("docs/events.md has not one row %q", row)
		}
	}
	var schema struct {
		Properties struct{ Kind struct{ Enum []string } }
	}
	if err := json.Unmarshal([]byte(document(t, "docs/events.schema.json")), &schema); err != nil {
		t.Fatal(err)
	}
	slices.Sort(kinds)
	slices.Sort(schema.Properties.Kind.Enum)
	if diff := cmp.Diff(kinds, schema.Properties.Kind.Enum); diff != "" {
		t.Errorf("kinds of the schema (-code +schema):\n%s", diff)
	}
}
