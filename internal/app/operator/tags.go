package operator

import (
	"context"
	"fmt"

	awskinesis "github.com/aws/aws-sdk-go-v2/service/kinesis"

	"github.com/shardkeeper/shardkeeper/internal/aws/kinesis"
)

// Tags reads streams and their tags, and sets tags.
type Tags struct {
	*kinesis.Client

	api *awskinesis.Client
}

// Tags returns what sets streams' tags. It needs the rights to DescribeStreamSummary, ListTagsForStream and
// AddTagsToStream, and nothing else.
func (a *Account) Tags() Tags {
	api := awskinesis.NewFromConfig(a.sdk)
	return Tags{kinesis.New(api), api}
}

// Set sets tags of a stream; those with other keys stay.
func (t Tags) Set(ctx context.Context, stream string, tags map[string]string) error {
	if _, err := t.api.AddTagsToStream(ctx, &awskinesis.AddTagsToStreamInput{StreamName: &stream, Tags: tags}); err != nil {
		return fmt.Errorf("tag stream %s: %w", stream, err)
	}
	return nil
}
