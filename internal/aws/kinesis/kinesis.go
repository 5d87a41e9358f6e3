// Package kinesis is what Shardkeeper asks of Kinesis: what a stream is, which tags it has, which
// streams there are, and the one call that changes it. Nothing else talks to Kinesis.
package kinesis

import (
	"context"
	"fmt"
	"math"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// API is the part of the Kinesis client that is used.
type API interface {
	DescribeStreamSummary(context.Context, *kinesis.DescribeStreamSummaryInput, ...func(*kinesis.Options)) (*kinesis.DescribeStreamSummaryOutput, error)
	UpdateShardCount(context.Context, *kinesis.UpdateShardCountInput, ...func(*kinesis.Options)) (*kinesis.UpdateShardCountOutput, error)
	ListTagsForStream(context.Context, *kinesis.ListTagsForStreamInput, ...func(*kinesis.Options)) (*kinesis.ListTagsForStreamOutput, error)
	ListStreams(context.Context, *kinesis.ListStreamsInput, ...func(*kinesis.Options)) (*kinesis.ListStreamsOutput, error)
	DescribeLimits(context.Context, *kinesis.DescribeLimitsInput, ...func(*kinesis.Options)) (*kinesis.DescribeLimitsOutput, error)
}

// Client reads and reshards streams. Its errors wrap one of scaling's service errors.
type Client struct {
	api API
}

// New returns a client of an account and Region: those of the API.
func New(api API) *Client { return &Client{api: api} }

// Describe returns what Kinesis says of a stream now. It fails with [scaling.ErrStreamNotFound]
// when there is no such stream.
func (c *Client) Describe(ctx context.Context, stream string) (scaling.Summary, error) {
	out, err := c.api.DescribeStreamSummary(ctx, &kinesis.DescribeStreamSummaryInput{StreamName: aws.String(stream)})
	if err != nil {
		return scaling.Summary{}, translated("DescribeStreamSummary", stream, err, reading)
	}
	d := out.StreamDescriptionSummary
	if d == nil {
		return scaling.Summary{}, fmt.Errorf("kinesis DescribeStreamSummary of stream %q: empty answer: %w", stream, scaling.ErrOutcomeUnknown)
	}
	mode := scaling.ModeProvisioned // of streams that are older than the field
	if d.StreamModeDetails != nil && d.StreamModeDetails.StreamMode != "" {
		mode = scaling.CapacityMode(d.StreamModeDetails.StreamMode)
	}
	return scaling.Summary{
		Name:       stream,
		ARN:        aws.ToString(d.StreamARN),
		Status:     scaling.StreamStatus(d.StreamStatus),
		Mode:       mode,
		OpenShards: int(aws.ToInt32(d.OpenShardCount)),
		CreatedAt:  aws.ToTime(d.StreamCreationTimestamp),
	}, nil
}

// UpdateShardCount asks Kinesis to give a stream target open shards, and returns when it agreed;
// the stream is UPDATING from then on.
//
// The call is sent once. A second attempt after an answer that was lost would read "in use" from
// the work of the first, and an accepted operation would be taken for a refused one.
func (c *Client) UpdateShardCount(ctx context.Context, s scaling.Summary, target int) error {
	if target < 1 || target > math.MaxInt32 {
		return fmt.Errorf("kinesis UpdateShardCount of stream %q to %d: no such size: %w", s.Name, target, scaling.ErrRefused)
	}
	in := &kinesis.UpdateShardCountInput{
		TargetShardCount: aws.Int32(int32(target)),
		ScalingType:      types.ScalingTypeUniformScaling,
	}
	if s.ARN != "" {
		in.StreamARN = aws.String(s.ARN)
	} else {
		in.StreamName = aws.String(s.Name)
	}
	once := func(o *kinesis.Options) { o.Retryer = aws.NopRetryer{} }
	_, err := c.api.UpdateShardCount(ctx, in, once)
	return translated("UpdateShardCount", s.Name, err, resharding)
}

// Tags returns all tags of a stream. It fails with [scaling.ErrStreamNotFound] when there is no
// such stream.
func (c *Client) Tags(ctx context.Context, stream string) (map[string]string, error) {
	tags := map[string]string{}
	in := &kinesis.ListTagsForStreamInput{StreamName: aws.String(stream)}
	for {
		out, err := c.api.ListTagsForStream(ctx, in)
		if err != nil {
			return nil, translated("ListTagsForStream", stream, err, reading)
		}
		for _, tag := range out.Tags {
			tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
		}
		if !aws.ToBool(out.HasMoreTags) || len(out.Tags) == 0 { // an empty page has no key to go on from
			return tags, nil
		}
		in.ExclusiveStartTagKey = out.Tags[len(out.Tags)-1].Key
	}
}

// List returns one page of stream names in their order, those after a name, and whether there
// are more. The empty name starts at the first.
func (c *Client) List(ctx context.Context, after string) (names []string, more bool, err error) {
	in := &kinesis.ListStreamsInput{}
	if after != "" {
		in.ExclusiveStartStreamName = aws.String(after)
	}
	out, err := c.api.ListStreams(ctx, in)
	if err != nil {
		return nil, false, translated("ListStreams", "", err, reading)
	}
	return out.StreamNames, aws.ToBool(out.HasMoreStreams) && len(out.StreamNames) > 0, nil
}

// ShardLimits returns how many shards the account may have in this Region, and how many are open.
func (c *Client) ShardLimits(ctx context.Context) (limit, open int, err error) {
	out, err := c.api.DescribeLimits(ctx, &kinesis.DescribeLimitsInput{})
	if err != nil {
		return 0, 0, translated("DescribeLimits", "", err, reading)
	}
	return int(aws.ToInt32(out.ShardLimit)), int(aws.ToInt32(out.OpenShardCount)), nil
}
