package ledger

import (
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// Fleet is what the registry keeps once for all streams of the stack.
type Fleet struct {
	Account      scaling.Account // what the account has left, read by the reconciler
	SweepAfter   string          // name of the last stream the running sweep looked at; empty: start from the first
	SweepStarted time.Time       // when the running sweep started; zero: none is running
	Swept        time.Time       // when the last sweep that has ended was started
	Counted      int             // enrolled streams that the running sweep has met so far
	Streams      int             // enrolled streams that the last sweep met; 0: not known
	Revision     int64           // raised by every write; a write names the one it read
}
