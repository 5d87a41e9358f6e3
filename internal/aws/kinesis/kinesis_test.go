package kinesis_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awskinesis "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/internal/aws/kinesis"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// call is one request as it came over the wire.
type call struct {
	Operation string
	Body      map[string]any
}

// answer is what the server says to one request.
type answer struct {
	status int
	body   string
}

// wire returns a client whose real SDK client talks to a server that gives the answers in turn,
// and the calls that the server got. The SDK tries three times, without waiting.
func wire(t *testing.T, answers ...answer) (*kinesis.Client, *[]call) {
	t.Helper()
	calls := &[]call{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		c := call{Operation: strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "Kinesis_20131202.")}
		if err := json.Unmarshal(text, &c.Body); err != nil {
			t.Errorf("request is not JSON: %v: %s", err, text)
		}
		next := answers[min(len(*calls), len(answers)-1)]
		*calls = append(*calls, c)
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(next.status)
		_, _ = io.WriteString(w, next.body)
	}))
	t.Cleanup(server.Close)
	return kinesis.New(sdk(server.URL)), calls
}

func sdk(endpoint string) *awskinesis.Client {
	return awskinesis.New(awskinesis.Options{
		BaseEndpoint: aws.String(endpoint),
		Region:       "eu-west-1",
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "id", SecretAccessKey: "secret"}, nil
		}),
		Retryer: retry.NewStandard(func(o *retry.StandardOptions) {
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
		}),
	})
}

const ordersARN = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders"

