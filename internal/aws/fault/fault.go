// Package fault sorts the errors of AWS SDK calls into the domain's own. What one service
// means by its error codes is told by that service's adapter; what all services share is here.
package fault

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// Translate returns err wrapped in the one of scaling's service errors that it means; nil for
// nil. The text and the SDK's own error stay in the chain.
//
// Meaning gives the service's own reading of an error code, or nil for a code it does not know.
// What has no such reading is a throttle if the SDK says so, refused if the service blamed the
// caller, and of unknown outcome otherwise: a fault of the service, a timeout, a connection that
// broke, a context that ended.
func Translate(err error, meaning func(code string) error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", classOf(err, meaning), err)
}

func classOf(err error, meaning func(code string) error) error {
	if _, ok := errors.AsType[smithy.InvalidParamsError](err); ok {
		return scaling.ErrRefused // refused by the SDK itself: nothing was sent
	}
	answer, ok := errors.AsType[smithy.APIError](err)
	if !ok {
		return scaling.ErrOutcomeUnknown
	}
	if meant := meaning(answer.ErrorCode()); meant != nil {
		return meant
	}
	if _, throttle := retry.DefaultThrottleErrorCodes[answer.ErrorCode()]; throttle {
		return scaling.ErrThrottled
	}
	return classOfStatus(err, answer)
}

// classOfStatus goes by the HTTP status, since the SDK knows whose fault an error is only where
// the service's model lists it.
func classOfStatus(err error, answer smithy.APIError) error {
	status := 0
	if response, ok := errors.AsType[*smithyhttp.ResponseError](err); ok {
		status = response.HTTPStatusCode()
	}
	switch {
	case status == http.StatusTooManyRequests:
		return scaling.ErrThrottled
	case status == http.StatusRequestTimeout:
		return scaling.ErrOutcomeUnknown
	case status >= 400 && status < 500, status == 0 && answer.ErrorFault() == smithy.FaultClient:
		return scaling.ErrRefused
	}
	return scaling.ErrOutcomeUnknown
}

// Denied reports whether err is a service's answer that the caller has no right to the call: by a policy of
// its role, of the resource or of the organisation, or by a key. Each service has a code of its own for it
// (common errors in the API references of Kinesis, CloudWatch, DynamoDB, Lambda and SQS, read 2026-11), and for a key each
// spells its own (errors in the types of the Go SDK v2, read 2026-11; SQS answers with the code of its older protocol too).
func Denied(err error) bool {
	answer, ok := errors.AsType[smithy.APIError](err)
	if !ok {
		return false
	}
	switch answer.ErrorCode() {
	case "AccessDenied", "AccessDeniedException", "AuthorizationError", "NotAuthorized", "UnauthorizedOperation",
		"KMSAccessDeniedException", "KMSAccessDenied", "KmsAccessDenied", "KMS.AccessDeniedException", "KmsAccessDeniedException":
		return true
	}
	return false
}
