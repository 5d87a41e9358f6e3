package cloudwatch_test

// Tests of what goes over the wire, through the SDK's own client and its protocol, RPC v2 CBOR.

import (
	"context"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"path"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/smithy-go/encoding/cbor"
	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/internal/aws/cloudwatch"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// call is one request as it came over the wire.
type call struct {
	Operation string
	Body      object
}

// answer is what the server says to one request: a body, or an error code.
type answer struct {
	status int
	code   string
	body   any
}

func ok(body any) answer { return answer{status: 200, body: body} }

type (
	object = map[string]any
	list   = []any
)

// wire returns a client whose real SDK client talks to a server that gives the answers in turn,
// and the calls that the server got.
func wire(t *testing.T, answers ...answer) (*cloudwatch.Client, *[]call) {
	t.Helper()
	calls := &[]call{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		body, err := cbor.Decode(raw)
		if err != nil || r.Header.Get("Smithy-Protocol") != "rpc-v2-cbor" {
			t.Errorf("request of protocol %q: %v", r.Header.Get("Smithy-Protocol"), err)
		}
		next := answers[min(len(*calls), len(answers)-1)]
		members, _ := decoded(body).(object)
		*calls = append(*calls, call{path.Base(r.URL.Path), members})
		w.Header().Set("Smithy-Protocol", "rpc-v2-cbor")
		w.Header().Set("Content-Type", "application/cbor")
		if next.code != "" {
			next.body = object{"__type": "com.amazonaws.cloudwatch#" + next.code, "message": "why", "Message": "why"}
		}
		w.WriteHeader(next.status)
		_, _ = w.Write(cbor.Encode(encoded(next.body)))
	}))
	t.Cleanup(server.Close)
	return cloudwatch.New(sdk(server.URL), cloudwatch.Options{TopicARN: topic, Table: table}), calls
}

func sdk(endpoint string) *awscloudwatch.Client {
	return awscloudwatch.New(awscloudwatch.Options{
		BaseEndpoint: aws.String(endpoint),
		Region:       "eu-west-1",
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "id", SecretAccessKey: "secret"}, nil
		}),
		Retryer: aws.NopRetryer{},
	})
}

// decoded turns a CBOR value into plain ones: numbers become float64, times seconds.
func decoded(v cbor.Value) any {
	switch v := v.(type) {
	case cbor.Map:
		out := object{}
		for k, e := range v {
			out[k] = decoded(e)
		}
		return out
	case cbor.List:
		out := list{}
		for _, e := range v {
			out = append(out, decoded(e))
		}
		return out
	case *cbor.Tag:
		return decoded(v.Value)
	case cbor.String:
		return string(v)
	case cbor.Bool:
		return bool(v)
	case cbor.Uint:
		return float64(v)
	case cbor.NegInt:
		return -float64(v)
	case cbor.Float32:
		return float64(v)
	case cbor.Float64:
		return float64(v)
	}
	return v
}

// encoded is the inverse of decoded.
func encoded(v any) cbor.Value {
	switch v := v.(type) {
	case object:
		out := cbor.Map{}
		for k, e := range v {
			out[k] = encoded(e)
		}
		return out
	case list:
		out := cbor.List{}
		for _, e := range v {
			out = append(out, encoded(e))
		}
		return out
	case time.Time:
		return &cbor.Tag{ID: 1, Value: cbor.Float64(float64(v.UnixMilli()) / 1000)}
	case string:
		return cbor.String(v)
	case bool:
		return cbor.Bool(v)
	case float64:
		if v >= 0 && v < 1e9 && v == math.Trunc(v) { // a member may be an integer
			return cbor.Uint(v)
		}
		return cbor.Float64(v)
	}
	return cbor.Map{}
}

