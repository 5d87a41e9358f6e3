package operator

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/shardkeeper/shardkeeper/internal/aws/fault"
	"github.com/shardkeeper/shardkeeper/internal/deadletter/queue"
	"github.com/shardkeeper/shardkeeper/registry"
)

// PlainError is what went wrong with AWS, in plain words.
type PlainError struct {
	What string // happened
	Next string // command or flag that may help; empty where nothing is known
	Err  error  // behind it
}

// Error returns what happened.
func (e *PlainError) Error() string { return e.What }

// Unwrap returns the error behind it.
func (e *PlainError) Unwrap() error { return e.Err }

// Explain returns an error with what the SDK says in it replaced by plain words: what happened, in
// which Region, and what to do next. What the error says around it, such as the stream, stays. An
// error that has nothing of the SDK in it, or says it in plain words already, is returned as it is; so is nil.
func Explain(err error, region string) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	if _, plain := errors.AsType[*PlainError](err); plain {
		return err
	}
	call, is := errors.AsType[*smithy.OperationError](err)
	if !is {
		return err
	}
	what, next := sentence(call, region)
	before, after, found := strings.Cut(err.Error(), call.Error())
	if !found {
		return &PlainError{What: what, Next: next, Err: err}
	}
	return &PlainError{What: before + what + after, Next: next, Err: err}
}

// sentence says what became of a call, and what to do.
func sentence(call *smithy.OperationError, region string) (what, next string) {
	service := call.ServiceID
	if _, unsent := errors.AsType[*smithyhttp.RequestSendError](call); unsent {
		return unreached(call, service, region)
	}
	if errors.Is(call, context.DeadlineExceeded) {
		return fmt.Sprintf("%s in Region %s did not answer in time", service, region), "again"
	}
	answer, is := errors.AsType[smithy.APIError](call)
	if !is || answer.ErrorCode() == unknownCode {
		return unreadable(call, service, region)
	}
	code := answer.ErrorCode()
	if _, throttle := retry.DefaultThrottleErrorCodes[code]; throttle {
		return fmt.Sprintf("%s in Region %s has too many calls of %s from this account", service, region, call.OperationName), "again in a minute"
	}
	if fault.Denied(call) {
		if strings.HasPrefix(strings.ToUpper(code), "KMS") || strings.Contains(answer.ErrorMessage(), "kms:") {
			return fmt.Sprintf("these credentials may not use the key that %s in Region %s needs for %s", service, region, call.OperationName),
				"aws sts get-caller-identity, to see whose they are; docs/deploy.md says what the policy of a key of your own must allow"
		}
		return fmt.Sprintf("these credentials may not call %s of %s in Region %s", call.OperationName, service, region),
			"aws sts get-caller-identity, to see whose they are; docs/security.md says what is needed"
	}
	for _, own := range meanings() {
		if what := own.meaning(code); what != "" && own.service == service {
			return what + " in Region " + region, own.next
		}
	}
	switch code {
	case "ExpiredToken", "ExpiredTokenException", "RequestExpired":
		return "the credentials have expired", "aws sso login, or --profile NAME"
	case "UnrecognizedClientException", "InvalidClientTokenId", "InvalidSignatureException", "SignatureDoesNotMatch", "InvalidAccessKeyId", "AuthFailure":
		return fmt.Sprintf("AWS does not know the credentials (%s in Region %s)", service, region), "aws sts get-caller-identity, or --profile NAME"
	}
	return fmt.Sprintf("%s in Region %s refused %s: %s (%s)", service, region, call.OperationName, answer.ErrorMessage(), code), ""
}

// meaning is what the error codes of a service mean to whoever uses it here, and what may help.
type meaning struct {
	service string
	meaning func(code string) string
	next    string
}

// meanings are told by the packages that call the services.
func meanings() []meaning {
	return []meaning{
		{"DynamoDB", registry.Meaning, "--stack NAME, --table NAME or --region REGION"},
		{"SQS", queue.Meaning, "aws sqs list-queues, or --region REGION"},
	}
}

// unknownCode is what the SDK gives an answer without a code, such as that of a proxy.
const unknownCode = "UnknownError"

// unreadable says that an answer is none of AWS's.
func unreadable(call *smithy.OperationError, service, region string) (what, next string) {
	why := lastWords(call)
	if answer, is := errors.AsType[*smithyhttp.ResponseError](call); is {
		why = fmt.Sprintf("HTTP status %d", answer.HTTPStatusCode())
	}
	return fmt.Sprintf("the answer of %s in Region %s to %s cannot be read: %s", service, region, call.OperationName, why), nextOfNetwork
}

// nextOfNetwork is what to do where the way to AWS is at fault.
const nextOfNetwork = "again in a minute; or look for a proxy, a VPN or an AWS_ENDPOINT_URL that is in the way"

// unreached says why a service got no request.
func unreached(call *smithy.OperationError, service, region string) (what, next string) {
	if name, is := errors.AsType[*net.DNSError](call); is {
		return fmt.Sprintf("%s of Region %s cannot be found (%s: %s)", service, region, name.Name, name.Err),
			"aws ec2 describe-regions, if " + region + " may be no Region"
	}
	return fmt.Sprintf("%s in Region %s cannot be reached: %s", service, region, lastWords(call)), nextOfNetwork
}

// lastWords is the innermost error's text: what is around it is the SDK's way to it.
func lastWords(err error) string {
	for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(err) {
		err = next
	}
	return err.Error()
}

// credentialsFault says why there are no credentials.
func credentialsFault(profile string, err error) error {
	login := "aws sso login"
	if profile != "" {
		login += " --profile " + profile
	}
	text := err.Error()
	if strings.Contains(text, "SSO") || strings.Contains(text, "sso") {
		return &PlainError{What: "no AWS credentials: the sign-in has ended, or there was none", Next: login, Err: err}
	}
	return &PlainError{
		What: "no AWS credentials: neither the environment nor the shared configuration files have any that can be used",
		Next: login + ", aws configure, or --profile NAME", Err: err,
	}
}
