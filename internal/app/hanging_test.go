package app

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// A service that hangs until the end of a run takes from it what is not done by then, and not the rest: how far the sweep is, what
// the account has left and the log line are written after the last call, and only the registry may be called until the end.
func TestAServiceThatHangsLeavesTimeToWriteWhatWasDone(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.Header.Get("X-Amz-Target"), "DynamoDB") {
			w.Header().Set("Content-Type", "application/x-amz-json-1.0")
			_, _ = io.WriteString(w, "{}")
			return
		}
		_, _ = io.Copy(io.Discard, r.Body) // only then the server sees that the client has gone
		<-r.Context().Done()
	}))
	defer server.Close()
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": server.URL, "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret",
		"AWS_CONFIG_FILE": t.TempDir() + "/none", "AWS_SHARED_CREDENTIALS_FILE": t.TempDir() + "/none",
	} {
		t.Setenv(name, value)
	}
	r, err := NewReconciler(t.Context(), Config{Table: "shardkeeper"}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	for name, call := range map[string]func(context.Context) error{
		"Kinesis": func(ctx context.Context) error { _, err := r.Streams.Describe(ctx, "orders"); return err },
		"Lambda":  func(ctx context.Context) error { _, _, err := r.Consumers.Reserved(ctx, "reader"); return err },
		"CloudWatch": func(ctx context.Context) error {
			_, err := r.Alarms.Status(ctx, []scaling.AlarmWant{{Stream: "orders"}})
			return err
		},
		"Tagging": func(ctx context.Context) error { _, _, err := r.Tagging.Tagged(ctx, ""); return err },
	} {
		ctx, cancel := context.WithTimeout(t.Context(), timeToWrite+200*time.Millisecond)
		if err := call(ctx); err == nil || ctx.Err() != nil {
			t.Errorf("%s: error %v, the invocation %v: want one that leaves time", name, err, ctx.Err())
		}
		cancel()
	}
	ctx, cancel := context.WithTimeout(t.Context(), timeToWrite-time.Second)
	defer cancel()
	if _, err := r.Fleet.Lease(ctx); err != nil {
		t.Errorf("the registry, near the end: %v", err)
	}
}

// A turn that comes only while the last things are written is not waited for either: with a small share of the quotas one turn
// takes longer than that.
func TestATurnIsNotWaitedForIntoTheTimeToWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &calls{}
		turns := pacer{"DescribeAlarms": rate.NewLimiter(rate.Every(2*time.Second), 1)}
		r := joinReconciler(Config{}, time.Now, turns, services{cloudwatch: fakeCloudWatch{calls: c}})
		ctx, cancel := context.WithTimeout(t.Context(), timeToWrite+time.Second)
		defer cancel()
		for i, want := range []error{nil, scaling.ErrThrottled} {
			if _, err := r.Alarms.Status(ctx, []scaling.AlarmWant{{Stream: "orders"}}); !errors.Is(err, want) {
				t.Errorf("call %d: %v, want %v", i+1, err, want)
			}
		}
		if end, _ := ctx.Deadline(); time.Until(end) < timeToWrite || len(c.made) != 1 {
			t.Errorf("%s are left after %v", time.Until(end), c.made)
		}
	})
}
