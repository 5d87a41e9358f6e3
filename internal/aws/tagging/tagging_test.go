package tagging_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/internal/aws/tagging"
	"github.com/shardkeeper/shardkeeper/scaling"
)

type answer struct {
	status int
	body   string
}

// wire returns a client of a server that gives its answers one after another, the last one again and again, and what
// it was asked.
func wire(t *testing.T, answers ...answer) (*tagging.Client, *[]map[string]any) {
	t.Helper()
	var asked []map[string]any
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if target := r.Header.Get("X-Amz-Target"); target != "ResourceGroupsTaggingAPI_20170126.GetResources" {
			t.Errorf("target %s", target)
		}
		text, err := io.ReadAll(r.Body)
		body := map[string]any{}
		if err == nil {
			err = json.Unmarshal(text, &body)
		}
		if err != nil {
			t.Errorf("request: %v", err)
		}
		a := answers[min(len(asked), len(answers)-1)]
		asked = append(asked, body)
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(a.status)
		_, _ = io.WriteString(w, a.body)
	}))
	t.Cleanup(server.Close)
	return tagging.New(resourcegroupstaggingapi.New(resourcegroupstaggingapi.Options{
		Region: "eu-west-1", BaseEndpoint: aws.String(server.URL), Credentials: credentials.NewStaticCredentialsProvider("id", "secret", ""),
		Retryer: retry.NewStandard(func(o *retry.StandardOptions) {
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
		}),
	})), &asked
}

func TestTheTagsOfManyStreamsArePaged(t *testing.T) {
	client, asked := wire(t,
		answer{200, `{"PaginationToken":"more","ResourceTagMappingList":[
			{"ResourceARN":"arn:aws:kinesis:eu-west-1:123456789012:stream/orders","Tags":[{"Key":"shardkeeper","Value":"enabled"},{"Key":"team","Value":""}]},
			{"ResourceARN":"arn:aws-us-gov:kinesis:us-gov-west-1:123456789012:stream/clicks.v1","Tags":[]},
			{"ResourceARN":"arn:aws:kinesis:eu-west-1:123456789012:stream/orders/consumer/app:1","Tags":[{"Key":"shardkeeper","Value":"enabled"}]},
			{"ResourceARN":"arn:aws:sqs:eu-west-1:123456789012:orders"},{"ResourceARN":"orders"},{"ResourceARN":"arn:aws:kinesis:eu-west-1:123456789012:stream/"},{}]}`},
		answer{200, `{"PaginationToken":"","ResourceTagMappingList":[]}`})
	tags, next, err := client.Tagged(t.Context(), "")
	if err != nil || next != "more" {
		t.Fatalf("next %q, %v", next, err)
	}
	if diff := cmp.Diff(map[string]map[string]string{"orders": {"shardkeeper": "enabled", "team": ""}, "clicks.v1": {}}, tags); diff != "" {
		t.Error(diff)
	}
	tags, next, err = client.Tagged(t.Context(), next)
	if err != nil || next != "" || len(tags) != 0 {
		t.Errorf("tags %v, next %q, %v", tags, next, err)
	}
	filters := []any{"kinesis:stream"}
	want := []map[string]any{
		{"ResourceTypeFilters": filters, "ResourcesPerPage": 100.0},
		{"ResourceTypeFilters": filters, "ResourcesPerPage": 100.0, "PaginationToken": "more"},
	}
	if diff := cmp.Diff(want, *asked); diff != "" {
		t.Error(diff)
	}
}

// The codes are those of the API reference of GetResources, read 2026-11, and of its common errors.
func TestErrorsAreTheDomains(t *testing.T) {
	for code, want := range map[string]struct {
		status, calls int
		err           error
	}{
		"ThrottledException":              {400, 3, scaling.ErrThrottled},
		"InternalServiceException":        {500, 3, scaling.ErrOutcomeUnknown},
		"InvalidParameterException":       {400, 1, scaling.ErrRefused},
		"PaginationTokenExpiredException": {400, 1, scaling.ErrRefused},
		"AccessDeniedException":           {400, 1, scaling.ErrRefused},
	} {
		client, asked := wire(t, answer{want.status, `{"__type":"` + code + `","message":"why"}`})
		tags, next, err := client.Tagged(t.Context(), "")
		if !errors.Is(err, want.err) || tags != nil || next != "" || len(*asked) != want.calls {
			t.Errorf("%s: %v, %q, %v after %d calls", code, tags, next, err, len(*asked))
		}
	}
}
