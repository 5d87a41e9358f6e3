package lambda

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/shardkeeper/shardkeeper/internal/aws/fault"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// translated names the operation and the function, if it is about one, and sorts the error into
// the domain's own; nil for nil. It is the one place that knows the error codes of Lambda.
func translated(operation, function string, err error) error {
	switch err = fault.Translate(withLeast(err), meaning); {
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

// withLeast adds what an error of PutFunctionConcurrency says of the concurrency that the account must keep
// unreserved: 100, and 50 or 10 in young accounts. The text is the service's own and in no document; it was
// read in reports of users (2026-11). Where it reads otherwise, the refusal teaches nothing.
func withLeast(err error) error {
	if err == nil {
		return nil
	}
	found := regexp.MustCompile(`UnreservedConcurrentExecution below its minimum value of \[?(\d{1,6})`).FindStringSubmatch(err.Error())
	if found == nil {
		return err
	}
	least, _ := strconv.Atoi(found[1]) // six digits at most
	return fmt.Errorf("%w: %w", scaling.UnreservedError{Least: least}, err)
}
