package main

import (
	"context"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/shardkeeper/shardkeeper/internal/app"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// useCase is what a run is: [reconciler.Reconciler].
//
// [reconciler.Reconciler]: https://pkg.go.dev/github.com/shardkeeper/shardkeeper/scaling/reconciler
type useCase interface {
	Run(ctx context.Context) ([]scaling.Report, error)
}

// handler is what Lambda calls.
type handler struct {
	reconciler useCase
	telemetry  *app.Telemetry
}

// Invoke runs the reconciler once. The payload does not matter: whoever may call the function
// may only make it look. An error means that the registry did not answer; the next minute's run
// takes over, so Lambda need not call again.
func (h handler) Invoke(ctx context.Context, _ []byte) ([]byte, error) {
	in := app.Invocation{Started: h.telemetry.Now(), Heartbeat: true}
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		in.RequestID = lc.AwsRequestID
	}
	in.Reports, in.Err = h.reconciler.Run(ctx)
	h.telemetry.Record(ctx, in)
	return []byte("null"), in.Err
}
