package operator

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/logging"
	smithyhttp "github.com/aws/smithy-go/transport/http"

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
		"by the environment": func(ctx context.Context) error { _, err := Open(ctx, Access{}, time.Now); return err },
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
	account, err := Open(t.Context(), Access{}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	loaded := account.sdk
	if _, silent := loaded.Logger.(logging.Nop); !silent {
		t.Errorf("it logs to a %T", loaded.Logger)
	}
}

// A read has no outcome that could be unknown.
func TestAReadThatFailsSaysWhy(t *testing.T) {
	commandEnvironment(t, "us-east-1", "key")
	account, err := Open(t.Context(), Access{}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	loaded := account.sdk
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }))
	defer broken.Close()
	gone := httptest.NewServer(nil)
	gone.Close()
	for url, says := range map[string]string{
		gone.URL:   "CloudWatch in Region us-east-1 cannot be reached: ",
		broken.URL: "the answer of CloudWatch in Region us-east-1 to GetMetricData cannot be read: ",
	} {
		traffic := Traffic{cloudwatch.New(awscloudwatch.NewFromConfig(loaded, func(o *awscloudwatch.Options) {
			o.BaseEndpoint, o.Retryer = aws.String(url), aws.NopRetryer{}
		}), cloudwatch.Options{})}
		_, err := traffic.Writes(t.Context(), "orders", time.Minute, noon(), noon().Add(time.Hour))
		if err = Explain(err, "us-east-1"); err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "unknown") {
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
	if _, err := traffic.Writes(ended, "orders", time.Minute, noon(), noon().Add(time.Hour)); !errors.Is(err, context.Canceled) || errors.Is(err, scaling.ErrOutcomeUnknown) {
		t.Errorf("an end: %v", err)
	}
}

func noon() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }

func TestAFlagComesBeforeTheEnvironment(t *testing.T) {
	commandEnvironment(t, "us-east-1", "key")
	account, err := Open(t.Context(), Access{Region: "eu-west-1"}, time.Now)
	if err != nil || account.Region() != "eu-west-1" {
		t.Errorf("Region %q, %v", account.Region(), err)
	}
	_, err = Open(t.Context(), Access{Profile: "nobody"}, time.Now)
	if fault, is := errors.AsType[*PlainError](err); !is || !strings.Contains(fault.What, `no profile "nobody"`) || fault.Next == "" {
		t.Errorf("a profile that is not there: %v", err)
	}
}

// No error of the SDK reaches a person as the SDK says it.
func TestExplain(t *testing.T) {
	failed := func(service, operation string, err error) error {
		return fmt.Errorf("history of orders: %w", &smithy.OperationError{ServiceID: service, OperationName: operation, Err: err})
	}
	api := func(code string) error { return &smithy.GenericAPIError{Code: code, Message: "sorry"} }
	unsent := func(err error) error { return &smithyhttp.RequestSendError{Err: err} }
	for _, test := range []struct {
		err        error
		what, next string
	}{
		{failed("DynamoDB", "Query", api("ResourceNotFoundException")), "there is no such table in Region eu-west-1", "--stack NAME, --table NAME or --region REGION"},
		{failed("DynamoDB", "Query", api("AccessDeniedException")), "these credentials may not call Query of DynamoDB in Region eu-west-1", "aws sts get-caller-identity"},
		{failed("DynamoDB", "Query", &smithy.GenericAPIError{
			Code: "AccessDeniedException", Message: "User: arn:aws:sts::123456789012:assumed-role/ops/ana is not authorized to perform: kms:Decrypt on the resource associated with this ciphertext",
		}), "these credentials may not use the key that DynamoDB in Region eu-west-1 needs for Query", "aws sts get-caller-identity, to see whose they are; docs/deploy.md"},
		{failed("SQS", "ReceiveMessage", api("KMS.AccessDeniedException")), "these credentials may not use the key that SQS in Region eu-west-1 needs for ReceiveMessage", "aws sts get-caller-identity"},
		{failed("DynamoDB", "Query", api("ExpiredTokenException")), "the credentials have expired", "aws sso login"},
		{failed("DynamoDB", "Query", api("UnrecognizedClientException")), "AWS does not know the credentials", "aws sts get-caller-identity"},
		{failed("DynamoDB", "Query", api("ThrottlingException")), "DynamoDB in Region eu-west-1 has too many calls of Query", "again"},
		{failed("SQS", "ReceiveMessage", api("AWS.SimpleQueueService.NonExistentQueue")), "there is no such queue in Region eu-west-1", "aws sqs list-queues"},
		{failed("Lambda", "Invoke", api("ResourceNotFoundException")), "Lambda in Region eu-west-1 refused Invoke: sorry (ResourceNotFoundException)", ""},
		{failed("DynamoDB", "Query", unsent(&net.DNSError{Err: "no such host", Name: "dynamodb.mars.amazonaws.com"})), "DynamoDB of Region eu-west-1 cannot be found (dynamodb.mars.amazonaws.com: no such host)", "aws ec2 describe-regions"},
		{failed("DynamoDB", "Query", unsent(&net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")})), "DynamoDB in Region eu-west-1 cannot be reached: connection refused", "again in a minute"},
		{failed("DynamoDB", "Query", fmt.Errorf("exceeded: %w", context.DeadlineExceeded)), "DynamoDB in Region eu-west-1 did not answer in time", "again"},
		{failed("DynamoDB", "Query", errors.New("unexpected end of JSON")), "the answer of DynamoDB in Region eu-west-1 to Query cannot be read: unexpected end of JSON", "again in a minute"},
		{failed("DynamoDB", "Query", api("UnknownError")), "the answer of DynamoDB in Region eu-west-1 to Query cannot be read: ", "again in a minute"},
	} {
		got := Explain(test.err, "eu-west-1")
		fault, is := errors.AsType[*PlainError](got)
		if !is || !strings.HasPrefix(got.Error(), "history of orders: "+test.what) || !strings.HasPrefix(fault.Next, test.next) || (fault.Next == "") != (test.next == "") {
			t.Errorf("%v\nbecame %v, next %+v", test.err, got, fault)
		}
		if !errors.Is(got, test.err) || strings.Contains(got.Error(), "operation error") {
			t.Errorf("%v: the error behind it is lost, or shown", got)
		}
	}
	for _, err := range []error{nil, errors.New("ours"), failed("DynamoDB", "Query", context.Canceled)} {
		if got := Explain(err, "eu-west-1"); !errors.Is(got, err) || got != nil && got.Error() != err.Error() {
			t.Errorf("%v became %v", err, got)
		}
	}
}

// The error of Open holds the SDK's, which must not be explained over it.
func TestPlainWordsAreNotExplainedAgain(t *testing.T) {
	commandEnvironment(t, "us-east-1", "")
	_, err := Open(t.Context(), Access{}, time.Now)
	if got := Explain(err, "us-east-1"); err == nil || got.Error() != err.Error() || !strings.Contains(got.Error(), "no AWS credentials") {
		t.Errorf("Open says %v, and Explain makes of it %v", err, got)
	}
}
