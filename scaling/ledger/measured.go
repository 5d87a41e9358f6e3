package ledger

import (
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// Measured is how full a stream was when the scaler last decided on it with CloudWatch's metrics at hand. A stream
// whose alarms are quiet is not decided on, so this may be old. The zero value: it never was.
type Measured struct {
	At          time.Time
	Utilization float64 // of the nominal capacity of its open shards then, in the newest minutes
	Limit       scaling.Limit
}

// MeasuredBy returns the stream after a decision on an observation. One without samples shows nothing, and changes
// nothing.
func (s Item) MeasuredBy(d scaling.Decision, o scaling.Observation) Item {
	if o.Traffic.Known && len(o.Traffic.Samples) > 0 {
		s.Measured = Measured{At: d.At, Utilization: d.Utilization, Limit: d.Limit}
	}
	return s
}
