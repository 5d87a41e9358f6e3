package lambda

import (
	"fmt"

	"github.com/shardkeeper/shardkeeper/internal/aws/fault"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// translated names the operation and the function, if it is about one, and sorts the error into
// the domain's own; nil for nil. It is the one place that knows the error codes of Lambda.
func translated(operation, function string, err error) error {
	switch err = fault.Translate(err, meaning); {
	case err == nil:
		return nil
	case function == "":
		return fmt.Errorf("lambda %s: %w", operation, err)
	}
	return fmt.Errorf("lambda %s of function %q: %w", operation, function, err)
}

// meaning reads the codes that the API reference of PutFunctionConcurrency lists (read 2026-11).
// A reservation that leaves too little unreserved is refused as an invalid parameter.
func meaning(code string) error {
	switch code {
	case "ResourceNotFoundException":
		return scaling.ErrStreamNotFound
	case "InvalidParameterValueException":
		return scaling.ErrLimitExceeded
	case "ResourceConflictException":
		return scaling.ErrStreamBusy
	case "TooManyRequestsException":
		return scaling.ErrThrottled
	}
	return nil
}
