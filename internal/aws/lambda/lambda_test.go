package lambda_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/internal/aws/lambda"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// wire returns a client whose real SDK client talks to a server that always gives one answer,
// and the requests that the server got, each as "METHOD path body".
func wire(t *testing.T, status int, code, body string) (*lambda.Client, *[]string) {
	t.Helper()
	requests := &[]string{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		*requests = append(*requests, strings.TrimSpace(r.Method+" "+r.URL.Path+" "+string(text)))
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Amzn-ErrorType", code)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return lambda.New(awslambda.New(awslambda.Options{
		BaseEndpoint: aws.String(server.URL),
		Region:       "eu-west-1",
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "id", SecretAccessKey: "secret"}, nil
		}),
		Retryer: aws.NopRetryer{},
	})), requests
}

func TestReservedTellsNoReservationFromZero(t *testing.T) {
	tests := []struct {
		name, body string
		want       int
		wantSet    bool
	}{
		{"reserved", `{"ReservedConcurrentExecutions":8}`, 8, true},
		{"stopped", `{"ReservedConcurrentExecutions":0}`, 0, true},
		{"not reserved", `{}`, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client, requests := wire(t, 200, "", tt.body)
			got, set, err := client.Reserved(t.Context(), "reader")
			if err != nil || got != tt.want || set != tt.wantSet {
				t.Errorf("Reserved = %d, %t, %v", got, set, err)
			}
			if diff := cmp.Diff([]string{"GET /2019-09-30/functions/reader/concurrency"}, *requests); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReserveSetsTheReservation(t *testing.T) {
	client, requests := wire(t, 200, "", `{"ReservedConcurrentExecutions":16}`)
	if err := client.Reserve(t.Context(), "reader", 16); err != nil {
		t.Fatal(err)
	}
	want := []string{`PUT /2017-10-31/functions/reader/concurrency {"ReservedConcurrentExecutions":16}`}
	if diff := cmp.Diff(want, *requests); diff != "" {
		t.Error(diff)
	}
}

// The predecessor took the reservation away when it could not raise it.
func TestReserveNeverStopsOrFreesAFunction(t *testing.T) {
	client, requests := wire(t, 200, "", `{}`)
	for _, n := range []int{-1, 0, 1 << 31} {
		if err := client.Reserve(t.Context(), "reader", n); !errors.Is(err, scaling.ErrRefused) {
			t.Errorf("to %d: err = %v, want ErrRefused", n, err)
		}
	}
	if len(*requests) != 0 {
		t.Errorf("sent %q, want nothing", *requests)
	}
}

func TestUnreserved(t *testing.T) {
	client, requests := wire(t, 200, "", `{"AccountLimit":{"ConcurrentExecutions":1000,"UnreservedConcurrentExecutions":873},"AccountUsage":{}}`)
	if got, err := client.Unreserved(t.Context()); err != nil || got != 873 {
		t.Errorf("Unreserved = %d, %v", got, err)
	}
	if diff := cmp.Diff([]string{"GET /2016-08-19/account-settings"}, *requests); diff != "" {
		t.Error(diff)
	}
	for _, body := range []string{`{}`, `{"AccountLimit":{}}`} {
		client, _ := wire(t, 200, "", body)
		if got, err := client.Unreserved(t.Context()); !errors.Is(err, scaling.ErrOutcomeUnknown) {
			t.Errorf("answer %s: Unreserved = %d, %v, want ErrOutcomeUnknown", body, got, err)
		}
	}
}

func TestErrorsAreSortedOnceForEveryOperation(t *testing.T) {
	tests := []struct {
		code   string
		status int
		want   error
	}{
		{"ResourceNotFoundException", 404, scaling.ErrStreamNotFound},
		{"InvalidParameterValueException", 400, scaling.ErrLimitExceeded},
		{"ResourceConflictException", 409, scaling.ErrStreamBusy},
		{"TooManyRequestsException", 429, scaling.ErrThrottled},
		{"AccessDeniedException", 403, scaling.ErrRefused},
		{"ServiceException", 500, scaling.ErrOutcomeUnknown},
	}
	for _, tt := range tests {
		client, _ := wire(t, tt.status, tt.code, `{"Type":"User","Message":"why"}`)
		for operation, run := range map[string]func(context.Context) error{
			"GetFunctionConcurrency": func(ctx context.Context) error { _, _, err := client.Reserved(ctx, "reader"); return err },
			"PutFunctionConcurrency": func(ctx context.Context) error { return client.Reserve(ctx, "reader", 2) },
			"GetAccountSettings":     func(ctx context.Context) error { _, err := client.Unreserved(ctx); return err },
		} {
			err := run(t.Context())
			if !errors.Is(err, tt.want) {
				t.Errorf("%s, %s: %v, want %v", operation, tt.code, err, tt.want)
			} else if !strings.Contains(err.Error(), "lambda "+operation) {
				t.Errorf("%s, %s: %q does not name the operation", operation, tt.code, err)
			}
		}
	}
}

func TestWithoutAnAnswerTheOutcomeIsUnknown(t *testing.T) {
	client, _ := wire(t, 200, "", `{}`)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := client.Reserve(ctx, "reader", 2); !errors.Is(err, scaling.ErrOutcomeUnknown) || !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
}

// How much Lambda wants left is in no field of its answer, only in its text.
func TestWhatLambdaWantsLeftIsRead(t *testing.T) {
	const text = "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of "
	for body, want := range map[string]int{
		`{"Type":"User","message":"` + text + `[100]."}`: 100,
		`{"Type":"User","message":"` + text + `[50]."}`:  50,
		`{"Type":"User","message":"` + text + `[10]."}`:  10,
		`{"Type":"User","message":"` + text + `10"}`:     10,
		`{"Type":"User","message":"` + text + `[]."}`:    0,
		`{"Type":"User","message":"no"}`:                 0,
	} {
		client, _ := wire(t, 400, "InvalidParameterValueException", body)
		err := client.Reserve(t.Context(), "reader", 8)
		short, told := errors.AsType[scaling.UnreservedError](err)
		if !errors.Is(err, scaling.ErrLimitExceeded) || told != (want > 0) || short.Least != want {
			t.Errorf("%s: %v says %d, want %d", body, err, short.Least, want)
		}
	}
}
