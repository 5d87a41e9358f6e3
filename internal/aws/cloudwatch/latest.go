package cloudwatch

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// MetricsOfLatest is how many metrics Latest asks for, for each stream. CloudWatch charges by them.
const MetricsOfLatest = 3

// maxQueries is how many metrics GetMetricData takes in a call (API reference, read 2026-11).
const maxQueries = 500

// Latest returns the writes of many streams between two times, minute by minute: a call for 166 streams. It is for a
// short time: CloudWatch gives 100,800 values in a page. All or nothing, as Traffic.
func (c *Client) Latest(ctx context.Context, streams []string, from, to time.Time) (map[string]scaling.Traffic, error) {
	found := make(map[string]scaling.Traffic, len(streams))
	for part := range slices.Chunk(streams, maxQueries/MetricsOfLatest) {
		if err := c.latest(ctx, part, from, to, found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// latest asks for the writes of as many streams as fit in a call. A query's id ends with the stream's number.
func (c *Client) latest(ctx context.Context, streams []string, from, to time.Time, found map[string]scaling.Traffic) error {
	in := &cloudwatch.GetMetricDataInput{StartTime: aws.Time(from), EndTime: aws.Time(to), ScanBy: types.ScanByTimestampAscending}
	all := make([]map[time.Time]scaling.Sample, len(streams))
	for i, stream := range streams {
		all[i] = map[time.Time]scaling.Sample{}
		for _, q := range (formula{stream: stream, period: time.Minute}).writes() {
			q.ID += numbered + strconv.Itoa(i)
			in.MetricDataQueries = append(in.MetricDataQueries, query(returned(q)))
		}
	}
	for more := true; more; {
		out, err := c.api.GetMetricData(ctx, in)
		if err != nil {
			return translated("GetMetricData", fmt.Sprintf("%d streams from %q on", len(streams), streams[0]), err)
		}
		for _, result := range out.MetricDataResults {
			id, number, _ := strings.Cut(aws.ToString(result.Id), numbered)
			i, err := strconv.Atoi(number)
			if err != nil || i < 0 || i >= len(streams) {
				continue // nothing that was asked for
			}
			if err := readable(result, out.NextToken); err != nil {
				return fmt.Errorf("cloudwatch GetMetricData of stream %q: %w", streams[i], err)
			}
			result.Id = &id
			collect(all[i], result, time.Minute, from, to)
		}
		in.NextToken = out.NextToken
		more = aws.ToString(out.NextToken) != ""
	}
	for i, stream := range streams {
		found[stream] = trafficOf(all[i], from, to)
	}
	return nil
}

// numbered stands between a query's id and its stream's number.
const numbered = "_of_"
