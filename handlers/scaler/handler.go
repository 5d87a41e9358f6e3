package main

import (
	"context"
	"errors"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/shardkeeper/shardkeeper/internal/app"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/report"
	"github.com/shardkeeper/shardkeeper/scaling/scaler"
)

// useCase is what the alarms are given to: [scaler.Scaler].
type useCase interface {
	Handle(ctx context.Context, alarm scaler.Alarm) (report.Report, error)
}

// handler is what Lambda calls.
type handler struct {
	scaler   useCase
	home     app.Home
	function app.Function
}

// Invoke handles every record of an SNS event. It takes the raw payload, so that bad input is
// told in our own words and not tried again. An error means that some alarm was not decided on:
// Lambda calls again, and the alarms that were are then found handled.
func (h handler) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	id := requestID(ctx)
	return h.function.Invoke(ctx, id, func(ctx context.Context) ([]report.Report, error) { return h.handle(ctx, payload, id) })
}

func (h handler) handle(ctx context.Context, payload []byte, requestID string) ([]report.Report, error) {
	alarms, reports := decode(payload, h.home)
	var errs []error
	for _, alarm := range alarms {
		alarm.RequestID = requestID
		done, err := h.scaler.Handle(ctx, alarm)
		if err != nil {
			errs = append(errs, err)
			stream, direction, _ := scaling.ParseAlarmName(alarm.Name)
			done = report.Report{Stream: stream, Event: report.Failed, Direction: direction, Faults: []error{err}}
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
