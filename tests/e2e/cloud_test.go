//go:build unix && e2e

package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/shardkeeper/shardkeeper/internal/emulator"
)

// cloud is an account of its own: Kinesis is kinesis-local, everything else ministack.
type cloud struct {
	endpoint, kinesisEndpoint string

	kinesis    *kinesis.Client
	cloudwatch *cloudwatch.Client
	logs       *cloudwatchlogs.Client
	dynamodb   *dynamodb.Client
	lambda     *lambda.Client
	events     *eventbridge.Client
	sns        *sns.Client
	sqs        *sqs.Client
}

// newCloud starts an account for the length of a test.
func newCloud(t *testing.T) cloud {
	t.Helper()
	command, err := tools(t).KinesisLocal(t.Context(), "UPDATE_SHARD_COUNT_DURATION=1s")
	streams := start(t, command, err)
	command, err = tools(t).Ministack(t.Context(), "AWS_ENDPOINT_URL_KINESIS="+streams.Endpoint())
	rest := start(t, command, err)

	c := cloud{endpoint: rest.Endpoint(), kinesisEndpoint: streams.Endpoint()}
	config := sdkConfig(c.endpoint)
	c.kinesis = kinesis.NewFromConfig(sdkConfig(c.kinesisEndpoint))
	c.cloudwatch = cloudwatch.NewFromConfig(config)
	c.logs = cloudwatchlogs.NewFromConfig(config)
	c.dynamodb = dynamodb.NewFromConfig(config)
	c.lambda = lambda.NewFromConfig(config)
	c.events = eventbridge.NewFromConfig(config)
	c.sns = sns.NewFromConfig(config)
	c.sqs = sqs.NewFromConfig(config)
	return c
}

// sdkConfig leads all calls to one emulator.
func sdkConfig(endpoint string) aws.Config {
	return aws.Config{
		Region: emulator.Region, BaseEndpoint: &endpoint,
		Credentials: credentials.NewStaticCredentialsProvider(emulator.Account, "secret", ""),
	}
}

// env leads a program that uses an AWS SDK to this account.
func (c cloud) env() []string {
	return []string{
		"AWS_ENDPOINT_URL=" + c.endpoint, "AWS_ENDPOINT_URL_KINESIS=" + c.kinesisEndpoint,
		"AWS_REGION=" + emulator.Region, "AWS_DEFAULT_REGION=" + emulator.Region,
		"AWS_ACCESS_KEY_ID=" + emulator.Account, "AWS_SECRET_ACCESS_KEY=secret",
		"AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null",
	}
}
