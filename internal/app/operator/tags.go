package operator

import (
	"context"
	"fmt"

	awskinesis "github.com/aws/aws-sdk-go-v2/service/kinesis"
	"golang.org/x/time/rate"

	"github.com/shardkeeper/shardkeeper/internal/aws/kinesis"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// Tags reads streams and their tags, and sets tags.
type Tags struct {
	client *kinesis.Client
	api    *awskinesis.Client
	limit  *rate.Limiter
}

// tagsPerSecond leaves one of the five calls a second that Kinesis allows for each of ListTagsForStream and
// AddTagsToStream (API reference, read 2026-11) to the functions.
const tagsPerSecond = 4

// Tags returns what sets streams' tags. It needs the rights to DescribeStreamSummary, ListTagsForStream and
// AddTagsToStream, and nothing else.
func (a *Account) Tags() Tags {
	api := awskinesis.NewFromConfig(a.sdk)
	return Tags{kinesis.New(api), api, rate.NewLimiter(tagsPerSecond, 1)}
}

// Describe is [kinesis.Client.Describe].
func (t Tags) Describe(ctx context.Context, stream string) (scaling.Summary, error) {
	summary, err := t.client.Describe(ctx, stream)
	return summary, readFault(err)
}

// Tags is [kinesis.Client.Tags], at a pace at which many streams can be asked.
func (t Tags) Tags(ctx context.Context, stream string) (map[string]string, error) {
	if err := t.limit.Wait(ctx); err != nil {
		return nil, err
	}
	tags, err := t.client.Tags(ctx, stream)
	return tags, readFault(err)
}

// Set sets tags of a stream; those with other keys stay.
func (t Tags) Set(ctx context.Context, stream string, tags map[string]string) error {
	if err := t.limit.Wait(ctx); err != nil {
		return err
	}
	if _, err := t.api.AddTagsToStream(ctx, &awskinesis.AddTagsToStreamInput{StreamName: &stream, Tags: tags}); err != nil {
		return fmt.Errorf("tag stream %s: %w", stream, err)
	}
	return nil
}
