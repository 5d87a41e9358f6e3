package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/smithy-go/logging"

	"github.com/shardkeeper/shardkeeper/internal/aws/cloudwatch"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// commandEnvironment sets what the SDK reads; nothing else is found.
func commandEnvironment(t *testing.T, region, key string) {
	t.Helper()
	for name, value := range map[string]string{
		"AWS_REGION": region, "AWS_DEFAULT_REGION": "", "AWS_PROFILE": "", "AWS_EC2_METADATA_DISABLED": "true",
		"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": key, "AWS_SESSION_TOKEN": "",
		"AWS_WEB_IDENTITY_TOKEN_FILE": "", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "", "AWS_CONTAINER_CREDENTIALS_FULL_URI": "",
		"AWS_CONFIG_FILE": t.TempDir() + "/none", "AWS_SHARED_CREDENTIALS_FILE": t.TempDir() + "/none",
	} {
		t.Setenv(name, value)
	}
}

func TestTheCommandNeedsARegionAndCredentials(t *testing.T) {
	open := map[string]func(context.Context) error{
		"traffic":  func(ctx context.Context) error { _, err := OpenTraffic(ctx); return err },
		"registry": func(ctx context.Context) error { _, err := OpenRegistry(ctx, "table", time.Now); return err },
	}
	for _, test := range []struct{ region, key, says string }{
		{"", "key", "no Region is set; set AWS_REGION"},
		{"us-east-1", "", "no AWS credentials: "},
		{"us-east-1", "key", ""},
	} {
		commandEnvironment(t, test.region, test.key)
		for name, open := range open {
			if err := open(t.Context()); (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
				t.Errorf("%s with Region %q and key %q: %v, want %q", name, test.region, test.key, err, test.says)
			}
		}
	}
}

func TestTheCommandsSDKIsSilent(t *testing.T) {
	commandEnvironment(t, "us-east-1", "key")
	loaded, err := LoadAWS(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, silent := loaded.Logger.(logging.Nop); !silent {
		t.Errorf("it logs to a %T", loaded.Logger)
	}
}

// A read has no outcome that could be unknown.
func TestAReadThatFailsSaysWhy(t *testing.T) {
	commandEnvironment(t, "us-east-1", "key")
	loaded, err := LoadAWS(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }))
	defer broken.Close()
	gone := httptest.NewServer(nil)
	gone.Close()
	for url, says := range map[string]string{
		gone.URL:   "CloudWatch cannot be reached: ",
		broken.URL: "CloudWatch cannot be read: ",
	} {
		traffic := Traffic{cloudwatch.New(awscloudwatch.NewFromConfig(loaded, func(o *awscloudwatch.Options) {
			o.BaseEndpoint, o.Retryer = aws.String(url), aws.NopRetryer{}
		}), cloudwatch.Options{})}
		_, err := traffic.Writes(t.Context(), "orders", noon(), noon().Add(time.Hour))
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "unknown") {
			t.Errorf("%v, want %q", err, says)
		}
	}
	refused := fmt.Errorf("GetMetricData: %w", scaling.ErrRefused)
	if got := readFault(refused); !errors.Is(got, refused) || got.Error() != refused.Error() {
		t.Errorf("a refusal became %v", got)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	traffic := Traffic{cloudwatch.New(awscloudwatch.NewFromConfig(loaded), cloudwatch.Options{})}
	if _, err := traffic.Writes(ended, "orders", noon(), noon().Add(time.Hour)); !errors.Is(err, context.Canceled) || errors.Is(err, scaling.ErrOutcomeUnknown) {
		t.Errorf("an end: %v", err)
	}
}
