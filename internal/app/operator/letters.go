package operator

import (
	"context"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// DeadLetters counts the messages in the dead-letter queues of a stack, by function: a call for each. SQS counts
// roughly: what came or went a minute ago may be missing.
func (a *Account) DeadLetters(ctx context.Context, stack Stack) (map[string]int, error) {
	client, counts := sqs.NewFromConfig(a.sdk), map[string]int{}
	for function, url := range stack.Queues {
		if url == "" {
			continue
		}
		out, err := client.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
			QueueUrl: &url, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameApproximateNumberOfMessages},
		})
		if err != nil {
			return nil, fmt.Errorf("count the dead letters of %s: %w", function, err)
		}
		n, err := strconv.Atoi(out.Attributes[string(types.QueueAttributeNameApproximateNumberOfMessages)])
		if err != nil {
			return nil, fmt.Errorf("count the dead letters of %s: SQS tells no number: %w", function, err)
		}
		counts[function] = n
	}
	return counts, nil
}
