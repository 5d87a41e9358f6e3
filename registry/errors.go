package registry

import (
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Meaning says in plain words what an error code of DynamoDB means for a registry; empty for one that means
// nothing of its own there, such as a throttle. This package alone knows DynamoDB's codes.
func Meaning(code string) string {
	if code == (&types.ResourceNotFoundException{}).ErrorCode() {
		return "there is no such table"
	}
	return ""
}

// conditionFailed is the reason of a transaction's part whose condition did not hold.
const conditionFailed = "ConditionalCheckFailed"

// collided reports whether err says that a condition did not hold, or that another transaction
// was at the same item. Nothing was written then.
func collided(err error) bool {
	if _, failed := errors.AsType[*types.ConditionalCheckFailedException](err); failed {
		return true
	}
	if _, failed := errors.AsType[*types.TransactionConflictException](err); failed {
		return true
	}
	return canceledFor(err, conditionFailed, "TransactionConflict")
}

// refusedByCondition reports whether the condition of a transaction did not hold, and not only a collision was in the way.
func refusedByCondition(err error) bool { return canceledFor(err, conditionFailed) }

// Throttled reports whether a transaction was canceled for nothing but that the table, or a part of it, had too many writes.
// Nothing was written then, and the same transaction may be made again. The SDK, which tries again what is throttled, does not
// know it: DynamoDB tells it among the reasons, under the one error code that a condition which does not hold has too
// (TransactWriteItems, errors, read 2026-11).
func Throttled(err error) bool {
	return !collided(err) && canceledFor(err, "ThrottlingError", "ProvisionedThroughputExceeded")
}

// canceledFor reports whether a transaction was canceled and one of its parts has one of the codes for its reason.
func canceledFor(err error, codes ...string) bool {
	canceled, ok := errors.AsType[*types.TransactionCanceledException](err)
	return ok && slices.ContainsFunc(canceled.CancellationReasons, func(reason types.CancellationReason) bool {
		return slices.Contains(codes, aws.ToString(reason.Code))
	})
}
