package cloudwatch

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
)

// Silent returns those of some streams, in their order, to which nobody has written a record between two times, hour by
// hour: a call for 500 streams, a metric for each. Kinesis tells no metric of a stream that nobody writes to. All or
// nothing, as Traffic.
func (c *Client) Silent(ctx context.Context, streams []string, from, to time.Time) ([]string, error) {
	var silent []string
	for part := range slices.Chunk(streams, maxQueries) {
		written, err := c.written(ctx, part, from, to)
		if err != nil {
			return nil, err
		}
		for i, stream := range part {
			if !written[i] {
				silent = append(silent, stream)
			}
		}
	}
	return silent, nil
}

// written tells by their numbers which of as many streams as fit in a call have got a record.
func (c *Client) written(ctx context.Context, streams []string, from, to time.Time) (map[int]bool, error) {
	in := &cloudwatch.GetMetricDataInput{StartTime: aws.Time(from), EndTime: aws.Time(to)}
	for i, stream := range streams {
		q := formula{stream: stream, period: time.Hour}.records()
		q.ID = writtenID + strconv.Itoa(i)
		in.MetricDataQueries = append(in.MetricDataQueries, query(returned(q)))
	}
	found := map[int]bool{}
	for more := true; more; {
		out, err := c.api.GetMetricData(ctx, in)
		if err != nil {
			return nil, translated("GetMetricData", fmt.Sprintf("%d streams from %q on", len(streams), streams[0]), err)
		}
		for _, result := range out.MetricDataResults {
			id := aws.ToString(result.Id)
			i, err := strconv.Atoi(id[min(len(writtenID), len(id)):])
			if err != nil || i < 0 || i >= len(streams) {
				continue // nothing that was asked for
			}
			if err := readable(result, out.NextToken); err != nil {
				return nil, fmt.Errorf("cloudwatch GetMetricData of stream %q: %w", streams[i], err)
			}
			found[i] = found[i] || slices.ContainsFunc(result.Values, func(records float64) bool { return records > 0 })
		}
		in.NextToken = out.NextToken
		more = aws.ToString(out.NextToken) != ""
	}
	return found, nil
}

// writtenID begins the id of a query, before the stream's number.
const writtenID = "w"
