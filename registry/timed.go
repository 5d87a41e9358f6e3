package registry

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/schedule"
)

// attrFrom is from when a timed override is in force, attrSchedule at which times. attrUntil, attrSettings, attrReason and
// attrWho are the rest of it.
const (
	attrFrom     = "from"
	attrSchedule = "schedule"
)

func encodeTimed(t ledger.Timed) attributes {
	a := attributes{}
	a.setText(attrID, t.ID)
	a.setTime(attrFrom, t.From)
	a.setTime(attrUntil, t.Until)
	a.setText(attrSchedule, t.Schedule)
	a.setLayer(attrSettings, t.Settings)
	a.setText(attrReason, t.Reason)
	a.setText(attrWho, t.Who)
	return a
}

// decodeTimed reads the list of timed overrides, which people may have edited. Each element is read, in its place: one
// that is odd in any part has a fault, so that it is told and never applied by half.
func decodeTimed(value types.AttributeValue) []ledger.Timed {
	switch v := value.(type) {
	case nil, *types.AttributeValueMemberNULL:
		return nil
	case *types.AttributeValueMemberL:
		var all []ledger.Timed
		for i, one := range v.Value {
			all = append(all, decodeTimedOverride(i, one))
		}
		return all
	default:
		return []ledger.Timed{{ID: attrTimed, Fault: "the attribute " + attrTimed + " is not a list"}}
	}
}

func decodeTimedOverride(i int, value types.AttributeValue) ledger.Timed {
	unnamed := fmt.Sprintf("number-%d", i+1)
	inner, is := value.(*types.AttributeValueMemberM)
	if !is {
		return ledger.Timed{ID: unnamed, Fault: "it is not a map"}
	}
	a := attributes(inner.Value)
	t := ledger.Timed{
		ID: cmp.Or(strings.TrimSpace(a.text(attrID)), unnamed), Settings: a.layer(attrSettings), Schedule: strings.Join(strings.Fields(a.text(attrSchedule)), " "), Reason: a.text(attrReason), Who: a.text(attrWho),
	}
	_, unreadable := schedule.ParseTimes(t.Schedule)
	_, isText := a[attrSchedule].(*types.AttributeValueMemberS)
	var readFrom, readUntil bool
	t.From, readFrom = a.moment(attrFrom)
	t.Until, readUntil = a.moment(attrUntil)
	switch {
	case !readFrom:
		t.Fault = attrFrom + " is neither seconds since 1970 nor a time such as 2026-11-26T12:00:00Z"
	case !readUntil:
		t.Fault = attrUntil + " is neither seconds since 1970 nor a time such as 2026-11-26T12:00:00Z"
	case a[attrSchedule] != nil && !isText:
		t.Fault = attrSchedule + " is not a text such as mon-fri 08:30 Europe/Berlin 4h"
	case t.Schedule != "" && unreadable != nil:
		t.Fault = attrSchedule + ": " + unreadable.Error()
	case t.Until.IsZero() && t.Schedule == "":
		t.Fault = attrUntil + " is missing"
	case len(t.Settings) == 0:
		t.Fault = attrSettings + " is missing or not a map"
	}
	return t
}

// moment reads a time as we write it, or as people do. It reports false where something else stands in its place.
func (a attributes) moment(name string) (time.Time, bool) {
	switch v := a[name].(type) {
	case nil, *types.AttributeValueMemberNULL:
		return time.Time{}, true
	case *types.AttributeValueMemberN:
		at := a.time(name)
		return at, !at.IsZero()
	case *types.AttributeValueMemberS:
		at, err := time.Parse(time.RFC3339, strings.TrimSpace(v.Value))
		at = at.Truncate(time.Millisecond).UTC()
		return at, err == nil && at.Unix() >= firstSecond && at.Unix() <= lastSecond && !at.IsZero()
	}
	return time.Time{}, false
}
