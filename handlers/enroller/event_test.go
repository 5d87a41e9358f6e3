package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/shardkeeper/shardkeeper/internal/app"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/enroller"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

const alice = "arn:aws:sts::123456789012:assumed-role/Admin/alice"

func now() time.Time { return time.Date(2026, 11, 2, 9, 12, 0, 0, time.UTC) }

// here is where the events of ../../events happen.
func here(tb testing.TB) source {
	tb.Helper()
	config, err := app.ReadConfig(func(name string) string {
		return map[string]string{
			app.EnvTable:         "shardkeeper",
			app.EnvTopicARN:      "arn:aws:sns:us-east-1:123456789012:shardkeeper-alarms",
			app.EnvScalerRoleARN: "arn:aws:iam::123456789012:role/shardkeeper-ScalerFunctionRole-EXAMPLE",
		}[name]
	})
	if err != nil {
		tb.Fatal(err)
	}
	return source{home: config.Home, scalerRoleARN: config.ScalerRoleARN}
}

func eventFile(tb testing.TB, name string) []byte {
	tb.Helper()
	payload, err := os.ReadFile(filepath.Join("..", "..", "events", name))
	if err != nil {
		tb.Fatal(err)
	}
	return payload
}

func TestDecodeOfEachEventFile(t *testing.T) {
	change := func(stream, call string) []enroller.Change {
		return []enroller.Change{{Stream: stream, Actor: alice, Call: call, Tool: ledger.ToolCLI}}
	}
	external := change("orders", "UpdateShardCount")
	external[0].Reshard = &scaling.Operation{
		At: time.Date(2026, 11, 2, 9, 10, 5, 0, time.UTC), Direction: scaling.Up, From: 2, To: 3, Actor: alice,
	}
	recut := func(call, id string, shards int) []enroller.Change {
		changes := change("orders", call)
		changes[0].Recut = &ledger.Recut{At: time.Date(2026, 11, 2, 9, 10, 5, 0, time.UTC), ID: id, Shards: shards}
		return changes
	}
	tests := map[string]struct {
		changes []enroller.Change
		ignored string // what the report says
		bad     string
	}{
		"enroller-create-stream-tagged.json":   {changes: change("orders", "CreateStream")},
		"enroller-create-stream-untagged.json": {changes: change("clicks", "CreateStream")},
		"enroller-create-stream-failed.json":   {ignored: "CreateStream failed: ResourceInUseException"},
		"enroller-add-tags.json":               {changes: change("orders", "AddTagsToStream")},
		"enroller-remove-tags.json":            {changes: change("clicks", "RemoveTagsFromStream")},
		"enroller-tag-resource.json":           {changes: change("orders", "TagResource")},
		"enroller-tag-resource-consumer.json":  {ignored: "not of a stream"},
		"enroller-untag-resource.json":         {changes: change("clicks", "UntagResource")},
		"enroller-delete-stream.json":          {changes: change("returns", "DeleteStream")},
		"enroller-update-stream-mode.json":     {changes: change("audit", "UpdateStreamMode")},
		"enroller-update-shard-count.json":     {changes: external},
		"enroller-update-shard-count-own.json": {ignored: "by the scaler itself"},
		"enroller-split-shard.json":            {changes: recut("SplitShard", "8f2c1d3e-4b5a-4c6d-8e7f-9a0b1c2d3e16", 1)},
		"enroller-merge-shards.json":           {changes: recut("MergeShards", "8f2c1d3e-4b5a-4c6d-8e7f-9a0b1c2d3e17", -1)},
		"enroller-retention.json":              {ignored: `unknown event: source "aws.kinesis"`},
		"enroller-tag-change.json":             {changes: []enroller.Change{{Stream: "orders", Call: tagChange}}},
		"enroller-tag-resources.json":          {changes: append(change("orders", "TagResources"), change("payments", "TagResources")...)},
		"enroller-other-region.json":           {bad: "of another account or Region"},
		"enroller-unknown.json":                {ignored: `unknown event: source "aws.ec2"`},
	}
	files, err := filepath.Glob(filepath.Join("..", "..", "events", "enroller-*.json"))
	if err != nil || len(files) != len(tests) {
		t.Errorf("%d event files (%v), %d cases here", len(files), err, len(tests))
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			changes, reports := here(t).decode(eventFile(t, name), now())
			if diff := cmp.Diff(tt.changes, changes, cmpopts.IgnoreFields(enroller.Change{}, "EventID")); diff != "" {
				t.Error(diff)
			}
			for _, c := range changes {
				if c.EventID == "" {
					t.Errorf("change %+v without the event's id", c)
				}
			}
			checkReport(t, reports, tt.ignored, tt.bad)
		})
	}
}

