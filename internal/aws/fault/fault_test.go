package fault_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/shardkeeper/shardkeeper/internal/aws/fault"
	"github.com/shardkeeper/shardkeeper/scaling"
)

func TestTranslate(t *testing.T) {
	busy := func(code string) error {
		if code == "Busy" || code == "LimitExceededException" {
			return scaling.ErrStreamBusy
		}
		return nil
	}
	code := func(code string, fault smithy.ErrorFault) error {
		return &smithy.GenericAPIError{Code: code, Message: "m", Fault: fault}
	}
	answered := func(status int, err error) error {
		return &smithyhttp.ResponseError{Response: &smithyhttp.Response{Response: &http.Response{StatusCode: status}}, Err: err}
	}
	missing := smithy.InvalidParamsError{Context: "Input"}
	missing.Add(smithy.NewErrParamRequired("Name"))
	tests := []struct {
		name string
		err  error
		want error
	}{
		{"the service's own reading goes first", answered(400, code("Busy", smithy.FaultUnknown)), scaling.ErrStreamBusy},
		{"also before the SDK's list of throttles", answered(400, code("LimitExceededException", smithy.FaultClient)), scaling.ErrStreamBusy},
		{"a throttle", answered(400, code("Throttling", smithy.FaultUnknown)), scaling.ErrThrottled},
		{"a throttle of status 503", answered(503, code("SlowDown", smithy.FaultUnknown)), scaling.ErrThrottled},
		{"a throttle by its status", answered(429, code("New", smithy.FaultUnknown)), scaling.ErrThrottled},
		{"an unknown client error", answered(403, code("ExpiredToken", smithy.FaultUnknown)), scaling.ErrRefused},
		{"a client error without a response", code("Bad", smithy.FaultClient), scaling.ErrRefused},
		{"a server error", answered(500, code("InternalFailure", smithy.FaultServer)), scaling.ErrOutcomeUnknown},
		{"a server error that blames the client", answered(502, code("Odd", smithy.FaultClient)), scaling.ErrOutcomeUnknown},
		{"an error without a status", code("Odd", smithy.FaultUnknown), scaling.ErrOutcomeUnknown},
		{"a request that came too slowly", answered(408, code("RequestTimeout", smithy.FaultUnknown)), scaling.ErrOutcomeUnknown},
		{"an answer that cannot be read", answered(200, errors.New("unexpected end of JSON")), scaling.ErrOutcomeUnknown},
		{"a deadline", fmt.Errorf("send: %w", context.DeadlineExceeded), scaling.ErrOutcomeUnknown},
		{"a request that was never sent", fmt.Errorf("operation error: %w", missing), scaling.ErrRefused},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := fault.Translate(tt.err, busy)
			if !errors.Is(got, tt.want) || !errors.Is(got, tt.err) && !strings.Contains(got.Error(), tt.err.Error()) {
				t.Errorf("Translate(%v) = %v, want %v with the error in its chain", tt.err, got, tt.want)
			}
			if scaling.DefinitelyRefused(got) != !errors.Is(tt.want, scaling.ErrOutcomeUnknown) {
				t.Errorf("DefinitelyRefused(%v) = %t", got, scaling.DefinitelyRefused(got))
			}
		})
	}
	if got := fault.Translate(nil, busy); got != nil {
		t.Errorf("Translate(nil) = %v", got)
	}
}

func TestDenied(t *testing.T) {
	for code, want := range map[string]bool{
		"AccessDenied": true, "AccessDeniedException": true, "AuthorizationError": true,
		// By a key: Kinesis and Lambda, SNS, SQS in JSON and in its older protocol, CloudWatch.
		"KMSAccessDeniedException": true, "KMSAccessDenied": true, "KmsAccessDenied": true, "KMS.AccessDeniedException": true, "KmsAccessDeniedException": true,
		"KMSDisabled": false, "KmsThrottled": false,
		"ExpiredTokenException": false, "ThrottlingException": false, "": false,
	} {
		err := fmt.Errorf("list: %w", &smithy.GenericAPIError{Code: code})
		if got := fault.Denied(err); got != want {
			t.Errorf("%q: %t", code, got)
		}
	}
	if fault.Denied(nil) || fault.Denied(errors.New("AccessDenied")) {
		t.Error("what is no answer of a service counts as denied")
	}
}
