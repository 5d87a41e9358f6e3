// Package operator builds what the operator's command needs of AWS, and says in plain words what went
// wrong there. The functions do not import it: they carry no client that only people need.
package operator

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/logging"

	"golang.org/x/time/rate"

	"github.com/shardkeeper/shardkeeper/internal/app"
	"github.com/shardkeeper/shardkeeper/internal/aws/cloudwatch"
	"github.com/shardkeeper/shardkeeper/internal/deadletter/queue"
)

// Access says with which credentials, and in which Region. What is empty comes from the environment
// or the shared configuration files, as in every tool of AWS.
type Access struct {
	Region  string
	Profile string
}

// Account is one account in one Region.
type Account struct {
	sdk aws.Config
	now func() time.Time

	describes, lists *rate.Limiter // of streams
}

// Open returns the account that an access leads to. Without a Region or credentials it fails, before
// any call. The SDK's own log stays silent: what goes wrong is in the errors.
func Open(ctx context.Context, to Access, now func() time.Time) (*Account, error) {
	options := []func(*config.LoadOptions) error{config.WithLogger(logging.Nop{})}
	if to.Region != "" {
		options = append(options, config.WithRegion(to.Region))
	}
	if to.Profile != "" {
		options = append(options, config.WithSharedConfigProfile(to.Profile))
	}
	loaded, err := app.LoadAWS(ctx, options...)
	if absent, is := errors.AsType[config.SharedConfigProfileNotExistError](err); is {
		return nil, &PlainError{
			What: fmt.Sprintf("no profile %q is in the shared configuration files", absent.Profile),
			Next: "aws configure list-profiles, and --profile NAME", Err: err,
		}
	}
	if err != nil {
		return nil, err
	}
	if loaded.Region == "" {
		return nil, &PlainError{
			What: "no Region is set; set AWS_REGION, or region in the shared configuration file", Next: "--region REGION",
			Err: errors.New("no Region"),
		}
	}
	if _, err := loaded.Credentials.Retrieve(ctx); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, credentialsFault(to.Profile, err)
	}
	return &Account{
		sdk: loaded, now: now,
		describes: rate.NewLimiter(streamsPerSecond, streamsPerSecond), lists: rate.NewLimiter(listsPerSecond, 1),
	}, nil
}

// Region is where the account's calls go.
func (a *Account) Region() string { return a.sdk.Region }

// Caller is the ARN of the person or role whose credentials the account was opened with.
func (a *Account) Caller(ctx context.Context) (string, error) {
	out, err := sts.NewFromConfig(a.sdk).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", fmt.Errorf("find out who you are: %w", err)
	}
	return aws.ToString(out.Arn), nil
}

// Queue returns the dead-letter queue with a URL, and the functions of the account.
func (a *Account) Queue(url string) *queue.Queue {
	return queue.New(url, sqs.NewFromConfig(a.sdk), lambda.NewFromConfig(a.sdk))
}

// Traffic returns what reads streams' traffic. It needs the right to GetMetricData, and nothing else.
func (a *Account) Traffic() Traffic {
	return Traffic{cloudwatch.New(awscloudwatch.NewFromConfig(a.sdk), cloudwatch.Options{})}
}

// Stack finds what a CloudFormation stack of Shardkeeper has made.
func (a *Account) Stack(ctx context.Context, name string) (Stack, error) {
	return findStack(ctx, cloudformation.NewFromConfig(a.sdk), name)
}
