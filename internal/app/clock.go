package app

import (
	"context"
	"fmt"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
)

// holdClock adds to a client what ends a call with an error when this machine's clock differs from the service's by more
// than a time. Leases, slots and waits are worth what the clocks are worth. Each function begins with
// reading, so one whose clock is off writes nothing. The SDK alone would correct the signature and go on. The services tell
// their time in whole seconds, and a slow answer comes up to callTimeout later: a time must be longer than both.
func holdClock(most time.Duration) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error { return stack.Deserialize.Add(clockHeld(most), middleware.Before) }
}

func clockHeld(most time.Duration) middleware.DeserializeMiddleware {
	return middleware.DeserializeMiddlewareFunc("HoldClock", func(
		ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler,
	) (middleware.DeserializeOutput, middleware.Metadata, error) {
		out, metadata, err := next.HandleDeserialize(ctx, in)
		if behind, known := awsmiddleware.GetAttemptSkew(metadata); known && behind.Abs() > most {
			return out, metadata, &clockError{behind: behind, cause: err}
		}
		return out, metadata, err
	})
}

// clockError tells that this machine's clock is wrong. It does not wrap what else the call came to, or the SDK would try
// again with a corrected signature.
type clockError struct {
	behind time.Duration // the service's time less this machine's
	cause  error         // what else the call came to; nil: it succeeded
}

// Error says how far the clock is off, and which way.
func (e *clockError) Error() string {
	way := "behind"
	if e.behind < 0 {
		way = "ahead of"
	}
	text := fmt.Sprintf("this machine's clock is %s %s AWS's: set it right; until then nothing is done", e.behind.Abs().Round(time.Second), way)
	if e.cause != nil {
		text += ": " + e.cause.Error()
	}
	return text
}
