package scaling

import (
	"errors"
	"fmt"
	"slices"
	"strings"
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
	// ErrForeignAlarm means that an alarm with a name of ours is somebody else's. Nothing was done.
	ErrForeignAlarm = errors.New("the alarm is somebody else's")
	// ErrOutcomeUnknown means that the call may or may not have taken effect: a timeout, a broken
	// connection, an internal error of the service.
	ErrOutcomeUnknown = errors.New("the outcome is unknown")
)

// UnreservedError means that a reservation would have left the account with less unreserved concurrency
// than Lambda wants, and says how much that is. It is an [ErrLimitExceeded]: nothing was done.
type UnreservedError struct{ Least int }

// Error says how much Lambda wants left.
func (e UnreservedError) Error() string {
	return fmt.Sprintf("Lambda wants %d concurrent executions of the account left unreserved", e.Least)
}

// Unwrap returns ErrLimitExceeded.
func (e UnreservedError) Unwrap() error { return ErrLimitExceeded }

// AlarmsLeftError means that some alarms could not be deleted, since somebody's composite alarms rest on them. The others that were
// to be deleted are gone.
type AlarmsLeftError struct {
	Names []string
	Err   error // what the service said; an [ErrRefused]
}

// Error names the alarms, and says what to do.
func (e AlarmsLeftError) Error() string {
	return fmt.Sprintf("%s cannot be deleted, since composite alarms rest on it: take it out of their rules, or delete those first", strings.Join(e.Names, ", "))
}

// Unwrap returns what the service said.
func (e AlarmsLeftError) Unwrap() error { return e.Err }

// Of returns the error of one stream's alarms; nil where none of them is left.
func (e AlarmsLeftError) Of(stream string) error {
	e.Names = slices.DeleteFunc(slices.Clone(e.Names), func(name string) bool {
		return name != AlarmName(stream, Up) && name != AlarmName(stream, Down)
	})
	if len(e.Names) == 0 {
		return nil
	}
	return e
}

// DefinitelyRefused reports whether err says that the service did nothing. Any other error
// leaves the outcome unknown.
func DefinitelyRefused(err error) bool {
	if errors.Is(err, ErrOutcomeUnknown) {
		return false
	}
	for _, refused := range []error{ErrStreamNotFound, ErrStreamBusy, ErrLimitExceeded, ErrThrottled, ErrRefused, ErrForeignAlarm} {
		if errors.Is(err, refused) {
			return true
		}
	}
	return false
}
