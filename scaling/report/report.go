// Package report is what the use cases tell of: what each did with one stream, for the log, the metrics
// and whoever else wants to hear. It carries no rule. [Invocation] is what a sink gets.
package report

import (
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// Report is what one use case did with one stream.
type Report struct {
	Stream      string
	Event       Event
	Direction   scaling.Direction
	OpenShards  int
	Target      int           // shards that were decided on, or that an operation ended with
	Utilization float64       // of the nominal capacity, 0 to 1, may exceed 1; 0 where nothing was decided
	Reasons     scaling.Trail // why, step by step; empty where nothing was decided
	Operations  int           // used of the rolling 24 hours, one of this report included; 0 where nothing was decided
	Fence       int64         // of the stream; 0: it never was claimed, or this report does not tell
	RetryAt     time.Time     // when a decision that holds is looked at again; zero: not planned
	Detail      string        // for people
	State       State
	HotKey      string  // of a hot key that is suspected from now on: what was tried, and what people can do
	Faults      []error // what went wrong on the way and is left for the reconciler
}

// Invocation is one call of a Lambda function, and what it did.
type Invocation struct {
	RequestID string
	Started   time.Time
	Reports   []Report
	Err       error    // returned to Lambda
	Denied    []string // calls that AWS denied for want of a right, such as "Kinesis UpdateShardCount"
	Heartbeat bool     // tell how many streams were looked at, even if there were none
}
