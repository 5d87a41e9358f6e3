package operator

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	awscloudwatch "github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"golang.org/x/time/rate"

	"github.com/shardkeeper/shardkeeper/internal/aws/cloudwatch"
)

// Removal is what taking a stack away needs: to stop its functions, and to delete its streams' alarms.
type Removal struct {
	alarms *cloudwatch.Client
	lambda *lambda.Client
}

// Removal returns what takes away the stack that has a topic and a table; without a table, alarms that notify
// the topic are its alarms, and no others. Its calls leave some of the account's quotas to
// others: CloudWatch allows 9 DescribeAlarms and 3 DeleteAlarms a second (CloudWatch service quotas, read 2026-11).
func (a *Account) Removal(topicARN, table string) Removal {
	limits := map[string]*rate.Limiter{"DescribeAlarms": rate.NewLimiter(6, 1), "DeleteAlarms": rate.NewLimiter(2.5, 1)}
	pace := func(ctx context.Context, operation string) error {
		if limit, is := limits[operation]; is {
			return limit.Wait(ctx)
		}
		return nil
	}
	return Removal{
		alarms: cloudwatch.New(awscloudwatch.NewFromConfig(a.sdk), cloudwatch.Options{TopicARN: topicARN, Table: table, Pace: pace}),
		lambda: lambda.NewFromConfig(a.sdk),
	}
}

// TopicRegion returns the Region that a topic is in, by its ARN, and whether that is the ARN of a topic.
func TopicRegion(topicARN string) (region string, is bool) {
	topic, err := arn.Parse(topicARN)
	if err != nil || topic.Service != "sns" || topic.Resource == "" || strings.Contains(topic.Resource, ":") { // a subscription's has one part more
		return "", false
	}
	return topic.Region, true
}

// Ours is [cloudwatch.Client.Ours].
func (r Removal) Ours(ctx context.Context) ([]string, error) {
	names, err := r.alarms.Ours(ctx)
	return names, readFault(err)
}

// Remove is [cloudwatch.Client.Remove].
func (r Removal) Remove(ctx context.Context, names []string, done func(int)) error {
	return r.alarms.Remove(ctx, names, done)
}

// Stop keeps a function from being invoked, by a reserved concurrency of 0. A run that has begun goes on to its end.
func (r Removal) Stop(ctx context.Context, function string) error {
	_, err := r.lambda.PutFunctionConcurrency(ctx, &lambda.PutFunctionConcurrencyInput{
		FunctionName: &function, ReservedConcurrentExecutions: aws.Int32(0),
	})
	if err != nil {
		return fmt.Errorf("stop function %s: %w", function, err)
	}
	return nil
}
