package kinesis

import (
	"fmt"

	"github.com/shardkeeper/shardkeeper/internal/aws/fault"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// translated names the operation and the stream, if it is about one, and sorts the error into the
// domain's own by what its code means there; nil for nil. This file alone knows Kinesis' codes.
func translated(operation, stream string, err error, meaning func(code string) error) error {
	switch err = fault.Translate(err, meaning); {
	case err == nil:
		return nil
	case stream == "":
		return fmt.Errorf("kinesis %s: %w", operation, err)
	}
	return fmt.Errorf("kinesis %s of stream %q: %w", operation, stream, err)
}

// reading reads the codes of the calls that only read: what these exceed is a rate.
func reading(code string) error {
	if code == "LimitExceededException" {
		return scaling.ErrThrottled
	}
	return resharding(code)
}

// resharding reads the codes that the API reference of UpdateShardCount and of the reading calls
// lists (read 2026-11). UpdateShardCount has one code for its ten calls a second, its ten
// operations in 24 hours and the account's shards.
func resharding(code string) error {
	switch code {
	case "ResourceNotFoundException":
		return scaling.ErrStreamNotFound
	case "ResourceInUseException":
		return scaling.ErrStreamBusy
	case "LimitExceededException":
		return scaling.ErrLimitExceeded
	case "KMSThrottlingException":
		return scaling.ErrThrottled
	}
	return nil
}
