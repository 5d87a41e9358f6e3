// Package queue is a dead-letter queue in SQS, and the functions in Lambda that its events are
// handed to again. Only the operator's command uses it: the functions themselves carry no client
// for SQS.
package queue

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/shardkeeper/shardkeeper/internal/deadletter"
)

// Meaning says in plain words what an error code of SQS means for a queue; empty for one that means nothing
// of its own there. The older query protocol has another code for the same.
func Meaning(code string) string {
	switch code {
	case (&types.QueueDoesNotExist{}).ErrorCode(), "AWS.SimpleQueueService.NonExistentQueue":
		return "there is no such queue"
	}
	return ""
}

// API is the part of the SQS client that is used.
type API interface {
	ReceiveMessage(context.Context, *sqs.ReceiveMessageInput, ...func(*sqs.Options)) (*sqs.ReceiveMessageOutput, error)
	DeleteMessage(context.Context, *sqs.DeleteMessageInput, ...func(*sqs.Options)) (*sqs.DeleteMessageOutput, error)
	ChangeMessageVisibility(context.Context, *sqs.ChangeMessageVisibilityInput, ...func(*sqs.Options)) (*sqs.ChangeMessageVisibilityOutput, error)
}

// LambdaAPI is the part of the Lambda client that is used.
type LambdaAPI interface {
	Invoke(context.Context, *lambda.InvokeInput, ...func(*lambda.Options)) (*lambda.InvokeOutput, error)
}

// Queue is one queue, with the functions of its account and Region.
type Queue struct {
	url    string
	sqs    API
	lambda LambdaAPI
}

// New returns the queue with a URL.
func New(url string, queue API, functions LambdaAPI) *Queue {
	return &Queue{url: url, sqs: queue, lambda: functions}
}

const (
	batch  = 10              // messages in a receipt, the most there is (ReceiveMessage, read 2026-11)
	hidden = 5 * time.Minute // how long a received message is not shown to others
	wait   = 2 * time.Second // for the first message; without a wait SQS asks only some of its servers
)

// Receive returns up to ten messages, and hides them from others for five minutes. None after two
// seconds without any.
func (q *Queue) Receive(ctx context.Context) ([]deadletter.Message, error) {
	out, err := q.sqs.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
		QueueUrl:                    aws.String(q.url),
		MaxNumberOfMessages:         batch,
		VisibilityTimeout:           int32(hidden / time.Second),
		WaitTimeSeconds:             int32(wait / time.Second),
		MessageAttributeNames:       []string{"All"},
		MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameSentTimestamp},
	})
	if err != nil {
		return nil, fmt.Errorf("receive from %s: %w", q.url, err)
	}
	messages := make([]deadletter.Message, len(out.Messages))
	for i, m := range out.Messages {
		messages[i] = deadletter.Message{
			ID: aws.ToString(m.MessageId), Receipt: aws.ToString(m.ReceiptHandle), Body: aws.ToString(m.Body),
			SentAt:     sentAt(m.Attributes),
			Attributes: map[string]string{},
		}
		for name, value := range m.MessageAttributes {
			messages[i].Attributes[name] = aws.ToString(value.StringValue)
		}
	}
	return messages, nil
}

// sentAt reads milliseconds since 1970; the zero time where there are none.
func sentAt(attributes map[string]string) time.Time {
	millis, err := strconv.ParseInt(attributes[string(types.MessageSystemAttributeNameSentTimestamp)], 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(millis).UTC()
}

// Delete removes a message for good.
func (q *Queue) Delete(ctx context.Context, m deadletter.Message) error {
	_, err := q.sqs.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: aws.String(q.url), ReceiptHandle: aws.String(m.Receipt)})
	if err != nil {
		return fmt.Errorf("delete message %s: %w", m.ID, err)
	}
	return nil
}

// Release shows a message to others again, now.
func (q *Queue) Release(ctx context.Context, m deadletter.Message) error {
	_, err := q.sqs.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{
		QueueUrl: aws.String(q.url), ReceiptHandle: aws.String(m.Receipt), VisibilityTimeout: 0,
	})
	if err != nil {
		return fmt.Errorf("show message %s again: %w", m.ID, err)
	}
	return nil
}

// Invoke hands an event to a function, asynchronously: Lambda tries it as if SNS or EventBridge
// had sent it, and puts it into the dead-letter queue again if it fails again.
func (q *Queue) Invoke(ctx context.Context, function string, payload []byte) error {
	out, err := q.lambda.Invoke(ctx, &lambda.InvokeInput{
		FunctionName: aws.String(function), InvocationType: lambdatypes.InvocationTypeEvent, Payload: payload,
	})
	if err != nil {
		return fmt.Errorf("lambda Invoke of %s: %w", function, err)
	}
	if out.StatusCode != http.StatusAccepted {
		return fmt.Errorf("lambda Invoke of %s: status %d, want %d", function, out.StatusCode, http.StatusAccepted)
	}
	return nil
}