func TestUpdateOverTheWire(t *testing.T) {
	client, calls := wire(t, ok(object{"MetricAlarms": list{}}), ok(object{}), ok(object{}))
	if err := client.Update(t.Context(), wantOf(4)); err != nil {
		t.Fatal(err)
	}
	metric := func(id, label, name string) object {
		return object{"Id": id, "Label": label, "ReturnData": false, "MetricStat": object{
			"Period": 60.0, "Stat": "Sum", "Metric": object{
				"Namespace": "AWS/Kinesis", "MetricName": name,
				"Dimensions": list{object{"Name": "StreamName", "Value": "orders"}},
			},
		}}
	}
	expression := func(id, label, text string, returned bool) object {
		return object{"Id": id, "Label": label, "Expression": text, "ReturnData": returned}
	}
	want := []call{
		{"DescribeAlarms", object{"AlarmNames": list{up, down}, "AlarmTypes": list{"MetricAlarm"}, "MaxRecords": 100.0}},
		{"PutMetricAlarm", object{
			"AlarmName": up, "AlarmDescription": cloudwatch.Description(wantOf(4), scaling.Up, table),
			"ActionsEnabled": true, "AlarmActions": list{topic},
			"ComparisonOperator": "GreaterThanOrEqualToThreshold", "Threshold": 0.75,
			"EvaluationPeriods": 5.0, "DatapointsToAlarm": 3.0, "TreatMissingData": "notBreaching",
			"Tags": list{object{"Key": "shardkeeper", "Value": "orders"}},
			"Metrics": list{
				metric("m1", "Bytes written", "IncomingBytes"),
				metric("m2", "Records written", "IncomingRecords"),
				metric("m3", "Records throttled", "WriteProvisionedThroughputExceeded"),
				expression("s1", "Open shards", "4", false),
				expression("e1", "Bytes utilization", "m1 / (1048576 * 60 * s1)", false),
				expression("e2", "Records utilization", "m2 / (1000 * 60 * s1)", false),
				expression("e3", "Throttled share", "m3 / SUM([m2, m3])", false),
				expression("e4", "Full because throttled", "IF(e3 >= 0.01, 1, 0)", false),
				expression("e5", "Stream utilization", "MAX([e1, e2, e4])", true),
			},
		}},
	}
	if diff := cmp.Diff(want, (*calls)[:2]); diff != "" {
		t.Error(diff)
	}
	if got := (*calls)[2].Body["AlarmName"]; len(*calls) != 3 || got != down {
		t.Errorf("%d calls, the last for %v", len(*calls), got)
	}
}

// Tags on a change are ignored by CloudWatch, and want a permission all the same.
func TestOnlyANewAlarmIsTagged(t *testing.T) {
	client, calls := wire(t, ok(object{"MetricAlarms": list{object{"AlarmName": up, "AlarmActions": list{topic}}}}), ok(object{}))
	if err := client.Update(t.Context(), wantOf(4)); err != nil {
		t.Fatal(err)
	}
	_, upTagged := (*calls)[1].Body["Tags"]
	_, downTagged := (*calls)[2].Body["Tags"]
	if upTagged || !downTagged {
		t.Errorf("the alarm that was there is tagged: %t; the new one: %t", upTagged, downTagged)
	}
}

// What CloudWatch says it holds after a put is in sync.
func TestStatusOverTheWire(t *testing.T) {
	client, calls := wire(t, ok(object{"MetricAlarms": list{}}), ok(object{}), ok(object{}))
	if err := client.Update(t.Context(), wantOf(4)); err != nil {
		t.Fatal(err)
	}
	held := list{}
	for _, put := range (*calls)[1:] {
		a := put.Body
		delete(a, "Tags")
		a["StateValue"], a["StateTransitionedTimestamp"] = "ALARM", noon()
		held = append(held, a)
	}
	client, calls = wire(t, ok(object{"MetricAlarms": held[:1], "NextToken": "more"}), ok(object{"MetricAlarms": held[1:]}))
	got, err := client.Status(t.Context(), []scaling.AlarmWant{wantOf(4)})
	if err != nil {
		t.Fatal(err)
	}
	is := scaling.AlarmStatus{Exists: true, InSync: true, State: scaling.StateAlarm, ChangedAt: noon()}
	if diff := cmp.Diff(map[string]scaling.AlarmPair{"orders": {Up: is, Down: is}}, got); diff != "" {
		t.Error(diff)
	}
	if token := (*calls)[1].Body["NextToken"]; token != "more" {
		t.Errorf("next token %v", token)
	}
}

func TestRearmOverTheWire(t *testing.T) {
	client, calls := wire(t, ok(object{}))
	if err := client.Rearm(t.Context(), "orders", scaling.Up, "why"); err != nil {
		t.Fatal(err)
	}
	want := []call{{"SetAlarmState", object{
		"AlarmName": up, "StateValue": "OK", "StateReason": "why",
		"StateReasonData": `{"by":"shardkeeper","direction":"up","reason":"why","stream":"orders"}`,
	}}}
	if diff := cmp.Diff(want, *calls); diff != "" {
		t.Error(diff)
	}
}

func TestDeleteOverTheWire(t *testing.T) {
	client, calls := wire(t, ok(object{"MetricAlarms": list{
		object{"AlarmName": up, "AlarmActions": list{topic}},
		object{"AlarmName": down, "AlarmActions": list{"arn:other", topic}},
	}}), ok(object{}))
	if err := client.Delete(t.Context(), "orders"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(call{"DeleteAlarms", object{"AlarmNames": list{down, up}}}, (*calls)[1]); diff != "" {
		t.Error(diff)
	}
}
