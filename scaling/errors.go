package scaling

import "errors"

// What a registry answers when it does not do as asked.
var (
	// ErrNotEnrolled means that the registry has no item for the stream, or one that is not
	// enrolled where only an enrolled stream will do.
	ErrNotEnrolled = errors.New("stream is not enrolled")
	// ErrConflict means that somebody else changed the stream's item first, or holds its lease.
	// It is expected: load again and decide again.
	ErrConflict = errors.New("another writer was first")
	// ErrHandled means that this transition of the alarm was handled already.
	ErrHandled = errors.New("alarm transition was handled already")
	// ErrBudget means that the rolling 24 hours have no slot for this operation.
	ErrBudget = errors.New("operation budget is used up")
	// ErrNoHistory means that a history query's cursor or stream cannot be read.
	ErrNoHistory = errors.New("history cannot be read")
)

// What the service answers. Adapters translate the SDK's errors into these, once, at the edge.
var (
	// ErrStreamNotFound means that the stream, or the function or alarm named, is not there.
	ErrStreamNotFound = errors.New("not found")
	// ErrStreamBusy means that the stream is not ACTIVE. Nothing was done.
	ErrStreamBusy = errors.New("stream is not active")
	// ErrLimitExceeded means that a quota of the service refused the call. Nothing was done.
	ErrLimitExceeded = errors.New("a service quota refused the call")
	// ErrThrottled means that too many calls were made in this second. Nothing was done.
	ErrThrottled = errors.New("calls come too fast")
	// ErrRefused means that the service will not do this however often it is asked: a bad
	// argument, an on-demand stream, missing permission. Nothing was done.
	ErrRefused = errors.New("the service refused the call")
	// ErrOutcomeUnknown means that the call may or may not have taken effect: a timeout, a broken
	// connection, an internal error of the service.
	ErrOutcomeUnknown = errors.New("the outcome is unknown")
)

// DefinitelyRefused reports whether err says that the service did nothing. Any other error
// leaves the outcome unknown.
func DefinitelyRefused(err error) bool {
	if errors.Is(err, ErrOutcomeUnknown) {
		return false
	}
	for _, refused := range []error{ErrStreamNotFound, ErrStreamBusy, ErrLimitExceeded, ErrThrottled, ErrRefused} {
		if errors.Is(err, refused) {
			return true
		}
	}
	return false
}
