package registry

import (
	"errors"
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// looked is what the reconciler's look at a time leaves of an item in the table, which it writes as Save does.
func looked(t *testing.T, table attributes, now time.Time) ledger.Item {
	t.Helper()
	rules, tags := ledger.Rules{}, scaling.Layer{"mode": "enabled"}
	sum := scaling.Summary{
		Name: "orders", ARN: "arn:aws:kinesis:eu-west-1:123456789012:stream/orders", Status: scaling.StatusActive,
		Mode: scaling.ModeProvisioned, OpenShards: 4, CreatedAt: noon().AddDate(0, -1, 0),
	}
	s := decodeStream("orders", table)
	s, _ = s.Mended(now, "reconciler")
	s, _, _ = s.Settle(sum, now)
	if s.Status != ledger.Unenrolled {
		if rules.Wants(s.Tags) {
			tags = s.Tags
		}
		s, _ = rules.Refresh(s, sum, tags, now, "reconciler")
	}
	s = s.Seen(sum, now)
	s.Revision++
	next := encodeStream(s)
	for name, value := range s.Unread {
		kept, is := value.(types.AttributeValue)
		if !is {
			t.Fatalf("%s is kept as a %T", name, value)
		}
		table[name+ledger.SetAsideSuffix] = kept
	}
	for _, name := range ownAttributes() {
		if value, set := next[name]; set {
			table[name] = value
		} else {
			delete(table, name)
		}
	}
	return decodeStream("orders", table)
}

// Whatever somebody leaves in the attributes of an item, after two looks of the reconciler a claim is granted, unless the
// operations are used up or the stream is not enrolled by what the item says; and what was there and could not be read is kept,
// and told once.
func FuzzEdits(f *testing.F) {
	seed(f, "testdata/stream.json")
	years := `"` + "1953201600" + `"`
	for _, text := range []string{
		`{"tags": {"S": "none"}, "fence": {"S": "six"}}`, `{"tags": {"NULL": true}, "settings": {"NULL": true}, "revision": {"N": "12.5"}}`,
		`{"lease_until": {"N": ` + years + `}, "up": {"M": {"handled_at": {"N": ` + years + `}}}, "due_at": {"N": ` + years + `}}`,
		`{"in_flight": {"M": {"at": {"N": ` + years + `}, "fence": {"N": "6"}, "from_shards": {"N": "4"}, "to_shards": {"N": "8"}, "outcome": {"S": "accepted"}}}}`,
		`{"status": {"S": "enroled"}, "open_shards": {"N": "-4"}, "operations": {"S": "none"}}`,
		`{"revision": {"N": "-3"}, "fence": {"N": "-3"}, "settings_revision": {"N": "-3"}, "failed_claims": {"N": "-3"}}`, `{"revision": {"N": "0"}}`,
	} {
		f.Add([]byte(text))
	}
	good, err := os.ReadFile("testdata/stream.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		edits, err := attributevalue.UnmarshalMapJSON(text)
		if err != nil {
			t.Skip("no item")
		}
		item, err := attributevalue.UnmarshalMapJSON(good)
		if err != nil {
			t.Fatal(err)
		}
		table := attributes(item)
		table[attrStatus] = &types.AttributeValueMemberS{Value: string(ledger.Enrolled)}
		delete(table, attrStatusReason)
		for name, value := range edits {
			if slices.Contains(ownAttributes(), name) && value != nil { // a table holds no attribute without a type
				table[name] = value
			}
		}
		lost := slices.Sorted(maps.Keys(unread(table)))
		looked(t, table, noon())
		if left := slices.Sorted(maps.Keys(unread(table))); len(left) > 0 {
			t.Errorf("%v cannot be read after a look", left)
		}
		s := looked(t, table, noon().Add(16*time.Minute))
		for _, name := range lost {
			if table[name+ledger.SetAsideSuffix] == nil {
				t.Errorf("%s could not be read, and is lost", name)
			}
		}
		at := noon().Add(17 * time.Minute)
		_, _, err = s.Claim(ledger.Claim{
			Decision: scaling.Decision{At: at, Direction: scaling.Up, From: 4, Target: 8, Reasons: scaling.Trail{{Code: scaling.Doubled}}},
			Asked:    scaling.Up, Alarm: "orders-scale-up", TransitionAt: at.Add(-time.Second), Owner: "scaler/1", LeaseUntil: at.Add(time.Minute),
		})
		if err != nil && !errors.Is(err, ledger.ErrBudget) && s.Status == ledger.Enrolled {
			t.Errorf("claim: %v, on %+v", err, s)
		}
	})
}
