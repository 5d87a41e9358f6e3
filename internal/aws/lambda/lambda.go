// Package lambda is what Shardkeeper asks of Lambda: the reserved concurrency of the function
// that reads a stream. It sets reservations and never deletes one: without its reservation a
// function may take all the concurrency of the account.
package lambda

import (
	"context"
	"fmt"
	"math"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// API is the part of the Lambda client that is used.
type API interface {
	GetFunctionConcurrency(context.Context, *lambda.GetFunctionConcurrencyInput, ...func(*lambda.Options)) (*lambda.GetFunctionConcurrencyOutput, error)
	PutFunctionConcurrency(context.Context, *lambda.PutFunctionConcurrencyInput, ...func(*lambda.Options)) (*lambda.PutFunctionConcurrencyOutput, error)
	GetAccountSettings(context.Context, *lambda.GetAccountSettingsInput, ...func(*lambda.Options)) (*lambda.GetAccountSettingsOutput, error)
}

// Client reads and sets reserved concurrency. Its errors wrap one of scaling's service errors.
type Client struct {
	api API
}

// New returns a client of an account and Region: those of the API.
func New(api API) *Client { return &Client{api: api} }

// Reserved returns the concurrency that a function has reserved, and whether it has reserved
// any: a reservation of 0 stops a function, no reservation lets it use what others leave. It
// fails with [scaling.ErrStreamNotFound] when there is no such function.
func (c *Client) Reserved(ctx context.Context, function string) (concurrency int, set bool, err error) {
	out, err := c.api.GetFunctionConcurrency(ctx, &lambda.GetFunctionConcurrencyInput{FunctionName: aws.String(function)})
	if err != nil {
		return 0, false, translated("GetFunctionConcurrency", function, err)
	}
	return int(aws.ToInt32(out.ReservedConcurrentExecutions)), out.ReservedConcurrentExecutions != nil, nil
}

// Reserve sets the concurrency that a function has reserved, at least 1. It fails with
// [scaling.ErrLimitExceeded] when the account would be left with fewer than
// [scaling.UnreservedConcurrency], and with [scaling.ErrStreamBusy] while the function is being
// changed.
func (c *Client) Reserve(ctx context.Context, function string, concurrency int) error {
	if concurrency < 1 || concurrency > math.MaxInt32 {
		return fmt.Errorf("lambda PutFunctionConcurrency of function %q to %d: it would stop the function or cannot be: %w", function, concurrency, scaling.ErrRefused)
	}
	_, err := c.api.PutFunctionConcurrency(ctx, &lambda.PutFunctionConcurrencyInput{
		FunctionName:                 aws.String(function),
		ReservedConcurrentExecutions: aws.Int32(int32(concurrency)),
	})
	return translated("PutFunctionConcurrency", function, err)
}

// Unreserved returns the concurrency of the account that no function has reserved.
func (c *Client) Unreserved(ctx context.Context) (int, error) {
	out, err := c.api.GetAccountSettings(ctx, &lambda.GetAccountSettingsInput{})
	if err != nil {
		return 0, translated("GetAccountSettings", "", err)
	}
	if out.AccountLimit == nil || out.AccountLimit.UnreservedConcurrentExecutions == nil {
		return 0, fmt.Errorf("lambda GetAccountSettings: answer without a limit: %w", scaling.ErrOutcomeUnknown)
	}
	return int(*out.AccountLimit.UnreservedConcurrentExecutions), nil
}
