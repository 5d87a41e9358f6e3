package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/app"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/enroller"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// source is what events are checked against.
type source struct {
	home          app.Home
	scalerRoleARN string // calls under this role are our own
}

// event is what EventBridge gives a function. Other fields, and new ones, are passed over.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html (read 2026-11)
type event struct {
	ID         app.Field[string]   `json:"id"`
	Source     app.Field[string]   `json:"source"`
	DetailType app.Field[string]   `json:"detail-type"`
	Account    app.Field[string]   `json:"account"`
	Region     app.Field[string]   `json:"region"`
	Resources  app.Field[[]string] `json:"resources"`
	Detail     json.RawMessage     `json:"detail"`
}

// route is what tells one kind of event from another. Call is empty where there is none.
type route struct {
	source, detailType, call string
}

// The detail types.
const (
	apiCall   = "AWS API Call via CloudTrail"
	tagChange = "Tag Change on Resource"
)

// reader returns the changes that an event of its kind tells of.
type reader func(event, apiCallDetail) ([]enroller.Change, error)

// readers is the table of all events that are understood.
//
// Kinesis through CloudTrail: https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-kinesis.html
// Tags: https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-tag.html and
// https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-tagging.html (all read 2026-11).
// That TagResource, UntagResource and UpdateStreamMode arrive, and that tag changes cover
// Kinesis, is not confirmed there: where they do not, the hourly sweep finds the change.
func (s source) readers() map[route]reader {
	table := map[route]reader{
		{"aws.kinesis", apiCall, "UpdateShardCount"}: s.resharded,
		{"aws.kinesis", apiCall, "SplitShard"}:       s.recut(1),
		{"aws.kinesis", apiCall, "MergeShards"}:      s.recut(-1),
		{"aws.tag", tagChange, ""}:                   s.tagsChanged,
		{"aws.tagging", apiCall, "TagResources"}:     s.manyTagged,
		{"aws.tagging", apiCall, "UntagResources"}:   s.manyTagged,
	}
	for _, call := range []string{
		"CreateStream", "DeleteStream", "UpdateStreamMode",
		"AddTagsToStream", "RemoveTagsFromStream", "TagResource", "UntagResource",
	} {
		table[route{"aws.kinesis", apiCall, call}] = s.changed
	}
	return table
}

// decode returns the changes that an event tells of, and a report if it cannot be understood or
// tells of nothing. Now is needed to refuse times in the future.
func (s source) decode(payload []byte, now time.Time) ([]enroller.Change, []report.Report) {
	var e event
	if err := json.Unmarshal(payload, &e); err != nil {
		return nil, notUsed(report.BadInput, "no EventBridge event: %v", err)
	}
	var call apiCallDetail
	if e.DetailType.Value == apiCall {
		if err := json.Unmarshal(e.Detail, &call); err != nil {
			return nil, notUsed(report.BadInput, "event %q: field detail: no CloudTrail detail: %v", e.ID.Value, err)
		}
	}
	if err := e.readable(call); err != nil {
		return nil, notUsed(report.BadInput, "event %q: %v", e.ID.Value, err)
	}
	read, known := s.readers()[route{e.Source.Value, e.DetailType.Value, call.EventName.Value}]
	if !known {
		return nil, notUsed(report.Ignored, "unknown event: source %q, detail type %q, call %q", e.Source.Value, e.DetailType.Value, call.EventName.Value)
	}
	if err := s.home.Check(e.Account.Value, e.Region.Value); err != nil {
		return nil, notUsed(report.BadInput, "event %q: %v", e.ID.Value, err)
	}
	if said, failed := call.failed(); failed {
		return nil, notUsed(report.Ignored, "%s failed: %s", call.EventName.Value, said)
	}
	if at := call.EventTime.Value; at.After(now.Add(scaling.MaxClockSkew)) {
		return nil, notUsed(report.BadInput, "event %q: field detail.eventTime: %s is in the future", e.ID.Value, at.UTC().Format(time.RFC3339))
	}
	changes, err := read(e, call)
	if ignored, ok := errors.AsType[ignoredError](err); ok {
		return nil, notUsed(report.Ignored, "%s", ignored)
	}
	if err != nil {
		return nil, notUsed(report.BadInput, "event %q, %s: %v", e.ID.Value, call.EventName.Value, err)
	}
	return changes, nil
}

// readable names the fields that tell one event from another and that cannot be read.
func (e event) readable(call apiCallDetail) error {
	var faults []error
	note := func(_ string, err error) { faults = append(faults, err) }
	note(e.Source.Read("source"))
	note(e.DetailType.Read("detail-type"))
	note(e.Account.Read("account"))
	note(e.Region.Read("region"))
	note(call.EventName.Read("detail.eventName"))
	return errors.Join(faults...)
}

func notUsed(why report.Event, format string, args ...any) []report.Report {
	return []report.Report{{Event: why, Detail: fmt.Sprintf(format, args...)}}
}

// ignoredError is why an event that is understood is not acted on.
type ignoredError string

func (e ignoredError) Error() string { return string(e) }

// tagsChanged reads the event of a changed tag, whoever changed it and how.
func (s source) tagsChanged(e event, _ apiCallDetail) ([]enroller.Change, error) {
	arns, err := e.Resources.Read("resources")
	if err != nil {
		return nil, err
	}
	return s.changesOf(arns, enroller.Change{EventID: e.ID.Value, Call: tagChange})
}

// changesOf returns a change for each ARN that is of a stream here; others are passed over. A call that tags many resources succeeds
// though some fail, as those of another Region do, so these do not take ours with them. An error: there are only such.
func (s source) changesOf(arns []string, change enroller.Change) ([]enroller.Change, error) {
	var changes []enroller.Change
	var foreign error
	for _, arn := range arns {
		name, err := s.home.StreamName(arn)
		if errors.Is(err, app.ErrForeign) {
			foreign = err
		}
		if err == nil {
			change.Stream = name
			changes = append(changes, change)
		}
	}
	switch {
	case len(changes) > 0:
		return changes, nil
	case foreign != nil:
		return nil, foreign
	}
	return nil, ignoredError(change.Call + ": no stream among " + strings.Join(arns, ", "))
}
