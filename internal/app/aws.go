package app

import (
	"context"
	"fmt"
	"net"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"golang.org/x/time/rate"

	"github.com/shardkeeper/shardkeeper/internal/aws/pace"
	"github.com/shardkeeper/shardkeeper/registry"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// Times and tries of one call. A function has 30 seconds or a minute for about ten calls, most
// of which take a tenth of a second, so a call that hangs must not take them all.
const (
	dialTimeout = 2 * time.Second
	callTimeout = 8 * time.Second // one try; reading a day of metrics takes the longest
	maxTries    = 4
	maxBackoff  = 4 * time.Second

	patientTries = 12 // some twenty seconds, if all are throttled
)

// LoadAWS returns the SDK's configuration for the operator's command, with its own options.
func LoadAWS(ctx context.Context, options ...func(*config.LoadOptions) error) (aws.Config, error) {
	return load(ctx, nil, scaling.MaxClockSkew, options...) // people hold no lease
}

// loadAWS returns the SDK's configuration for a function.
func loadAWS(ctx context.Context, pace pacer, more ...func(*config.LoadOptions) error) (aws.Config, error) {
	return load(ctx, pace, scaling.MaxClockError, more...)
}

// load returns the SDK's configuration, with credentials, Region and endpoints from the
// environment as usual. Calls are tried again by the standard retryer, at random within a
// growing wait. The adaptive one would slow down one process after a throttle, but the quotas
// are the account's, and the processes that share them do not know of each other. What calls in
// bulk keeps to a pace instead.
func load(ctx context.Context, pace pacer, clock time.Duration, more ...func(*config.LoadOptions) error) (aws.Config, error) {
	options := append([]func(*config.LoadOptions) error{
		config.WithHTTPClient(awshttp.NewBuildableClient().WithTimeout(callTimeout).
			WithDialerOptions(func(d *net.Dialer) { d.Timeout = dialTimeout })),
		config.WithRetryer(func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) {
				o.MaxAttempts, o.MaxBackoff = maxTries, maxBackoff
				o.Retryables = append(o.Retryables, retry.IsErrorRetryableFunc(throttledTransaction))
			})
		}),
		config.WithAPIOptions([]func(*middleware.Stack) error{noteDenials, holdClock(clock)}),
	}, more...)
	if pace != nil {
		options = append(options, config.WithBeforeRetryLoop(pace))
	}
	loaded, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return aws.Config{}, fmt.Errorf("load the AWS configuration: %w", err)
	}
	return loaded, nil
}

// throttledTransaction has a throttled transaction tried again. Of other errors it says nothing.
func throttledTransaction(err error) aws.Ternary {
	if registry.Throttled(err) {
		return aws.TrueTernary
	}
	return aws.UnknownTernary
}

// timeToWrite is how long before the end of a run no service but the registry is waited for any more. Four tries of a call that
// hangs take longer than the rest of most runs, and Lambda would end them with all that is written last: how far the sweep is, what
// the account has left, the log line.
const timeToWrite = 3 * time.Second

// leavesTime returns a configuration whose clients give up a call in time for what is written last.
func leavesTime(sdk aws.Config) aws.Config {
	sdk = sdk.Copy()
	sdk.APIOptions = append(slices.Clone(sdk.APIOptions), func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("LeaveTime", func(
			ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler,
		) (middleware.InitializeOutput, middleware.Metadata, error) {
			early, cancel := inTime(ctx)
			defer cancel()
			return next.HandleInitialize(early, in)
		}), middleware.Before)
	})
	return sdk
}

// inTime returns a context that ends in time for what is written last.
func inTime(ctx context.Context) (context.Context, context.CancelFunc) {
	end, set := ctx.Deadline()
	if !set {
		return ctx, func() {}
	}
	return context.WithDeadline(ctx, end.Add(-timeToWrite))
}

// patient lets the enroller ask Kinesis for as long as it has time. When hundreds of streams are tagged together their events
// share five ListTagsForStream calls a second, and what was not read waits for the sweep of the hour, with a dead letter. The
// retryer's own count of tries over all calls is left out: it would end the patience of a busy process.
func patient(o *kinesis.Options) {
	o.Retryer = retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts, o.MaxBackoff, o.RateLimiter = patientTries, maxBackoff, ratelimit.None
	})
}

// pacer makes the calls of an operation wait for their turn, so that a loop over thousands of
// streams leaves some of the account's quota to others. Operations without a limiter are free.
type pacer map[string]*rate.Limiter

// reconcilerPace has a limiter for each operation that has a rate.
func reconcilerPace(rates map[string]pace.Rate) pacer {
	limiters := pacer{}
	for operation, r := range rates {
		limiters[operation] = rate.NewLimiter(rate.Limit(r.PerSecond), r.Burst)
	}
	return limiters
}

// wait returns when it is an operation's turn. When that would be after the context's end, it
// fails at once.
func (p pacer) wait(ctx context.Context, operation string) error {
	limiter, paced := p[operation]
	if !paced {
		return nil
	}
	if err := limiter.Wait(ctx); err != nil {
		return fmt.Errorf("no turn left for %s in this invocation: %w", operation, err)
	}
	return nil
}

// waitInTime is wait for who asks for a turn outside of the SDK's call: it leaves time for what is written last too.
func (p pacer) waitInTime(ctx context.Context, operation string) error {
	early, cancel := inTime(ctx)
	defer cancel()
	return p.wait(early, operation)
}

// BeforeRetryLoop waits for the turn of a call to Kinesis or Lambda. One that has none counts as
// throttled. CloudWatch's adapter asks for its turns itself.
func (p pacer) BeforeRetryLoop(ctx context.Context, _ *smithyhttp.InterceptorContext) error {
	if awsmiddleware.GetServiceID(ctx) == cloudwatch.ServiceID {
		return nil
	}
	if err := p.wait(ctx, awsmiddleware.GetOperationName(ctx)); err != nil {
		return &smithy.GenericAPIError{Code: "Throttling", Message: err.Error()}
	}
	return nil
}
