package operator

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/shardkeeper/shardkeeper/internal/aws/cloudwatch"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// Traffic reads streams' traffic from CloudWatch.
type Traffic struct{ client *cloudwatch.Client }

// Writes is [cloudwatch.Client.Writes].
func (t Traffic) Writes(ctx context.Context, stream string, period time.Duration, from, to time.Time) (scaling.Traffic, error) {
	traffic, err := t.client.Writes(ctx, stream, period, from, to)
	return traffic, readFault(err)
}

// readFault leaves out of an error that the outcome is unknown, which means nothing to a read, and
// says what came in the way; nil for nil.
func readFault(err error) error {
	if !errors.Is(err, scaling.ErrOutcomeUnknown) {
		return err
	}
	if unsent, is := errors.AsType[*smithyhttp.RequestSendError](err); is {
		return fmt.Errorf("CloudWatch cannot be reached: %w", unsent.Err)
	}
	if failed, is := errors.AsType[*smithy.OperationError](err); is {
		return fmt.Errorf("CloudWatch cannot be read: %w", failed)
	}
	return err
}
