package simulate

import (
	"fmt"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/aws/pace"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// rates are the buckets of several APIs, by name. An API without a rate is free.
type rates struct {
	limits  map[string]pace.Rate
	buckets map[string]*bucket
}

type bucket struct {
	tokens float64
	at     time.Duration
}

func newRates(limits map[string]pace.Rate) rates { return rates{limits, map[string]*bucket{}} }

// wait returns how long it is until a call of an API may be made; 0: it may now.
func (r rates) wait(api string, now time.Duration) time.Duration {
	limit, limited := r.limits[api]
	if !limited {
		return 0
	}
	b := r.buckets[api]
	if b == nil {
		b = &bucket{float64(limit.Burst), now}
		r.buckets[api] = b
	}
	b.tokens = min(b.tokens+(now-b.at).Seconds()*limit.PerSecond, float64(limit.Burst))
	b.at = now
	if b.tokens >= 1 {
		return 0
	}
	return time.Duration((1-b.tokens)/limit.PerSecond*float64(time.Second)) + time.Microsecond
}

// spend uses up one call.
func (r rates) spend(api string) {
	if b := r.buckets[api]; b != nil {
		b.tokens--
	}
}

// lambdaControl is the quota that all of Lambda's control-plane requests share.
const lambdaControl = "Lambda control plane"

// meter counts a call against the account's quota. Too many in a second are ErrThrottled;
// UpdateShardCount has its own word for it: "TPS over 10 will trigger the LimitExceededException".
func (w *World) meter(c Call) error {
	name := c.API
	if c.Service == Lambda {
		name = lambdaControl
	}
	if w.quotas.wait(name, w.clock.elapsed) == 0 {
		w.quotas.spend(name)
		return nil
	}
	kind := scaling.ErrThrottled
	if c.API == "UpdateShardCount" {
		kind = scaling.ErrLimitExceeded
	}
	return fmt.Errorf("%s: more than %v calls in a second: %w", c.API, w.quotas.limits[name].PerSecond, kind)
}

// accountQuotas are the calls per second and account that AWS publishes: the pages on quotas of
// Kinesis Data Streams, CloudWatch and Lambda, read 2026-11. AWS's pages disagree on whether
// ListTagsForStream counts for the account or the stream: the account is the stricter reading.
// How calls bunch within a second is not documented; here a second's worth may come at once. Calls
// to DynamoDB are not limited.
func accountQuotas() map[string]pace.Rate {
	quotas := map[string]pace.Rate{}
	for name, perSecond := range map[string]float64{
		"UpdateShardCount": 10, "DescribeStreamSummary": 20, "DescribeLimits": 1, "ListStreams": 5, "ListTagsForStream": 5,
		"PutMetricAlarm": 3, "SetAlarmState": 3, "DeleteAlarms": 3, "DescribeAlarms": 9, "GetMetricData": 500,
		lambdaControl: 15,
	} {
		quotas[name] = pace.Rate{PerSecond: perSecond, Burst: int(perSecond)}
	}
	return quotas
}
