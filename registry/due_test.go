package registry

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Without the attribute by which the index shows a stream, its due_at plans no look: the sweep must find it overdue.
func TestATimeThatTheIndexDoesNotShowIsNoPlan(t *testing.T) {
	for what, edit := range map[string]func(attributes){
		"deleted": func(a attributes) { delete(a, attrDue) },
		"changed": func(a attributes) { a[attrDue] = &types.AttributeValueMemberS{Value: "due"} },
	} {
		table := encodeStream(ledger.Item{Name: "orders", Status: ledger.Enrolled, DueAt: noon().Add(-time.Minute)})
		if decodeStream("orders", table).Overdue(noon()) {
			t.Fatal("a look that is planned counts as lost")
		}
		edit(table)
		if s := decodeStream("orders", table); !s.Overdue(noon()) {
			t.Errorf("due was %s, and a look at %s counts as planned", what, s.DueAt)
		}
	}
}
