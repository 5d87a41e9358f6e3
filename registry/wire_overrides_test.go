package registry_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// A write of overrides is made only over what was read, sets only what is people's, and puts no item in place of another.
func TestOverridesOnTheWire(t *testing.T) {
	stored := item(func(s map[string]string) { s["overrides"] = `{"M":{"min-shards":{"S":"2"}}}` })
	r, w := newWire(t, map[string][]answer{"GetItem": {stored, stored, stored}, "TransactWriteItems": {{body: "{}"}}})
	before, err := r.Load(t.Context(), "orders")
	if err != nil {
		t.Fatal(err)
	}
	after := before.Clone()
	after.Timed = []ledger.Timed{{ID: "sale", Until: noon.Add(time.Hour), Settings: scaling.Layer{"min-shards": "12"}}}
	after.DueAt, after.Fence = noon, 1
	if _, err := r.SaveOverrides(t.Context(), before, after, ledger.Entry{Stream: "orders", At: noon, ID: "x", Kind: ledger.KindSettings}); err != nil {
		t.Fatal(err)
	}
	sent := w.request(2)
	if len(sent.TransactItems) != 2 || sent.TransactItems[0].Update.Key == nil || sent.TransactItems[1].Update.Key == nil {
		t.Fatalf("%+v", sent.TransactItems)
	}
	update := sent.TransactItems[0].Update
	condition := update.readable(update.ConditionExpression)
	for _, part := range []string{`revision = {"N":"12"}`, `overrides = {"M":{"min-shards":{"S":"2"}}}`, "attribute_not_exists (timed)"} {
		if !strings.Contains(condition, part) {
			t.Errorf("the condition lacks %s: %s", part, condition)
		}
	}
	var names []string
	for _, name := range update.ExpressionAttributeNames {
		names = append(names, name)
	}
	slices.Sort(names)
	if want := []string{"due", "due_at", "due_at_text", "overrides", "revision", "timed"}; !slices.Equal(names, want) {
		t.Errorf("it names %v, want %v", names, want)
	}
}

// Overrides that nobody changes stay as somebody wrote them, also where they cannot be read: the mistake is theirs to mend.
func TestATimedOverridesEndLeavesTheOverridesAsTheyAre(t *testing.T) {
	for _, overrides := range []string{`{"S":"max-shards=32"}`, `{"M":{"max-shards":{"L":[{"N":"32"}]}}}`, `{"M":{}}`} {
		stored := item(func(s map[string]string) {
			s["overrides"] = overrides
			s["timed"] = `{"L":[{"M":{"id":{"S":"sale"},"until":{"N":"1"},"settings":{"M":{"min-shards":{"S":"12"}}}}}]}`
		})
		r, w := newWire(t, map[string][]answer{"GetItem": {stored}, "TransactWriteItems": {{body: "{}"}}})
		before, err := r.Load(t.Context(), "orders")
		if err != nil {
			t.Fatal(err)
		}
		after, entries := before.Ended(noon, "reconciler")
		if _, err := r.SaveOverrides(t.Context(), before, after, entries...); err != nil || len(entries) != 1 {
			t.Fatalf("%d entries, %v", len(entries), err)
		}
		update := w.request(2).TransactItems[0].Update
		if changes := update.readable(update.UpdateExpression); !strings.Contains(changes, "overrides = "+overrides) {
			t.Errorf("overrides %s are changed: %s", overrides, changes)
		}
	}
}
