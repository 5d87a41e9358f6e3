package scaling

import "time"

// Report is what one use case did with one stream, for the log line and the metrics of the
// invocation. It carries no rule.
type Report struct {
	Stream      string
	Event       ReportEvent
	Direction   Direction
	OpenShards  int
	Target      int
	Utilization float64
	Reasons     Trail
	Operations  int // of the rolling 24 hours, this one included
	Fence       int64
	RetryAt     time.Time
	Detail      string
	Faults      []error // what went wrong on the way and is left for the reconciler
}

// ReportEvent names what happened to a stream in an invocation, from a closed set.
type ReportEvent string

// What can happen to a stream in an invocation.
const (
	EventOperation   ReportEvent = "operation"    // the service accepted UpdateShardCount
	EventHold        ReportEvent = "hold"         // decided not to act
	EventDryRun      ReportEvent = "dry_run"      // would have acted
	EventRefused     ReportEvent = "refused"      // the service refused UpdateShardCount
	EventUnknown     ReportEvent = "unknown"      // UpdateShardCount's outcome is unknown
	EventDuplicate   ReportEvent = "duplicate"    // handled before, or another invocation is handling it
	EventNotEnrolled ReportEvent = "not_enrolled" // an alarm or event of a stream that is not enrolled
	EventIgnored     ReportEvent = "ignored"      // nothing to do: an OK transition, an unknown event
	EventBadInput    ReportEvent = "bad_input"    // cannot be understood; it is not tried again
	EventEnrolled    ReportEvent = "enrolled"
	EventUnenrolled  ReportEvent = "unenrolled"
	EventSuspended   ReportEvent = "suspended"
	EventSettings    ReportEvent = "settings"         // effective settings changed
	EventBadSettings ReportEvent = "invalid_settings" // tags or overrides cannot be used
	EventExternal    ReportEvent = "external"         // resharded by somebody else
	EventSettled     ReportEvent = "completed"        // an operation ended; the history says how
	EventRepaired    ReportEvent = "repaired"         // alarms or concurrency were put right
	EventChecked     ReportEvent = "checked"          // looked at; all is well
	EventFailed      ReportEvent = "failed"           // left for later because of a fault
)
