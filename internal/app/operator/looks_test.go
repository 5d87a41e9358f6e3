package operator

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/time/rate"
)

// All who read the streams of an account share its pace: where no call is allowed any more, none is made.
func TestStreamsAreReadAtAPace(t *testing.T) {
	var calls atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
		calls.Add(1)
		_, _ = io.WriteString(out, `{"StreamNames":["orders"],"HasMoreStreams":false,"StreamDescriptionSummary":{"StreamName":"orders","StreamStatus":"ACTIVE","OpenShardCount":4}}`)
	}))
	defer server.Close()
	commandEnvironment(t, "us-east-1", "key")
	t.Setenv("AWS_ENDPOINT_URL_KINESIS", server.URL)
	account, err := Open(t.Context(), Access{}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if account.describes.Limit() != streamsPerSecond || account.lists.Limit() != listsPerSecond {
		t.Errorf("%v describes and %v lists a second", account.describes.Limit(), account.lists.Limit())
	}
	account.describes, account.lists = rate.NewLimiter(0, 1), rate.NewLimiter(0, 1) // one call, and never another
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for n, fails := range []bool{false, true} {
		if _, err := account.Streams().Describe(ctx, "orders"); (err != nil) != fails {
			t.Errorf("describe %d: %v", n, err)
		}
		if _, _, err := account.Streams().List(ctx, ""); (err != nil) != fails {
			t.Errorf("list %d: %v", n, err)
		}
	}
	if got := calls.Load(); got != 2 {
		t.Errorf("%d calls were made, want 2", got)
	}
}
