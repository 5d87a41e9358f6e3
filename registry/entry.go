package registry

import (
	"hash/fnv"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// The attributes of a history item. Those of an operation in flight, inside its stream's item,
// are the same.
const (
	attrAt           = "at"
	attrID           = "id"
	attrKind         = "kind"
	attrDirection    = "direction"
	attrFromShards   = "from_shards"
	attrToShards     = "to_shards"
	attrReason       = "reason"  // code of the last reason, for people
	attrReasons      = "reasons" // the whole trail
	attrCode         = "code"
	attrDetail       = "detail"
	attrUtilization  = "utilization"
	attrLimit        = "limit"
	attrAlarm        = "alarm"
	attrTransitionAt = "transition_at"
	attrActor        = "actor"
	attrOutcome      = "outcome"
	attrDuration     = "duration_seconds"
	attrDrain        = "drain_seconds"

	// ExpiryAttribute is the attribute by which DynamoDB deletes history: the table's
	// TimeToLiveSpecification must name it.
	ExpiryAttribute = "expires_at"
)

// encodeEntry returns the attributes of an entry, without its keys and its expiry.
func encodeEntry(e ledger.Entry) attributes {
	a := attributes{}
	a.setTime(attrAt, e.At)
	a.setText(attrID, e.ID)
	a.setText(attrKind, string(e.Kind))
	a.setDirection(e.Direction)
	if e.From != 0 || e.To != 0 {
		a.setCount(attrFromShards, int64(e.From))
		a.setCount(attrToShards, int64(e.To))
	}
	a.setText(attrReason, string(e.Reasons.Last()))
	a.setList(attrReasons, encodeAll(e.Reasons, encodeReason))
	a.setRatio(attrUtilization, e.Utilization)
	a.setText(attrLimit, string(e.Limit))
	a.setText(attrAlarm, e.Alarm)
	a.setTime(attrTransitionAt, e.TransitionAt)
	a.setText(attrActor, e.Actor)
	if e.Fence != 0 {
		a.setCount(attrFence, e.Fence)
	}
	a.setText(attrOutcome, string(e.Outcome))
	a.setRatio(attrDuration, float64(e.Duration.Milliseconds())/1000)
	a.setRatio(attrDrain, float64(e.Drain.Milliseconds())/1000)
	a.setText(attrDetail, e.Detail)
	return a
}

// decodeEntry reads an entry as tolerantly as decodeStream reads a stream.
func decodeEntry(stream string, a attributes) ledger.Entry {
	return ledger.Entry{
		Stream:       stream,
		At:           a.time(attrAt),
		ID:           a.text(attrID),
		Kind:         ledger.Kind(a.text(attrKind)),
		Direction:    a.direction(),
		From:         int(a.count(attrFromShards)),
		To:           int(a.count(attrToShards)),
		Reasons:      decodeAll(a.list(attrReasons), decodeReason),
		Utilization:  a.ratio(attrUtilization),
		Limit:        scaling.Limit(a.text(attrLimit)),
		Alarm:        a.text(attrAlarm),
		TransitionAt: a.time(attrTransitionAt),
		Actor:        a.text(attrActor),
		Fence:        a.count(attrFence),
		Outcome:      ledger.Outcome(a.text(attrOutcome)),
		Duration:     a.duration(attrDuration),
		Drain:        a.duration(attrDrain),
		Detail:       a.text(attrDetail),
	}
}

func encodeReason(r scaling.Reason) attributes {
	a := attributes{}
	a.setText(attrCode, string(r.Code))
	a.setText(attrDetail, r.Detail)
	return a
}

func decodeReason(a attributes) scaling.Reason {
	return scaling.Reason{Code: scaling.ReasonCode(a.text(attrCode)), Detail: a.text(attrDetail)}
}

// encodeHistory returns an entry's whole item.
func encodeHistory(e ledger.Entry, retention time.Duration) attributes {
	a := encodeEntry(e)
	a[attrPK] = textValue(historyKey(e.Stream))
	a[attrSK] = textValue(historyPrefix + sortText(e.At) + "#" + e.ID)
	a[attrDay] = textValue(dayPrefix + sortText(e.At)[:len(time.DateOnly)])
	a.setCount(ExpiryAttribute, e.At.Add(retention).Unix())
	return a
}

// decodeHistory reads an entry's item. The stream, the time and the id are those of its key,
// which nobody can edit.
func decodeHistory(a attributes) ledger.Entry {
	e := decodeEntry(streamName(a), a)
	text, id, _ := strings.Cut(strings.TrimPrefix(a.text(attrSK), historyPrefix), "#")
	if at, err := time.Parse(timeText, text); err == nil && at.Unix() >= firstSecond {
		e.At, e.ID = at, id
	}
	return e
}

// sortText is a time as it stands in sort keys. Years that have no four digits become the first
// or the last that do.
func sortText(t time.Time) string {
	seconds := min(max(t.Unix(), firstSecond), lastSecond)
	if seconds != t.Unix() {
		t = time.Unix(seconds, 0)
	}
	return t.UTC().Format(timeText)
}

func streamKey(name string) attributes {
	return attributes{attrPK: textValue(streamPrefix + name), attrSK: textValue(streamSK)}
}

// partOf is in which of some parts a stream is. The table holds what is kept by it, so it never changes.
func partOf(stream string, parts uint32) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(stream)) // never fails
	return int(h.Sum32() % parts)
}

// historyKey is the partition of a stream's history, or of what is told of all streams together.
func historyKey(stream string) string {
	if stream == "" {
		return fleetKey
	}
	return streamPrefix + stream
}

// streamName takes the stream out of an item's partition key; empty for what is kept of all streams together.
func streamName(a attributes) string {
	if a.text(attrPK) == fleetKey {
		return ""
	}
	return strings.TrimPrefix(a.text(attrPK), streamPrefix)
}
