package simulate

import (
	"time"

	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// Hooks are called when something has happened. Nil ones are not.
type Hooks struct {
	Minute     func(Minute)     // each stream's minute, when it is over
	Transition func(Transition) // each alarm that changed its state
	Operation  func(Operation)  // each UpdateShardCount call that Kinesis accepted
	Report     func(Report)     // what each invocation says it did
}

// Report is what an invocation says it did with one stream.
type Report struct {
	report.Report

	At       time.Time
	Function string
	Request  string
}

// Minute is what a stream went through in a minute.
type Minute struct {
	At          time.Time // its start
	Stream      string
	Demand      trace.Rate // what producers had to send
	Sent        trace.Rate // what they sent: the demand, and again what was refused before
	Accepted    trace.Rate // what got in
	Lost        trace.Rate // what was refused and will not be sent again
	Shards      float64    // open shards that what was sent fills
	OpenShards  int
	Status      scaling.StreamStatus
	Utilization float64       // what got in, of what the open shards take; 0 to 1
	Throttled   float64       // share of what was sent that was refused, 0 to 1
	IteratorAge time.Duration // how far the consumer is behind
}

// Transition is a change of an alarm's state.
type Transition struct {
	At     time.Time
	Alarm  string
	From   scaling.AlarmState
	To     scaling.AlarmState
	Reason string
}

// Operation is an UpdateShardCount call that Kinesis accepted.
type Operation struct {
	At       time.Time
	Minute   int // of the world, at which the call was made
	Stream   string
	From, To int
	Actor    string // the request that called; an operator's name
}
