package simulate

import (
	"time"

	"github.com/shardkeeper/shardkeeper/internal/aws/pace"
)

// Numbers are the model's constants. DefaultNumbers has the usual ones; the zero value is not
// usable.
type Numbers struct {
	ReshardMinutes   int // every resharding takes this long, and
	ReshardPerMinute int // a minute more for each so many shards of difference, or a part of it
	CreateMinutes    int // CREATING, before a new stream is ACTIVE
	DeleteMinutes    int // DELETING, before a stream is gone
	OperationLimit   int // accepted UpdateShardCount calls a stream in 24 hours
	ShardLimit       int // open shards of the account

	MetricDelay int           // minutes after its start at which a minute's metrics are seen
	AlarmDelay  time.Duration // from an alarm's transition to the scaler
	EventDelay  time.Duration // from an API call through CloudTrail to the enroller

	// AlarmReturns is how long an alarm keeps a state that SetAlarmState gave it. 0: until it is evaluated next, within a minute.
	AlarmReturns time.Duration

	TaggingDelay time.Duration // from a change of tags until the tagging service tells it

	Latency         time.Duration        // of a call to Kinesis, CloudWatch and Lambda
	RegistryLatency time.Duration        // of a call to DynamoDB
	Attempts        int                  // of a throttled call, as the SDK's clients make them
	PatientAttempts int                  // the same of the enroller's calls to Kinesis
	Backoff         time.Duration        // the most before the second attempt; then twice as long each time,
	MaxBackoff      time.Duration        // up to this
	Quotas          map[string]pace.Rate // calls of each API that the account may make
	ReconcilerPace  map[string]pace.Rate // calls of each API that the reconciler waits to make

	ScalerTimeout       time.Duration
	EnrollerTimeout     time.Duration
	ReconcilerTimeout   time.Duration
	ScalerConcurrency   int           // scalers that run at once
	EnrollerConcurrency int           // enrollers that the template's parameter reserves; 0: as many as the account has
	ReconcilerAt        time.Duration // within each minute
	Concurrency         int           // of the account, in Lambda

	ListPage        int // names in an answer of ListStreams
	TagPage         int // streams in an answer of GetResources
	MetricRetention int // minutes of metrics that are kept
}

// DefaultNumbers returns the model's usual numbers. How long a resharding takes is an assumption:
// AWS says "a few minutes" and publishes no time per split. Retention is CloudWatch's own 15 days
// for periods of a minute (GetMetricStatistics, read 2026-11).
func DefaultNumbers() Numbers {
	return Numbers{
		ReshardMinutes: 1, ReshardPerMinute: 30, CreateMinutes: 1, DeleteMinutes: 1, OperationLimit: 10, ShardLimit: 20_000,
		MetricDelay: 1, AlarmDelay: 500 * time.Millisecond, EventDelay: time.Minute,
		AlarmReturns: 10 * time.Second, // an assumption: "the alarm returns to its actual state quickly, often within seconds" (SetAlarmState, read 2026-11)
		Latency:      30 * time.Millisecond, RegistryLatency: 5 * time.Millisecond,
		Attempts: 4, PatientAttempts: 12, Backoff: 2 * time.Second, MaxBackoff: 4 * time.Second, Quotas: accountQuotas(), ReconcilerPace: pace.Reconciler(0),
		ScalerTimeout: 60 * time.Second, EnrollerTimeout: 60 * time.Second, ReconcilerTimeout: 55 * time.Second,
		ScalerConcurrency: 10, ReconcilerAt: 20 * time.Second, Concurrency: 1000,
		TaggingDelay:    time.Minute, // an assumption: AWS publishes none
		ListPage:        100,         // ListStreams gives no more, whatever it is told (API reference, read 2026-11)
		TagPage:         100,         // GetResources gives no more (API reference, read 2026-11)
		MetricRetention: 15 * 24 * 60,
	}
}

// ReshardTakes is how many minutes a resharding takes, from its call until the stream is ACTIVE.
func (n Numbers) ReshardTakes(from, to int) int {
	difference := max(to-from, from-to)
	return n.ReshardMinutes + (difference+n.ReshardPerMinute-1)/n.ReshardPerMinute
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
		"GetResources": 15, // Tag Editor's page on quotas, read 2026-11
		lambdaControl:  15,
	} {
		quotas[name] = pace.Rate{PerSecond: perSecond, Burst: int(perSecond)}
	}
	return quotas
}

// lambdaControl is the quota that all of Lambda's control-plane requests share.
const lambdaControl = "Lambda control plane"
