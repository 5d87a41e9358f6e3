package cloudwatch

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/shardkeeper/shardkeeper/metricmath"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// Traffic returns a stream's traffic between two times, minute by minute, with the longest lag
// of its consumers: the shared ones and the settings' fan-out consumers. A minute for which any
// metric has a value is a sample. It is one GetMetricData call unless CloudWatch pages, and all
// or nothing: half of the metrics would read as silence.
func (c *Client) Traffic(ctx context.Context, stream string, s scaling.Settings, from, to time.Time) (scaling.Traffic, error) {
	f := formula{stream: stream, period: time.Minute}
	return c.samples(ctx, stream, append(f.writes(), f.lags(s)...), from, to)
}

// Writes is Traffic without the consumers, whose metrics are not asked for, and with samples that each are of a period, whole
// minutes: the means over it. CloudWatch keeps minutes for 15 days, five minutes for 63 and hours for 455, and refuses a
// shorter period for what is older (GetMetricData, read 2026-11).
func (c *Client) Writes(ctx context.Context, stream string, period time.Duration, from, to time.Time) (scaling.Traffic, error) {
	return c.samples(ctx, stream, formula{stream: stream, period: period}.writes(), from, to)
}

// Lag returns the longest lag of a stream's consumers between two times, the shared ones and the settings'
// fan-out consumers, and whether any metric tells of one.
func (c *Client) Lag(ctx context.Context, stream string, s scaling.Settings, from, to time.Time) (time.Duration, bool, error) {
	traffic, err := c.Lags(ctx, stream, s, from, to)
	longest := time.Duration(0)
	for _, sample := range traffic.Samples {
		longest = max(longest, sample.IteratorAge)
	}
	return longest, len(traffic.Samples) > 0, err
}

// Lags returns the longest lag of a stream's consumers minute by minute: a sample is a minute of which a metric tells.
func (c *Client) Lags(ctx context.Context, stream string, s scaling.Settings, from, to time.Time) (scaling.Traffic, error) {
	return c.samples(ctx, stream, formula{stream: stream, period: time.Minute}.lags(s), from, to)
}

// samples asks for metrics, which all have one period, and joins them.
func (c *Client) samples(ctx context.Context, stream string, queries []metricmath.Query, from, to time.Time) (scaling.Traffic, error) {
	samples := map[time.Time]scaling.Sample{}
	period := queries[0].MetricStat.Period
	in := &cloudwatch.GetMetricDataInput{StartTime: aws.Time(from), EndTime: aws.Time(to), ScanBy: types.ScanByTimestampAscending}
	for _, q := range queries {
		in.MetricDataQueries = append(in.MetricDataQueries, query(returned(q)))
	}
	for more := true; more; {
		out, err := c.api.GetMetricData(ctx, in)
		if err != nil {
			return scaling.Traffic{}, translated("GetMetricData", fmt.Sprintf("stream %q", stream), err)
		}
		for _, result := range out.MetricDataResults {
			if err := readable(result, out.NextToken); err != nil {
				return scaling.Traffic{}, fmt.Errorf("cloudwatch GetMetricData of stream %q: %w", stream, err)
			}
			collect(samples, result, period, from, to)
		}
		in.NextToken = out.NextToken
		more = aws.ToString(out.NextToken) != ""
	}
	return trafficOf(samples, from, to), nil
}

// trafficOf puts samples in the order of their minutes.
func trafficOf(samples map[time.Time]scaling.Sample, from, to time.Time) scaling.Traffic {
	return scaling.Traffic{
		Known: true, From: from, To: to,
		Samples: slices.SortedFunc(maps.Values(samples), func(a, b scaling.Sample) int { return a.At.Compare(b.At) }),
	}
}

// readable reports a result that CloudWatch could not give, or only a part of: what is missing would read as silence. The rest of
// PartialData is on the next page, if there is one (MetricDataResult, read 2026-11).
func readable(result types.MetricDataResult, nextPage *string) error {
	switch result.StatusCode {
	case types.StatusCodeForbidden:
		return fmt.Errorf("metric %s is forbidden: %w", aws.ToString(result.Id), scaling.ErrRefused)
	case types.StatusCodeInternalError:
		return fmt.Errorf("metric %s could not be read: %w", aws.ToString(result.Id), scaling.ErrOutcomeUnknown)
	case types.StatusCodePartialData:
		if aws.ToString(nextPage) == "" {
			return fmt.Errorf("metric %s was given in part only: %w", aws.ToString(result.Id), scaling.ErrOutcomeUnknown)
		}
	case types.StatusCodeComplete:
	}
	return nil
}

// collect puts the values of one metric into the samples of their minutes, at which their periods begin.
func collect(samples map[time.Time]scaling.Sample, result types.MetricDataResult, period time.Duration, from, to time.Time) {
	for i, at := range result.Timestamps {
		at = at.UTC().Truncate(time.Minute)
		if i >= len(result.Values) || at.Before(from.Truncate(time.Minute)) || !at.Before(to) {
			continue
		}
		sample, value := samples[at], result.Values[i]
		sample.At = at
		switch aws.ToString(result.Id) {
		case idBytes:
			sample.Bytes = value / period.Seconds()
		case idRecords:
			sample.Records = value / period.Seconds()
		case idThrottled:
			sample.Throttled = value / period.Seconds()
		default:
			sample.IteratorAge = max(sample.IteratorAge, milliseconds(value))
		}
		samples[at] = sample
	}
}

// maxLag is longer than Kinesis keeps any record (a year), and fits a duration.
const maxLag = 10 * 365 * 24 * time.Hour

// milliseconds converts a lag; clamped before, since converting a value that does not fit gives
// anything at all. What is no number is no lag.
func milliseconds(v float64) time.Duration {
	if !(v > 0) {
		return 0
	}
	return time.Duration(min(v, float64(maxLag/time.Millisecond)) * float64(time.Millisecond))
}
