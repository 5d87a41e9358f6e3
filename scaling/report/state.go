package report

import (
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// State is how a stream stands after a look of the reconciler. The zero value: it was not looked at, or is not
// scaled.
type State struct {
	OpenShards     int
	MaxShards      int
	OperationsLeft int     // for scale-ups, in the rolling 24 hours
	Utilization    float64 // of what the stream can use, as last measured within the hour; 0: not known
	HotKey         bool    // suspected
}

// stale is how old a utilization may be. Quiet alarms measure none.
const stale = time.Hour

// StateOf returns how an enrolled stream stands.
func StateOf(s ledger.Item, now time.Time) State {
	if s.Status != ledger.Enrolled || s.OpenShards < 1 {
		return State{}
	}
	state := State{
		OpenShards: s.OpenShards, MaxShards: min(s.Settings.MaxShards, scaling.MaxStreamShards),
		OperationsLeft: max(s.Settings.Allowed(scaling.Up)-s.Operations.Used(now), 0), HotKey: s.HotKey.Suspected(),
	}
	if usable := s.UsableAt(s.OpenShards); usable > 0 && now.Sub(s.Measured.At) < stale {
		state.Utilization = s.Measured.Utilization / usable
	}
	return state
}

// AtMaximum reports whether the stream may not grow further.
func (s State) AtMaximum() bool { return s.OpenShards > 0 && s.OpenShards >= s.MaxShards }

// OutOfBudget reports whether the stream cannot grow for want of an operation.
func (s State) OutOfBudget() bool { return s.OpenShards > 0 && s.OperationsLeft == 0 }