func checkReport(t *testing.T, reports []report.Report, ignored, bad string) {
	t.Helper()
	event, text := report.Ignored, ignored
	if bad != "" {
		event, text = report.BadInput, bad
	}
	switch {
	case text == "" && len(reports) > 0:
		t.Errorf("reports %+v, want none", reports)
	case text != "" && (len(reports) != 1 || reports[0].Event != event || !strings.Contains(reports[0].Detail, text)):
		t.Errorf("reports %+v, want one %s with %q", reports, event, text)
	}
}

// variant returns an event file with fields changed by their path, such as
// "detail.requestParameters.streamName"; a nil value takes the field away.
func variant(tb testing.TB, file string, changes map[string]any) []byte {
	tb.Helper()
	event := map[string]any{}
	if err := json.Unmarshal(eventFile(tb, file), &event); err != nil {
		tb.Fatal(err)
	}
	for path, value := range changes {
		fields, keys := event, strings.Split(path, ".")
		for _, key := range keys[:len(keys)-1] {
			inner, ok := fields[key].(map[string]any)
			if !ok {
				inner = map[string]any{}
				fields[key] = inner
			}
			fields = inner
		}
		last := keys[len(keys)-1]
		if fields[last] = value; value == nil {
			delete(fields, last)
		}
	}
	payload, err := json.Marshal(event)
	if err != nil {
		tb.Fatal(err)
	}
	return payload
}

