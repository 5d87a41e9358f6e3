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
	canceled, ok := errors.AsType[*types.TransactionCanceledException](err)
	if !ok {
		return false
	}
	for _, reason := range canceled.CancellationReasons {
		if code := aws.ToString(reason.Code); code == conditionFailed || code == "TransactionConflict" {
			return true
		}
	}
	return false
}

// Throttled reports whether a transaction was canceled for nothing but that the table, or a part of it, had too many writes.
// Nothing was written then, and the same transaction may be made again. The SDK, which tries again what is throttled, does not
// know it: DynamoDB tells it among the reasons, under the one error code that a condition which does not hold has too
// (TransactWriteItems, errors, read 2026-11).
func Throttled(err error) bool {
	canceled, ok := errors.AsType[*types.TransactionCanceledException](err)
	if !ok || collided(err) {
		return false
	}
	return slices.ContainsFunc(canceled.CancellationReasons, func(reason types.CancellationReason) bool {
		code := aws.ToString(reason.Code)
		return code == "ThrottlingError" || code == "ProvisionedThroughputExceeded"
	})
}
