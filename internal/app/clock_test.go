package app

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/shardkeeper/shardkeeper/registry"
)

// Who has a wrong clock reads once, says so, and does nothing: neither does the SDK correct the clock and go on. A few seconds
// are no matter, and a service that does not tell the time is believed. Two minutes are: a claim's lease would end too soon for others.
func TestAWrongClockDoesNothing(t *testing.T) {
	for _, tt := range []struct {
		name   string
		behind time.Duration // this machine
		silent bool
		status int
		want   string // in the error; empty: there is none
	}{
		{"right", 0, false, http.StatusOK, ""},
		{"seconds behind", 20 * time.Second, false, http.StatusOK, ""},
		{"seconds ahead", -20 * time.Second, false, http.StatusOK, ""},
		{"two minutes behind", 2 * time.Minute, false, http.StatusOK, "behind AWS's: set it right"},
		{"two minutes ahead", -2 * time.Minute, false, http.StatusOK, "ahead of AWS's: set it right"},
		{"a day behind", 24 * time.Hour, false, http.StatusOK, "behind AWS's: set it right"},
		{"a day ahead", -24 * time.Hour, false, http.StatusOK, "ahead of AWS's: set it right"},
		{"refused for it", 24 * time.Hour, false, http.StatusBadRequest, "InvalidSignatureException"},
		{"no time is told", 0, true, http.StatusOK, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var calls atomic.Int64
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				calls.Add(1)
				w.Header()["Date"] = nil
				if !tt.silent {
					w.Header().Set("Date", time.Now().Add(tt.behind).UTC().Format(http.TimeFormat))
				}
				w.Header().Set("Content-Type", "application/x-amz-json-1.0")
				w.WriteHeader(tt.status)
				_, _ = w.Write([]byte(`{"__type": "InvalidSignatureException", "message": "Signature expired"}`))
			}))
			t.Cleanup(server.Close)
			sdk, err := loadAWS(t.Context(), nil, config.WithBaseEndpoint(server.URL), config.WithRegion("us-east-1"),
				config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider("id", "key", "")))
			if err != nil {
				t.Fatal(err)
			}
			table := registry.New(dynamodb.NewFromConfig(sdk), "shardkeeper", registry.Options{})
			_, err = table.Lease(t.Context())
			switch {
			case tt.want == "" && err != nil:
				t.Errorf("error %v", err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "this machine's clock is ")):
				t.Errorf("error %v", err)
			}
			if calls.Load() != 1 {
				t.Errorf("%d calls", calls.Load())
			}
		})
	}
}
