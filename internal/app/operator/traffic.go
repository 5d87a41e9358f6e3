package operator

import (
	"context"
	"errors"
	"time"

	"github.com/aws/smithy-go"

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

// readFault leaves out of an error that the outcome is unknown, which means nothing to a read. What came in the way is said
// by [Explain]; nil for nil.
func readFault(err error) error {
	if failed, is := errors.AsType[*smithy.OperationError](err); is && errors.Is(err, scaling.ErrOutcomeUnknown) {
		return failed
	}
	return err
}
