package registry

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// What the code of 2026-11-25 (d64645b), which runs somewhere, makes of today's items, and today's code of its items.
// testdata/released has the items as that code wrote them, every attribute set.

func released(t *testing.T, name string) attributes {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "released", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	item, err := attributevalue.UnmarshalMapJSON(text)
	if err != nil {
		t.Fatal(err)
	}
	return item
}

// releasedOwn are the attributes that a write of the released code sets or removes; it keeps all others.
func releasedOwn() []string {
	return strings.Fields(`arn created_at created_at_text status status_reason enrolled_at enrolled_at_text
		updated_at updated_at_text revision tags settings settings_revision settings_fault open_shards fence
		lease_owner lease_until lease_until_text in_flight operations up down alarms consumer due due_at due_at_text`)
}

// releasedWrite is a write of the released code over an item that it has read: what it does not know inside its own
// maps is gone, and what it does not know beside them stays.
func releasedWrite(item, known attributes) attributes {
	after := maps.Clone(item)
	for _, own := range releasedOwn() {
		if value, set := item[own]; set {
			after[own] = asKnown(value, known[own])
		}
	}
	return after
}

// asKnown leaves out of a value the keys that the known one has not.
func asKnown(value, known types.AttributeValue) types.AttributeValue {
	switch v := value.(type) {
	case *types.AttributeValueMemberM:
		model, _ := known.(*types.AttributeValueMemberM)
		kept := map[string]types.AttributeValue{}
		for key, inner := range v.Value {
			if model != nil && model.Value[key] != nil {
				kept[key] = asKnown(inner, model.Value[key])
			}
		}
		return &types.AttributeValueMemberM{Value: kept}
	case *types.AttributeValueMemberL:
		model, _ := known.(*types.AttributeValueMemberL)
		kept := make([]types.AttributeValue, len(v.Value))
		for i, inner := range v.Value {
			kept[i] = asKnown(inner, model.Value[min(i, len(model.Value)-1)])
		}
		return &types.AttributeValueMemberL{Value: kept}
	}
	return value
}

// New facts of a stream must outlive a write of the released code: they are attributes of their own. Settings are
// computed anew at the next look.
func TestTheReleasedCodeKeepsWhatIsNew(t *testing.T) {
	full := fullStream()
	full.Overrides = nil
	after := decodeStream("orders", releasedWrite(encodeStream(full), released(t, "stream")))
	after.Settings, after.SettingsFault, after.SettingsRevision = full.Settings, full.SettingsFault, full.SettingsRevision
	if diff := cmp.Diff(full, after); diff != "" {
		t.Errorf("lost by a write of the released code; make it an attribute of its own (-before +after):\n%s", diff)
	}
	if slices.Equal(releasedOwn(), ownAttributes()) {
		t.Error("nothing is new: the test shows nothing")
	}
}

// The released code reads the settings that today's code writes, or holds the stream.
func TestTheReleasedCodeKnowsTheVitalSettings(t *testing.T) {
	settings := released(t, "stream").layer(attrSettings)
	for _, key := range vitalSettings() {
		if settings[key] == "" {
			t.Errorf("%s is not among the released settings", key)
		}
	}
	today := encodeStream(fullStream()).layer(attrSettings)
	for key := range settings {
		if _, kept := today[key]; !kept && slices.Contains(scaling.SettingNames(), key) {
			t.Errorf("%s is written no more", key)
		}
	}
}

// Today's code reads what the released code wrote, and loses none of it by a write.
func TestReleasedItemsAreRead(t *testing.T) {
	stream := released(t, "stream")
	again := encodeStream(decodeStream("orders", stream))
	for _, own := range releasedOwn() {
		if own == attrSettings { // has new keys, with their defaults
			continue
		}
		if before := stream[own]; before != nil && !same(before, again[own]) {
			t.Errorf("%s is %v, was %v", own, asText(again[own]), asText(before))
		}
	}
	history := released(t, "history")
	for name, value := range encodeHistory(decodeHistory(history), DefaultRetention) {
		if !same(history[name], value) {
			t.Errorf("history: %s is %v, was %v", name, asText(value), asText(history[name]))
		}
	}
	fleet := decodeFleet(released(t, "fleet"))
	want := fullFleet()
	want.Account.LeastUnreserved = 0    // learned anew from the next refusal
	want.Account.ShardsAt = time.Time{} // older versions keep one time for both figures
	want.Counted, want.Streams = 0, 0   // nor do they count the fleet
	want.Revision = 0                   // the released code replaces the item without it; the next save finds none, as with a new item
	if diff := cmp.Diff(want, fleet); diff != "" {
		t.Error(diff)
	}
}

// same reports whether two attributes are alike.
func same(a, b types.AttributeValue) bool { return cmp.Equal(asText(a), asText(b)) }

// asText is an attribute as maps, lists and text.
func asText(value types.AttributeValue) any {
	switch v := value.(type) {
	case *types.AttributeValueMemberM:
		all := map[string]any{}
		for key, inner := range v.Value {
			all[key] = asText(inner)
		}
		return all
	case *types.AttributeValueMemberL:
		var all []any
		for _, inner := range v.Value {
			all = append(all, asText(inner))
		}
		return all
	case *types.AttributeValueMemberS:
		return "text " + v.Value
	case *types.AttributeValueMemberN:
		return "number " + v.Value
	}
	return fmt.Sprintf("%T", value)
}
