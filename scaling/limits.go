package scaling

import (
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/resize"
)

// Limits of Kinesis Data Streams. All from the API reference of UpdateShardCount and the
// page "Quotas and limits" of the developer guide, read 2026-11:
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html
// https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
const (
	// BytesPerShard is what one shard takes in a second, in bytes (1 MiB).
	BytesPerShard = 1 << 20
	// RecordsPerShard is what one shard takes in a second, in records.
	RecordsPerShard = 1000
	// MaxStreamShards is the most open shards UpdateShardCount gives one stream.
	MaxStreamShards = resize.MostShards
	// DefaultOperationLimit is how often a stream may be resharded in a rolling 24 hours.
	DefaultOperationLimit = 10
	// OperationWindow is the rolling window that DefaultOperationLimit counts over.
	OperationWindow = 24 * time.Hour
	// windowMargin is added to the window: whether the service counts the exact edge is not
	// documented, and the clocks of who wrote the operation and of who counts it may differ.
	windowMargin = 2 * MaxClockError
	// UnreservedConcurrency is what Lambda wants left unreserved in most accounts
	// (PutFunctionConcurrency, read 2026-11). Young ones are told 50 or 10 when a call is refused.
	UnreservedConcurrency = 100
	// leastUnreserved is assumed of an account that was not told yet: a refusal teaches more than caution.
	leastUnreserved = 10
)

// MaxClockError is how far a function's clock may be off from AWS's: one that is off further changes nothing. So the clocks of
// two functions differ by at most twice as much, and whose lease has ended for one of them has surely stopped.
const MaxClockError = 30 * time.Second

// MaxClockSkew is how far in the future the time of an event may lie: clocks differ by seconds, and
// what is further ahead is forged or broken.
const MaxClockSkew = 5 * time.Minute
