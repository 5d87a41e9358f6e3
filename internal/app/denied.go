package app

import (
	"context"
	"slices"
	"sync"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"

	"github.com/shardkeeper/shardkeeper/internal/aws/fault"
)

// denials are the calls of one invocation that AWS denied for want of a right. They are noted where all
// calls pass, since a use case may go on without an answer and report no failure.
type denials struct {
	mu    sync.Mutex
	calls []string
}

type denialsKey struct{}

// withDenials returns a context in which denied calls are noted.
func withDenials(ctx context.Context) (context.Context, *denials) {
	d := &denials{}
	return context.WithValue(ctx, denialsKey{}, d), d
}

// noted returns the denied calls in the order in which they were made, such as "Kinesis UpdateShardCount";
// nil for none.
func (d *denials) noted() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.calls)
}

// noteDenials adds to a client what notes its denied calls. Without withDenials nothing is noted.
func noteDenials(stack *middleware.Stack) error {
	return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("NoteDenials", func(
		ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler,
	) (middleware.InitializeOutput, middleware.Metadata, error) {
		out, metadata, err := next.HandleInitialize(ctx, in)
		if d, ok := ctx.Value(denialsKey{}).(*denials); ok && fault.Denied(err) {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.calls = append(d.calls, awsmiddleware.GetServiceID(ctx)+" "+awsmiddleware.GetOperationName(ctx))
		}
		return out, metadata, err
	}), middleware.After)
}