func TestDecodeVariants(t *testing.T) {
	const create, reshard = "enroller-create-stream-untagged.json", "enroller-update-shard-count.json"
	type set = map[string]any
	tests := []struct {
		name    string
		file    string
		changes set
		stream  string
		to      int // of the resharding by somebody else
		ignored string
		bad     string
	}{
		{name: "as it is", file: create, stream: "clicks"},
		{name: "by ARN", file: create, changes: set{"detail.requestParameters": set{"streamARN": "arn:aws:kinesis:us-east-1:123456789012:stream/orders"}}, stream: "orders"},
		{name: "ARN in camel case", file: create, changes: set{"detail.requestParameters": set{"streamArn": "arn:aws:kinesis:us-east-1:123456789012:stream/orders"}}, stream: "orders"},
		{name: "other partition", file: create, changes: set{"detail.requestParameters": set{"streamARN": "arn:aws-us-gov:kinesis:us-east-1:123456789012:stream/orders"}}, stream: "orders"},
		{name: "new fields", file: create, changes: set{"detail.addendum": set{"reason": "x"}, "new": 1}, stream: "clicks"},
		{name: "no identity", file: create, changes: set{"detail.userIdentity": nil}, stream: "clicks"},
		{name: "only an error message", file: create, changes: set{"detail.errorMessage": "no"}, ignored: "failed"},

		{name: "no name", file: create, changes: set{"detail.requestParameters": nil}, bad: "no stream has the name"},
		{name: "odd name", file: create, changes: set{"detail.requestParameters.streamName": "a b"}, bad: "no stream has the name"},
		{name: "long name", file: create, changes: set{"detail.requestParameters.streamName": strings.Repeat("a", 129)}, bad: "no stream has the name"},
		{name: "name with markup", file: create, changes: set{"detail.requestParameters.streamName": `x"}],"y`}, bad: "no stream has the name"},
		{name: "name that is a number", file: create, changes: set{"detail.requestParameters.streamName": 7}, bad: "field detail.requestParameters.streamName"},
		{name: "ARN of another account", file: create, changes: set{"detail.requestParameters.streamARN": "arn:aws:kinesis:us-east-1:210987654321:stream/orders"}, bad: "another account"},
		{name: "stream ARN of something else", file: create, changes: set{"detail.requestParameters.streamARN": "arn:aws:sqs:us-east-1:123456789012:jobs"}, bad: "not of a stream"},
		{name: "event of another account", file: create, changes: set{"account": "210987654321"}, bad: "another account"},
		{name: "no account", file: create, changes: set{"account": nil}, bad: "another account"},
		{name: "no detail", file: create, changes: set{"detail": nil}, bad: "no CloudTrail detail"},
		{name: "detail that is text", file: create, changes: set{"detail": "text"}, bad: "no CloudTrail detail"},
		{name: "parameters that are text", file: create, changes: set{"detail.requestParameters": "x"}, bad: "field detail.requestParameters"},
		{name: "account that is a number", file: create, changes: set{"account": 123456789012}, bad: "field account"},
		{name: "call that is a number", file: create, changes: set{"detail.eventName": 7}, bad: "field detail.eventName"},

		// What is not needed may be anything.
		{name: "time that is none, where none is needed", file: create, changes: set{"detail.eventTime": "yesterday"}, stream: "clicks"},
		{name: "time with an offset without a colon", file: create, changes: set{"detail.eventTime": "2026-11-02T09:10:05+0000"}, stream: "clicks"},
		{name: "identity that is text", file: create, changes: set{"detail.userIdentity": "alice"}, stream: "clicks"},
		{name: "session that is a list", file: create, changes: set{"detail.userIdentity.sessionContext": []int{1}}, stream: "clicks"},
		{name: "answer that is text", file: create, changes: set{"detail.responseElements": "ok"}, stream: "clicks"},
		{name: "ids that are numbers", file: create, changes: set{"id": 7, "detail.eventID": 8}, stream: "clicks"},
		{name: "resources that are text", file: create, changes: set{"resources": "none"}, stream: "clicks"},
		{name: "a target of no number, for another call", file: create, changes: set{"detail.requestParameters.targetShardCount": "many"}, stream: "clicks"},
		{name: "a failed call at no time", file: "enroller-merge-shards.json", changes: set{"detail.eventTime": "2026-11-02T09:10:05+0000", "detail.errorCode": "LimitExceededException"}, ignored: "failed"},
		{name: "a code of failure that cannot be read", file: create, changes: set{"detail.errorCode": 7}, ignored: "field detail.errorCode"},
		{name: "time in the future", file: create, changes: set{"detail.eventTime": "2026-11-02T10:00:00Z"}, bad: "in the future"},
		{name: "call of another service", file: create, changes: set{"source": "aws.sqs"}, ignored: "unknown event"},
		{name: "not through CloudTrail", file: create, changes: set{"detail-type": "AWS Service Event via CloudTrail"}, ignored: "unknown event"},

		{name: "resharding", file: reshard, stream: "orders", to: 3},
		{name: "resharding without an answer", file: reshard, changes: set{"detail.responseElements": nil}, stream: "orders", to: 3},
		{name: "resharding to nothing", file: reshard, changes: set{"detail.responseElements": nil, "detail.requestParameters.targetShardCount": 0}, bad: "cannot be"},
		{name: "resharding beyond all bounds", file: reshard, changes: set{"detail.responseElements.targetShardCount": 1 << 40}, bad: "cannot be"},
		{name: "resharding to the most that a stream can have", file: reshard, changes: set{"detail.responseElements.targetShardCount": scaling.MaxStreamShards}, stream: "orders", to: scaling.MaxStreamShards},
		{name: "resharding to one more", file: reshard, changes: set{"detail.responseElements.targetShardCount": scaling.MaxStreamShards + 1}, bad: "cannot be"},
		{name: "resharding to one shard", file: reshard, changes: set{"detail.responseElements.targetShardCount": 1}, stream: "orders", to: 1},
		{name: "resharding to less than nothing", file: reshard, changes: set{"detail.responseElements.targetShardCount": -4}, bad: "cannot be"},
		{name: "resharding with an odd offset", file: reshard, changes: set{"detail.eventTime": "2026-11-02T09:10:05+0000"}, stream: "orders", to: 3},
		{name: "resharding at an unreadable time", file: reshard, changes: set{"detail.eventTime": "yesterday"}, bad: "field detail.eventTime"},
		{name: "resharding with an unreadable answer", file: reshard, changes: set{"detail.responseElements.targetShardCount": "three"}, stream: "orders", to: 3},
		{name: "resharding to an unreadable size", file: reshard, changes: set{"detail.responseElements": nil, "detail.requestParameters.targetShardCount": "three"}, bad: "field detail.requestParameters.targetShardCount"},
		{name: "resharding at no time", file: reshard, changes: set{"detail.eventTime": nil}, bad: "cannot be"},
		{name: "our own, told by the session", file: reshard, changes: set{
			"detail.userIdentity": set{"arn": "arn:aws:sts::123456789012:assumed-role/shardkeeper-ScalerFunctionRole-EXAMPLE/shardkeeper-scaler"},
		}, ignored: "by the scaler itself"},
		{name: "a role whose name begins like ours", file: reshard, changes: set{
			"detail.userIdentity": set{"arn": "arn:aws:sts::123456789012:assumed-role/shardkeeper-ScalerFunctionRole-EXAMPLE2/bob"},
		}, stream: "orders", to: 3},

		{name: "tag change of a function", file: "enroller-tag-change.json", changes: set{"resources": []string{"arn:aws:lambda:us-east-1:123456789012:function:f"}}, ignored: "no stream among"},
		{name: "tag change of nothing", file: "enroller-tag-change.json", changes: set{"resources": nil}, ignored: "no stream among"},
		{name: "tag change of what is no list", file: "enroller-tag-change.json", changes: set{"resources": "orders"}, bad: "field resources"},
		{name: "tags of what is no list", file: "enroller-tag-resources.json", changes: set{"detail.requestParameters.resourceARNList": 7}, bad: "field detail.requestParameters.resourceARNList"},
		{name: "tags of ours and of others, of which the call failed", file: "enroller-tag-resources.json", changes: set{"detail.requestParameters.resourceARNList": []string{
			"arn:aws:kinesis:eu-west-1:123456789012:stream/jobs", "arn:aws:kinesis:us-east-1:123456789012:stream/orders", "arn:aws:kinesis:us-east-1:210987654321:stream/jobs",
		}}, stream: "orders"},
		{name: "tags of others only", file: "enroller-tag-resources.json", changes: set{"detail.requestParameters.resourceARNList": []string{
			"arn:aws:sqs:us-east-1:123456789012:jobs", "arn:aws:kinesis:us-east-1:210987654321:stream/jobs",
		}}, bad: "another account"},
		{name: "tag change elsewhere", file: "enroller-tag-change.json", changes: set{"resources": []string{"arn:aws:kinesis:eu-west-1:123456789012:stream/orders"}}, bad: "another account"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			changes, reports := here(t).decode(variant(t, tt.file, tt.changes), now())
			checkReport(t, reports, tt.ignored, tt.bad)
			switch {
			case tt.stream == "" && len(changes) == 0:
			case len(changes) != 1 || changes[0].Stream != tt.stream:
				t.Errorf("changes %+v, want one of %q", changes, tt.stream)
			case tt.to != 0 && (changes[0].Reshard == nil || changes[0].Reshard.To != tt.to):
				t.Errorf("resharding %+v, want one to %d", changes[0].Reshard, tt.to)
			case tt.to == 0 && changes[0].Reshard != nil:
				t.Errorf("resharding %+v, want none", changes[0].Reshard)
			}
		})
	}
}

