package app

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awskinesis "github.com/aws/aws-sdk-go-v2/service/kinesis"
	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/shardkeeper/shardkeeper/internal/telemetry"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// answering returns the configuration of clients that all get the same answer to each call.
func answering(t *testing.T, status int, body string) aws.Config {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	sdk, err := loadAWS(t.Context(), nil, config.WithBaseEndpoint(server.URL), config.WithRegion("us-east-1"),
		config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider("id", "key", "")),
		config.WithRetryer(func() aws.Retryer { return aws.NopRetryer{} }))
	if err != nil {
		t.Fatal(err)
	}
	return sdk
}

// A denied call of any service is counted, also where the use case drops the error.
func TestADeniedCallIsCounted(t *testing.T) {
	denied := answering(t, http.StatusBadRequest, `{"__type": "AccessDeniedException", "Message": "is not authorized to perform"}`)
	throttled := answering(t, http.StatusBadRequest, `{"__type": "ThrottlingException"}`)
	var out bytes.Buffer
	f := Function{Now: noon, Sinks: []Sink{telemetry.New("scaler", &out, slog.LevelInfo, noon)}}
	invoke := func(sdk aws.Config) string {
		out.Reset()
		_, err := f.Invoke(t.Context(), "r1", func(ctx context.Context) ([]report.Report, error) {
			_, _ = awskinesis.NewFromConfig(sdk).UpdateShardCount(ctx, &awskinesis.UpdateShardCountInput{
				StreamName: aws.String("orders"), TargetShardCount: aws.Int32(2), ScalingType: "UNIFORM_SCALING",
			})
			_, _ = awslambda.NewFromConfig(sdk).GetAccountSettings(ctx, nil)
			return nil, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	text := invoke(denied)
	for _, want := range []string{`"level":"ERROR"`, `"denied":["Kinesis UpdateShardCount","Lambda GetAccountSettings"]`, `"AccessDenied":2`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	if text := invoke(throttled); strings.Contains(strings.ToLower(text), "denied") || !strings.Contains(text, `"level":"INFO"`) {
		t.Errorf("a throttle is no denial, and one invocation leaves nothing to the next:\n%s", text)
	}
}

// The operator's command makes the same calls without an invocation around them.
func TestADeniedCallOutsideOfAnInvocationIsAnErrorOnly(t *testing.T) {
	sdk := answering(t, http.StatusBadRequest, `{"__type": "AccessDeniedException"}`)
	if _, err := awslambda.NewFromConfig(sdk).GetAccountSettings(t.Context(), nil); err == nil {
		t.Error("no error")
	}
}
