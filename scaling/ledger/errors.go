package ledger

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