func TestDecodeOfWhatIsNoEvent(t *testing.T) {
	for payload, want := range map[string]report.Event{
		"": report.BadInput, "{": report.BadInput, "[]": report.BadInput, `"text"`: report.BadInput,
		`{"source":7}`: report.BadInput, "\xff": report.BadInput,
		`{"id":7}`: report.Ignored, "null": report.Ignored, "{}": report.Ignored,
	} {
		changes, reports := here(t).decode([]byte(payload), now())
		if len(changes) != 0 || len(reports) != 1 || reports[0].Event != want {
			t.Errorf("%q: changes %v, reports %+v; want one %s", payload, changes, reports, want)
		}
	}
}

// A split or merge is taken in although its time cannot be read: it is told as made when it was heard of.
func TestASplitAtAnUnreadableTime(t *testing.T) {
	for value, want := range map[any]time.Time{"yesterday": {}, 7: {}, nil: {}, "2026-11-02T09:10:05+0000": time.Date(2026, 11, 2, 9, 10, 5, 0, time.UTC)} {
		changes, reports := here(t).decode(variant(t, "enroller-split-shard.json", map[string]any{"detail.eventTime": value}), now())
		if len(changes) != 1 || len(reports) > 0 || changes[0].Recut == nil || !changes[0].Recut.At.Equal(want) || changes[0].Recut.Shards != 1 {
			t.Errorf("%v: changes %+v, reports %+v", value, changes, reports)
		}
	}
}

// Whatever comes becomes changes of streams that can be, or a report.
func FuzzDecode(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("..", "..", "events", "*.json"))
	if err != nil || len(files) == 0 {
		f.Fatal("no event files", err)
	}
	for _, file := range files {
		payload := eventFile(f, filepath.Base(file))
		f.Add(payload)
		f.Add(bytes.ReplaceAll(payload, []byte("orders"), []byte("or/ders")))
	}
	from := here(f)
	f.Fuzz(func(t *testing.T, payload []byte) {
		changes, reports := from.decode(payload, now())
		if len(changes) == 0 && (len(reports) != 1 || reports[0].Detail == "") {
			t.Errorf("no change, and reports %+v", reports)
		}
		for _, c := range changes {
			if !scaling.ValidStreamName(c.Stream) {
				t.Errorf("change of stream %q", c.Stream)
			}
			if op := c.Reshard; op != nil && (op.To < 1 || op.To > scaling.MaxStreamShards || op.At.IsZero() || op.At.After(now().Add(scaling.MaxClockSkew))) {
				t.Errorf("resharding %+v", *op)
			}
		}
	})
}
