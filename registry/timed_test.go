package registry

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

func aTimed() ledger.Timed {
	return ledger.Timed{
		ID: "sale", From: time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC), Until: time.Date(2026, 11, 26, 11, 0, 0, 0, time.UTC),
		Settings: scaling.Layer{"min-shards": "12"}, Reason: "a sale", Who: "arn:ana",
	}
}

func TestTimedIsReadBack(t *testing.T) {
	for _, want := range []ledger.Timed{aTimed(), {ID: "x", Until: aTimed().Until, Settings: scaling.Layer{"mode": "dry-run"}}, {ID: "y", Schedule: "mon-fri 08:30 Europe/Berlin 4h", Settings: scaling.Layer{"min-shards": "64"}}} {
		got := decodeTimed(&types.AttributeValueMemberL{Value: encodeAll([]ledger.Timed{want}, encodeTimed)})
		if diff := cmp.Diff([]ledger.Timed{want}, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}

// What people leave in the console is read as they mean it, or told; never half.
func TestEditedTimed(t *testing.T) {
	for _, c := range []struct{ edit, id, fault string }{
		{`{"M": {"id": {"S": "a"}, "until": {"S": "2026-11-26T12:00:00+01:00"}, "settings": {"M": {"min-shards": {"N": "12"}}}}}`, "a", ""},
		{`{"M": {"until": {"N": "1795690800"}, "settings": {"M": {"min-shards": {"S": "12"}}}}}`, "number-1", ""},
		{`{"M": {"id": {"S": "a"}, "settings": {"M": {"min-shards": {"S": "12"}}}}}`, "a", "until is missing"},
		{`{"M": {"id": {"S": "a"}, "until": {"S": "monday"}, "settings": {"M": {"min-shards": {"S": "12"}}}}}`, "a", "until is neither"},
		{`{"M": {"id": {"S": "a"}, "from": {"BOOL": true}, "until": {"N": "1795690800"}, "settings": {"M": {"min-shards": {"S": "12"}}}}}`, "a", "from is neither"},
		{`{"M": {"id": {"S": "a"}, "until": {"N": "NaN"}, "settings": {"M": {"min-shards": {"S": "12"}}}}}`, "a", "until is neither"},
		{`{"M": {"id": {"S": "a"}, "until": {"N": "1795690800"}}}`, "a", "settings is missing"},
		{`{"M": {"id": {"S": "a"}, "until": {"N": "1795690800"}, "schedule": {"S": " mon-fri 08:30  Europe/Berlin 4h"}, "settings": {"M": {"min-shards": {"S": "12"}}}}}`, "a", ""},
		{`{"M": {"id": {"S": "a"}, "schedule": {"S": "mon-fri 08:30 Berlin 4h"}, "settings": {"M": {"min-shards": {"S": "12"}}}}}`, "a", "schedule: \"Berlin\" is no time zone"},
		{`{"M": {"id": {"S": "a"}, "schedule": {"N": "8"}, "until": {"N": "1795690800"}, "settings": {"M": {"min-shards": {"S": "12"}}}}}`, "a", "schedule is not a text"},
		{`{"S": "min-shards=12"}`, "number-1", "not a map"},
	} {
		item := parseEdit(t, `{"timed": {"L": [`+c.edit+`]}}`)
		all := decodeStream("orders", item).Timed
		if len(all) != 1 || all[0].ID != c.id || (all[0].Fault == "") != (c.fault == "") || !strings.Contains(all[0].Fault, c.fault) {
			t.Errorf("%s: %+v", c.edit, all)
			continue
		}
		if c.fault == "" && (all[0].Settings["min-shards"] != "12" || !all[0].Until.Equal(aTimed().Until)) {
			t.Errorf("%s: %+v", c.edit, all[0])
		}
	}
	if all := decodeStream("orders", parseEdit(t, `{"timed": {"S": "x"}}`)).Timed; len(all) != 1 || !strings.Contains(all[0].Fault, "not a list") {
		t.Errorf("a text: %+v", all)
	}
}

// A change of one timed override leaves the others as they are stored, what cannot be read and what nobody knows included.
func TestTimedOfOthersStay(t *testing.T) {
	stored := parseEdit(t, `{"timed": {"L": [
		{"M": {"id": {"S": "odd"}, "until": {"S": "monday"}}},
		{"M": {"id": {"S": "noted"}, "until": {"N": "1795690800"}, "settings": {"M": {"min-shards": {"N": "2"}}}, "note": {"S": "mine"}}}]}}`)
	before := decodeStream("orders", stored)
	after := before.Clone()
	after.Timed = append(after.Timed, aTimed())
	wanted := attributes{}
	if err := wanted.setTimed(stored, before, after); err != nil {
		t.Fatal(err)
	}
	list := wanted.list(attrTimed)
	if len(list) != 3 || !same(list[0], stored.list(attrTimed)[0]) || !same(list[1], stored.list(attrTimed)[1]) {
		t.Errorf("%v", list)
	}
	text := parseEdit(t, `{"timed": {"S": "x"}}`)
	before = decodeStream("orders", text)
	after = before.Clone()
	after.Timed = append(after.Timed, aTimed())
	if err := (attributes{}).setTimed(text, before, after); err == nil || !strings.Contains(err.Error(), "mend it") {
		t.Errorf("an attribute that is no list was written over: %v", err)
	}
}
