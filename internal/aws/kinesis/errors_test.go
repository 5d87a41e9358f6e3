package kinesis_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/shardkeeper/shardkeeper/internal/aws/kinesis"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// operations calls every method once.
func operations(c *kinesis.Client) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"DescribeStreamSummary": func(ctx context.Context) error { _, err := c.Describe(ctx, "orders"); return err },
		"UpdateShardCount": func(ctx context.Context) error {
			return c.UpdateShardCount(ctx, scaling.Summary{Name: "orders"}, 2)
		},
		"ListTagsForStream": func(ctx context.Context) error { _, err := c.Tags(ctx, "orders"); return err },
		"ListStreams":       func(ctx context.Context) error { _, _, err := c.List(ctx, ""); return err },
		"DescribeLimits":    func(ctx context.Context) error { _, _, err := c.ShardLimits(ctx); return err },
	}
}

func TestErrorsAreSortedOnceForEveryOperation(t *testing.T) {
	tests := []struct {
		code   string
		status int
		want   error
	}{
		{"ResourceNotFoundException", 400, scaling.ErrStreamNotFound},
		{"ResourceInUseException", 400, scaling.ErrStreamBusy},
		{"LimitExceededException", 400, scaling.ErrLimitExceeded},
		{"ThrottlingException", 400, scaling.ErrThrottled},
		{"Throttling", 400, scaling.ErrThrottled},
		{"ProvisionedThroughputExceededException", 400, scaling.ErrThrottled},
		{"RequestLimitExceeded", 503, scaling.ErrThrottled},
		{"TooManyRequestsException", 429, scaling.ErrThrottled},
		{"KMSThrottlingException", 400, scaling.ErrThrottled},
		{"InvalidArgumentException", 400, scaling.ErrRefused},
		{"ValidationException", 400, scaling.ErrRefused},
		{"AccessDeniedException", 400, scaling.ErrRefused},
		{"ExpiredTokenException", 400, scaling.ErrRefused},
		{"UnrecognizedClientException", 403, scaling.ErrRefused},
		{"InternalFailure", 500, scaling.ErrOutcomeUnknown},
		{"ServiceUnavailable", 503, scaling.ErrOutcomeUnknown},
	}
	for _, tt := range tests {
		client, calls := wire(t, answer{tt.status, `{"__type":"com.amazonaws.kinesis#` + tt.code + `","message":"why"}`})
		for operation, run := range operations(client) {
			*calls = nil
			err, want := run(t.Context()), tt.want
			if operation != "UpdateShardCount" && errors.Is(want, scaling.ErrLimitExceeded) {
				want = scaling.ErrThrottled // a call that only reads can exceed nothing but a rate
			}
			if !errors.Is(err, want) {
				t.Errorf("%s, %s: %v, want %v", operation, tt.code, err, want)
				continue
			}
			if scaling.DefinitelyRefused(err) != !errors.Is(want, scaling.ErrOutcomeUnknown) {
				t.Errorf("%s, %s: DefinitelyRefused = %t", operation, tt.code, scaling.DefinitelyRefused(err))
			}
			for _, word := range []string{"kinesis " + operation, tt.code, "why"} {
				if !strings.Contains(err.Error(), word) {
					t.Errorf("%s, %s: %q does not name %q", operation, tt.code, err, word)
				}
			}
		}
		if err := operations(client)["UpdateShardCount"](t.Context()); !strings.Contains(err.Error(), `"orders"`) {
			t.Errorf("%q does not name the stream", err)
		}
	}
}

// What is lost on the way may have arrived.
func TestWithoutAnAnswerTheOutcomeIsUnknown(t *testing.T) {
	arrived := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Amz-Target") == "Kinesis_20131202.DescribeLimits" {
			panic(http.ErrAbortHandler) // the connection breaks
		}
		_, _ = io.Copy(io.Discard, r.Body) // a server notices that the client is gone once it has read all
		close(arrived)
		<-r.Context().Done()
	}))
	defer server.Close()
	client := kinesis.New(sdk(server.URL))

	t.Run("the caller gives up while the service works", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			<-arrived
			cancel()
		}()
		err := client.UpdateShardCount(ctx, scaling.Summary{Name: "orders"}, 2)
		if !errors.Is(err, scaling.ErrOutcomeUnknown) || !errors.Is(err, context.Canceled) {
			t.Errorf("err = %v", err)
		}
	})
	t.Run("the caller gave up before", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := client.UpdateShardCount(ctx, scaling.Summary{Name: "orders"}, 2); !errors.Is(err, scaling.ErrOutcomeUnknown) {
			t.Errorf("err = %v", err)
		}
	})
	t.Run("the connection breaks", func(t *testing.T) {
		if _, _, err := client.ShardLimits(t.Context()); !errors.Is(err, scaling.ErrOutcomeUnknown) {
			t.Errorf("err = %v", err)
		}
	})
	t.Run("nobody listens", func(t *testing.T) {
		gone := httptest.NewServer(http.NotFoundHandler())
		gone.Close()
		if err := kinesis.New(sdk(gone.URL)).UpdateShardCount(t.Context(), scaling.Summary{Name: "orders"}, 2); !errors.Is(err, scaling.ErrOutcomeUnknown) {
			t.Errorf("err = %v", err)
		}
	})
	t.Run("the answer is no JSON", func(t *testing.T) {
		client, _ := wire(t, answer{200, `<html>`})
		if err := client.UpdateShardCount(t.Context(), scaling.Summary{Name: "orders"}, 2); !errors.Is(err, scaling.ErrOutcomeUnknown) {
			t.Errorf("err = %v", err)
		}
	})
}