func TestDescribe(t *testing.T) {
	summary := func(mode string) string {
		return `{"StreamDescriptionSummary":{"StreamName":"orders","StreamARN":"` + ordersARN + `","StreamStatus":"ACTIVE",` + mode +
			`"RetentionPeriodHours":24,"StreamCreationTimestamp":1795000000.5,"EnhancedMonitoring":[],"OpenShardCount":4}}`
	}
	tests := []struct {
		name, mode string
		want       scaling.CapacityMode
	}{
		{"provisioned", `"StreamModeDetails":{"StreamMode":"PROVISIONED"},`, scaling.ModeProvisioned},
		{"on demand", `"StreamModeDetails":{"StreamMode":"ON_DEMAND"},`, scaling.ModeOnDemand},
		{"without a mode", "", scaling.ModeProvisioned},
		{"with an empty mode", `"StreamModeDetails":{},`, scaling.ModeProvisioned},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client, calls := wire(t, answer{200, summary(tt.mode)})
			got, err := client.Describe(t.Context(), "orders")
			if err != nil {
				t.Fatal(err)
			}
			want := scaling.Summary{
				Name: "orders", ARN: ordersARN, Status: scaling.StatusActive, Mode: tt.want, OpenShards: 4,
				CreatedAt: time.UnixMilli(1795000000500),
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff([]call{{"DescribeStreamSummary", map[string]any{"StreamName": "orders"}}}, *calls); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDescribeWithoutASummaryIsNoAnswer(t *testing.T) {
	client, _ := wire(t, answer{200, `{}`})
	if _, err := client.Describe(t.Context(), "orders"); !errors.Is(err, scaling.ErrOutcomeUnknown) {
		t.Errorf("err = %v, want ErrOutcomeUnknown", err)
	}
}

func TestUpdateShardCountNamesTheStreamByARNWhenKnown(t *testing.T) {
	tests := []struct {
		name    string
		summary scaling.Summary
		want    map[string]any
	}{
		{
			"ARN known",
			scaling.Summary{Name: "orders", ARN: ordersARN, OpenShards: 4},
			map[string]any{"StreamARN": ordersARN, "TargetShardCount": 8.0, "ScalingType": "UNIFORM_SCALING"},
		},
		{
			"ARN unknown",
			scaling.Summary{Name: "orders", OpenShards: 4},
			map[string]any{"StreamName": "orders", "TargetShardCount": 8.0, "ScalingType": "UNIFORM_SCALING"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client, calls := wire(t, answer{200, `{"StreamName":"orders","CurrentShardCount":4,"TargetShardCount":8}`})
			if err := client.UpdateShardCount(t.Context(), tt.summary, 8); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]call{{"UpdateShardCount", tt.want}}, *calls); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestUpdateShardCountRefusesSizesThatCannotBe(t *testing.T) {
	client, calls := wire(t, answer{200, `{}`})
	for _, target := range []int{-1, 0, 1 << 31} {
		if err := client.UpdateShardCount(t.Context(), scaling.Summary{Name: "orders"}, target); !errors.Is(err, scaling.ErrRefused) {
			t.Errorf("to %d: err = %v, want ErrRefused", target, err)
		}
	}
	if len(*calls) != 0 {
		t.Errorf("%d calls were made, want none", len(*calls))
	}
}

// A second attempt would read ResourceInUseException from the work of the first.
func TestUpdateShardCountIsSentOnce(t *testing.T) {
	tests := []struct {
		name   string
		answer answer
		want   error
	}{
		{"internal failure", answer{500, `{"__type":"InternalFailure"}`}, scaling.ErrOutcomeUnknown},
		{"unavailable", answer{503, `{"__type":"ServiceUnavailable"}`}, scaling.ErrOutcomeUnknown},
		{"throttle", answer{400, `{"__type":"ThrottlingException"}`}, scaling.ErrThrottled},
		{"quota", answer{400, `{"__type":"LimitExceededException"}`}, scaling.ErrLimitExceeded},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client, calls := wire(t, tt.answer, answer{400, `{"__type":"ResourceInUseException"}`})
			err := client.UpdateShardCount(t.Context(), scaling.Summary{Name: "orders"}, 8)
			if !errors.Is(err, tt.want) || len(*calls) != 1 {
				t.Errorf("err = %v after %d calls, want %v after one", err, len(*calls), tt.want)
			}
		})
	}
}

// Reading again is harmless, so the SDK's retries stay.
func TestReadsAreTriedAgain(t *testing.T) {
	client, calls := wire(t, answer{500, `{"__type":"InternalFailure"}`}, answer{200, `{"ShardLimit":500,"OpenShardCount":17,"OnDemandStreamCount":0,"OnDemandStreamCountLimit":50}`})
	limit, open, err := client.ShardLimits(t.Context())
	if err != nil || limit != 500 || open != 17 || len(*calls) != 2 {
		t.Errorf("ShardLimits = %d, %d, %v after %d calls", limit, open, err, len(*calls))
	}
	if got := (*calls)[1].Operation; got != "DescribeLimits" {
		t.Errorf("operation %s", got)
	}
}

func TestTagsReadsAllPages(t *testing.T) {
	client, calls := wire(t,
		answer{200, `{"Tags":[{"Key":"a","Value":"1"},{"Key":"shardkeeper","Value":"enabled"}],"HasMoreTags":true}`},
		answer{200, `{"Tags":[{"Key":"team","Value":""},{"Key":"alone"}],"HasMoreTags":false}`})
	got, err := client.Tags(t.Context(), "orders")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"a": "1", "shardkeeper": "enabled", "team": "", "alone": ""}, got); diff != "" {
		t.Error(diff)
	}
	want := []call{
		{"ListTagsForStream", map[string]any{"StreamName": "orders"}},
		{"ListTagsForStream", map[string]any{"StreamName": "orders", "ExclusiveStartTagKey": "shardkeeper"}},
	}
	if diff := cmp.Diff(want, *calls); diff != "" {
		t.Error(diff)
	}
}

func TestTagsEndsWhenAPageIsEmpty(t *testing.T) {
	client, calls := wire(t, answer{200, `{"Tags":[],"HasMoreTags":true}`})
	if got, err := client.Tags(t.Context(), "orders"); err != nil || len(got) != 0 || len(*calls) != 1 {
		t.Errorf("Tags = %v, %v after %d calls", got, err, len(*calls))
	}
}

// Half of the tags would read as settings that were taken back.
func TestTagsGivesAllOrNone(t *testing.T) {
	client, _ := wire(t,
		answer{200, `{"Tags":[{"Key":"a","Value":"1"}],"HasMoreTags":true}`},
		answer{400, `{"__type":"AccessDeniedException"}`})
	if got, err := client.Tags(t.Context(), "orders"); got != nil || !errors.Is(err, scaling.ErrRefused) {
		t.Errorf("Tags = %v, %v", got, err)
	}
}

func TestListGoesOnAfterAName(t *testing.T) {
	tests := []struct {
		name, after, body string
		wantBody          map[string]any
		want              []string
		wantMore          bool
	}{
		{"first page", "", `{"StreamNames":["a","b"],"HasMoreStreams":true}`, map[string]any{}, []string{"a", "b"}, true},
		{"last page", "b", `{"StreamNames":["c"],"HasMoreStreams":false}`, map[string]any{"ExclusiveStartStreamName": "b"}, []string{"c"}, false},
		{"empty page never asks for more", "c", `{"StreamNames":[],"HasMoreStreams":true}`, map[string]any{"ExclusiveStartStreamName": "c"}, []string{}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client, calls := wire(t, answer{200, tt.body})
			names, more, err := client.List(t.Context(), tt.after)
			if err != nil || more != tt.wantMore {
				t.Errorf("more = %t, err = %v", more, err)
			}
			if diff := cmp.Diff(tt.want, names); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff([]call{{"ListStreams", tt.wantBody}}, *calls); diff != "" {
				t.Error(diff)
			}
		})
	}
}
