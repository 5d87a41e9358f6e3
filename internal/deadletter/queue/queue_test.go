package queue_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/internal/deadletter"
	"github.com/shardkeeper/shardkeeper/internal/deadletter/queue"
)

// These tests put the real SDK clients between the queue and a server of their own.

const url = "https://sqs.us-east-1.amazonaws.com/123456789012/shardkeeper-scaler-dead-letters"

// call is one call as it came over the wire.
type call struct {
	Operation string
	Type      string // of a Lambda invocation
	Body      map[string]any
}

// wire answers each call with the same status and body, and keeps them.
type wire struct {
	t      *testing.T
	status int
	answer string
	calls  []call
}

func (w *wire) ServeHTTP(out http.ResponseWriter, in *http.Request) {
	_, operation, _ := strings.Cut(in.Header.Get("X-Amz-Target"), ".")
	if operation == "" {
		operation = in.Method + " " + in.URL.Path
	}
	c := call{Operation: operation, Type: in.Header.Get("X-Amz-Invocation-Type"), Body: map[string]any{}}
	text, err := io.ReadAll(in.Body)
	if err != nil || json.Unmarshal(text, &c.Body) != nil {
		w.t.Errorf("%s: %q, %v", operation, text, err)
	}
	w.calls = append(w.calls, c)
	out.Header().Set("Content-Type", "application/x-amz-json-1.0")
	out.WriteHeader(w.status)
	_, _ = io.WriteString(out, w.answer)
}

func open(t *testing.T, status int, answer string) (*queue.Queue, *wire) {
	t.Helper()
	w := &wire{t: t, status: status, answer: answer}
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	config := aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(server.URL), HTTPClient: server.Client(),
		Retryer: func() aws.Retryer { return aws.NopRetryer{} },
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
	}
	return queue.New(url, sqs.NewFromConfig(config), lambda.NewFromConfig(config)), w
}

func (w *wire) check(want ...call) {
	w.t.Helper()
	if diff := cmp.Diff(want, w.calls); diff != "" {
		w.t.Errorf("(-want +sent):\n%s", diff)
	}
}

func TestReceive(t *testing.T) {
	q, w := open(t, http.StatusOK, `{"Messages":[{"MessageId":"m1","ReceiptHandle":"r1","Body":"{}","MD5OfBody":"99914b932bd37a50b983c5e7c90ae93b",
		"Attributes":{"SentTimestamp":"1793610942123"},
		"MessageAttributes":{"ERROR_CODE":{"DataType":"String","StringValue":"NO_PERMISSIONS"}}},
		{"MessageId":"m2","ReceiptHandle":"r2","Body":"x","MD5OfBody":"9dd4e461268c8034f5c8564e155c67a6"}]}`)
	got, err := q.Receive(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []deadletter.Message{
		{ID: "m1", Receipt: "r1", Body: "{}", SentAt: time.UnixMilli(1793610942123).UTC(), Attributes: map[string]string{"ERROR_CODE": "NO_PERMISSIONS"}},
		{ID: "m2", Receipt: "r2", Body: "x", Attributes: map[string]string{}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	w.check(call{Operation: "ReceiveMessage", Body: map[string]any{
		"QueueUrl": url, "MaxNumberOfMessages": 10.0, "VisibilityTimeout": 300.0, "WaitTimeSeconds": 2.0,
		"MessageAttributeNames": []any{"All"}, "MessageSystemAttributeNames": []any{"SentTimestamp"},
	}})
}

func TestDeleteAndRelease(t *testing.T) {
	q, w := open(t, http.StatusOK, "{}")
	m := deadletter.Message{ID: "m1", Receipt: "r1"}
	if err := q.Delete(t.Context(), m); err != nil {
		t.Error(err)
	}
	if err := q.Release(t.Context(), m); err != nil {
		t.Error(err)
	}
	w.check(
		call{Operation: "DeleteMessage", Body: map[string]any{"QueueUrl": url, "ReceiptHandle": "r1"}},
		call{Operation: "ChangeMessageVisibility", Body: map[string]any{"QueueUrl": url, "ReceiptHandle": "r1", "VisibilityTimeout": 0.0}},
	)
}

func TestInvokeIsAsynchronous(t *testing.T) {
	q, w := open(t, http.StatusAccepted, "")
	if err := q.Invoke(t.Context(), "shardkeeper-scaler", []byte(`{"Records":[]}`)); err != nil {
		t.Error(err)
	}
	w.check(call{
		Operation: "POST /2015-03-31/functions/shardkeeper-scaler/invocations", Type: "Event", Body: map[string]any{"Records": []any{}},
	})
}

// Only "accepted" means that Lambda keeps the event.
func TestWhatIsNotAcceptedIsAnError(t *testing.T) {
	for _, status := range []int{http.StatusOK, http.StatusNoContent, http.StatusForbidden, http.StatusTooManyRequests, http.StatusInternalServerError} {
		q, _ := open(t, status, `{"Message":"no"}`)
		if err := q.Invoke(t.Context(), "shardkeeper-scaler", []byte("{}")); err == nil || !strings.Contains(err.Error(), "shardkeeper-scaler") {
			t.Errorf("%d: %v", status, err)
		}
	}
	q, _ := open(t, http.StatusBadRequest, `{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"no such queue"}`)
	_, err := q.Receive(t.Context())
	m := deadletter.Message{ID: "m1", Receipt: "r1"}
	for name, err := range map[string]error{"Receive": err, "Delete": q.Delete(t.Context(), m), "Release": q.Release(t.Context(), m)} {
		if err == nil {
			t.Errorf("%s of a queue that is not there succeeds", name)
		}
	}
}
