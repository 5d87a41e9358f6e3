package deadletter_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/internal/deadletter"
)

func body(tb testing.TB, name string) string {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

// undelivered are the attributes that EventBridge adds.
func undelivered() map[string]string {
	return map[string]string{
		"RULE_ARN":                  "arn:aws:events:us-east-1:123456789012:rule/shardkeeper-EnrollerFunctionStreamChanged-EXAMPLE",
		"TARGET_ARN":                "arn:aws:lambda:us-east-1:123456789012:function:shardkeeper-enroller",
		"ERROR_CODE":                "NO_PERMISSIONS",
		"ERROR_MESSAGE":             "lambda:InvokeFunction is not allowed",
		"EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts",
		"RETRY_ATTEMPTS":            "0",
	}
}

func TestDecodeOfEachShape(t *testing.T) {
	const up = "orders-scale-up to ALARM at 2026-11-02T09:15:42.123+0000"
	tests := map[string]struct {
		attributes map[string]string
		want       deadletter.Letter // without the payload
	}{
		"record-alarm.json": {want: deadletter.Letter{
			Kind: deadletter.KindAlarm, Event: up, Function: "shardkeeper-scaler",
			Cause: "RetriesExhausted (tries: 3): handle alarm orders-scale-up: load orders: context deadline exceeded",
		}},
		"record-alarm-too-old.json": {want: deadletter.Letter{
			Kind: deadletter.KindAlarm, Event: up, Function: "shardkeeper-scaler", Cause: "EventAgeExceeded",
		}},
		"record-change.json": {want: deadletter.Letter{
			Kind: deadletter.KindChange, Event: "AddTagsToStream of orders at 2026-11-02T09:10:05Z", Function: "shardkeeper-enroller",
			Cause: "RetriesExhausted (tries: 3): save orders: connection reset by peer",
		}},
		"record-run.json": {want: deadletter.Letter{
			Kind: deadletter.KindRun, Event: "a run of the schedule", Function: "shardkeeper-reconciler",
			Cause: "RetriesExhausted (tries: 1): find what is due: context deadline exceeded",
		}},
		"notification-alarm.json": {
			attributes: map[string]string{"RequestID": "c7f1", "ErrorCode": "403", "ErrorMessage": "not authorized to invoke"},
			want:       deadletter.Letter{Kind: deadletter.KindAlarm, Event: up, Cause: "403: not authorized to invoke"},
		},
		"event-change.json": {
			attributes: undelivered(),
			want: deadletter.Letter{
				Kind: deadletter.KindChange, Event: "UpdateShardCount of orders at 2026-11-02T09:10:05Z", Function: "shardkeeper-enroller",
				Cause: "NO_PERMISSIONS: lambda:InvokeFunction is not allowed",
			},
		},
		"event-tag-change.json": {want: deadletter.Letter{
			Kind: deadletter.KindChange, Event: "Tag Change on Resource of arn:aws:kinesis:us-east-1:123456789012:stream/orders",
		}},
	}
	files, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	if err != nil || len(files) != len(tests) {
		t.Errorf("%d files (%v), %d cases here", len(files), err, len(tests))
	}
	for name, tt := range tests {
		got, err := deadletter.Decode(deadletter.Message{Body: body(t, name), Attributes: tt.attributes})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		got.Payload = nil
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// The function gets what it would have got, whichever way its event came to the queue.
func TestThePayloadIsTheFunctionsOwnEvent(t *testing.T) {
	type sns struct{ MessageID, TopicArn, Message string }
	type event struct{ Records []struct{ Sns sns } }
	alarmOf := func(name string) sns {
		letter, err := deadletter.Decode(deadletter.Message{Body: body(t, name)})
		var e event
		if err := errors.Join(err, json.Unmarshal(letter.Payload, &e)); err != nil || len(e.Records) != 1 {
			t.Fatalf("%s: %v, %s", name, err, letter.Payload)
		}
		return e.Records[0].Sns
	}
	if diff := cmp.Diff(alarmOf("record-alarm.json"), alarmOf("notification-alarm.json")); diff != "" {
		t.Errorf("of the record and of the notification: %s", diff)
	}
	if alarmOf("notification-alarm.json").TopicArn != "arn:aws:sns:us-east-1:123456789012:shardkeeper-alarms" {
		t.Error("the topic is lost; the scaler would refuse the event")
	}
	letter, err := deadletter.Decode(deadletter.Message{Body: body(t, "event-change.json")})
	if err != nil || string(letter.Payload) != body(t, "event-change.json") {
		t.Errorf("%v, payload %s", err, letter.Payload)
	}
}

func TestDecodeRefusesWhatIsNoEvent(t *testing.T) {
	for _, text := range []string{
		"", "{", "null", "7", "[]", `"text"`, "{}", "\xff",
		`{"requestContext":{"functionArn":"arn:aws:lambda:us-east-1:123456789012:function:shardkeeper-scaler"}}`,
		`{"requestContext":{},"requestPayload":null}`,
		`{"requestContext":{},"requestPayload":{}}`,
		`{"requestContext":{},"requestPayload":"text"}`,
		`{"requestContext":7,"requestPayload":{}}`,
		`{"Records":[]}`, `{"Records":[{"eventSource":"aws:s3"}]}`, `{"Records":[{"Sns":null}]}`,
		`{"source":"aws.kinesis"}`, `{"source":"elsewhere.schedule"}`, `{"Type":"SubscriptionConfirmation"}`,
	} {
		letter, err := deadletter.Decode(deadletter.Message{Body: text})
		if err == nil || strings.TrimSpace(err.Error()) == "" {
			t.Errorf("%q is taken as %+v", text, letter)
		}
	}
}

func TestFunctionIsReadFromAnARNOnly(t *testing.T) {
	for arn, want := range map[string]string{
		"arn:aws:lambda:us-east-1:123456789012:function:shardkeeper-scaler":         "shardkeeper-scaler",
		"arn:aws:lambda:us-east-1:123456789012:function:shardkeeper-scaler:$LATEST": "shardkeeper-scaler",
		"arn:aws-cn:lambda:cn-north-1:123456789012:function:s:7":                    "s",
		"arn:aws:sqs:us-east-1:123456789012:shardkeeper-scaler":                     "",
		"arn:aws:lambda:us-east-1:123456789012:layer:shardkeeper-scaler":            "",
		"shardkeeper-scaler": "",
		"":                   "",
	} {
		letter, err := deadletter.Decode(deadletter.Message{Body: `{"source":"shardkeeper.schedule"}`, Attributes: map[string]string{"TARGET_ARN": arn}})
		if err != nil || letter.Function != want {
			t.Errorf("%q: %q, %v; want %q", arn, letter.Function, err, want)
		}
	}
}

// FuzzDecode: whatever lies in the queue is an event of a known kind, or there is an error.
func FuzzDecode(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	if err != nil || len(files) == 0 {
		f.Fatal("no files", err)
	}
	for _, file := range files {
		f.Add(body(f, filepath.Base(file)), undelivered()["TARGET_ARN"])
	}
	f.Add(`{"Records":[{"Sns":{"Message":"{}"}},{}]}`, "arn:aws:lambda:::function:")
	targets := deadletter.Targets{Scaler: "shardkeeper-scaler", Enroller: "shardkeeper-enroller"}
	f.Fuzz(func(t *testing.T, text, target string) {
		letter, err := deadletter.Decode(deadletter.Message{Body: text, Attributes: map[string]string{"TARGET_ARN": target}})
		if err != nil {
			return
		}
		if letter.Event == "" || !json.Valid(letter.Payload) {
			t.Errorf("letter %+v", letter)
		}
		// What is invoked is what the operator named, whatever the message says.
		if step := targets.Plan(letter); step.Function != "" && step.Function != targets.Scaler && step.Function != targets.Enroller {
			t.Errorf("step %+v", step)
		}
	})
}
