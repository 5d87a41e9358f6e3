package main

import (
	"context"
	"errors"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/shardkeeper/shardkeeper/internal/app"
	"github.com/shardkeeper/shardkeeper/scaling/enroller"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// useCase is what the changes are given to: [enroller.Enroller].
type useCase interface {
	Handle(ctx context.Context, change enroller.Change) (report.Report, error)
}

// handler is what Lambda calls.
type handler struct {
	enroller useCase
	source   source
	function app.Function
}

// Invoke handles one EventBridge event. It takes the raw payload, so that bad input is told in
// our own words and not tried again. An error means that the registry is not up to date: Lambda
// calls again, and what was done is done again without effect.
func (h handler) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	return h.function.Invoke(ctx, requestID(ctx), func(ctx context.Context) ([]report.Report, error) { return h.handle(ctx, payload) })
}

func (h handler) handle(ctx context.Context, payload []byte) ([]report.Report, error) {
	changes, reports := h.source.decode(payload, h.function.Now())
	var errs []error
	for _, change := range changes {
		done, err := h.enroller.Handle(ctx, change)
		if err != nil {
			errs = append(errs, err)
			done = report.Report{Stream: change.Stream, Event: report.Failed, Detail: change.Call, Faults: []error{err}}
		}
		reports = append(reports, done)
	}
	return reports, errors.Join(errs...)
}

// requestID is the invocation's name in Lambda; empty where there is none.
func requestID(ctx context.Context) string {
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		return lc.AwsRequestID
	}
	return ""
}
