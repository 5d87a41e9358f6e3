package main

import (
	"context"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/shardkeeper/shardkeeper/internal/app"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// useCase is what a run is: [reconciler.Reconciler].
//
// [reconciler.Reconciler]: https://pkg.go.dev/github.com/shardkeeper/shardkeeper/scaling/reconciler
type useCase interface {
	Run(ctx context.Context) ([]report.Report, error)
}

// handler is what Lambda calls.
type handler struct {
	reconciler useCase
	function   app.Function
}

// Invoke runs the reconciler once. The payload does not matter: whoever may call the function
// may only make it look. An error means that the registry did not answer; the next minute's run
// takes over, so Lambda need not call again.
func (h handler) Invoke(ctx context.Context, _ []byte) ([]byte, error) {
	h.function.Heartbeat = true
	return h.function.Invoke(ctx, requestID(ctx), h.reconciler.Run)
}

// requestID is the invocation's name in Lambda; empty where there is none.
func requestID(ctx context.Context) string {
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		return lc.AwsRequestID
	}
	return ""
}
