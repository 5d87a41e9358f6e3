package stream

import (
	"fmt"

	"github.com/shardkeeper/shardkeeper/internal/awsfault"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// translated names the operation and the stream, if it is about one, and sorts the error into the
// domain's own; nil for nil. It is the one place that knows the error codes of Kinesis.
func translated(operation, stream string, err error) error {
	switch err = awsfault.Translate(err, meaning); {
	case err == nil:
		return nil
	case stream == "":
		return fmt.Errorf("kinesis %s: %w", operation, err)
	}
	return fmt.Errorf("kinesis %s of stream %q: %w", operation, stream, err)
}

// meaning reads the codes that the API reference of UpdateShardCount and of the reading calls
// lists (read 2026-11). UpdateShardCount has one code for its ten calls a second, its ten
// operations in 24 hours and the account's shards.
func meaning(code string) error {
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
