package eventbridge_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/smithy-go"

	"github.com/shardkeeper/shardkeeper/internal/aws/eventbridge"
	"github.com/shardkeeper/shardkeeper/scaling/notification"
)

// bus takes all events but those whose place in all calls is named.
type bus struct {
	calls   [][]types.PutEventsRequestEntry
	refused map[int]bool
	broken  map[int]error // by the number of the call
	seen    int
}

func (b *bus) PutEvents(_ context.Context, in *sdk.PutEventsInput, _ ...func(*sdk.Options)) (*sdk.PutEventsOutput, error) {
	if err := b.broken[len(b.calls)]; err != nil {
		return nil, err
	}
	b.calls = append(b.calls, in.Entries)
	out := &sdk.PutEventsOutput{}
	for range in.Entries {
		result := types.PutEventsResultEntry{EventId: aws.String("e")}
		if b.refused[b.seen] {
			result = types.PutEventsResultEntry{ErrorCode: aws.String("ThrottlingException"), ErrorMessage: aws.String("slow down")}
		}
		out.Entries = append(out.Entries, result)
		b.seen++
	}
	return out, nil
}

func events(n int) []notification.Event {
	var all []notification.Event
	for i := range n {
		all = append(all, notification.Event{
			Version: 1, ID: fmt.Sprint(i), Kind: "failure", Stream: "orders", StreamARN: "arn:aws:kinesis:eu-west-1:123456789012:stream/orders",
			At: time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC),
		})
	}
	return all
}

func TestEventsGoTenInACall(t *testing.T) {
	api := &bus{}
	arrived, err := eventbridge.New(api, "default").Send(t.Context(), events(23))
	if err != nil || len(arrived) != 23 || len(api.calls) != 3 || len(api.calls[2]) != 3 {
		t.Fatalf("%d arrived in %d calls, %v", len(arrived), len(api.calls), err)
	}
	entry := api.calls[2][0]
	detail := notification.Event{}
	if err := json.Unmarshal([]byte(aws.ToString(entry.Detail)), &detail); err != nil || detail.ID != "20" {
		t.Errorf("detail %s: %v", aws.ToString(entry.Detail), err)
	}
	if aws.ToString(entry.Source) != "shardkeeper" || aws.ToString(entry.DetailType) != "Shardkeeper Event" ||
		aws.ToString(entry.EventBusName) != "default" || len(entry.Resources) != 1 || !entry.Time.Equal(detail.At) {
		t.Errorf("entry %+v", entry)
	}
}

// Of a call that took a part, that part has arrived.
func TestWhatTheBusDidNotTakeDidNotArrive(t *testing.T) {
	arrived, err := eventbridge.New(&bus{refused: map[int]bool{3: true}}, "default").Send(t.Context(), events(12))
	if err == nil || len(arrived) != 11 {
		t.Errorf("%d arrived, %v", len(arrived), err)
	}
}

func TestAFailedCallEndsTheSending(t *testing.T) {
	api := &bus{broken: map[int]error{1: &smithy.GenericAPIError{Code: "AccessDeniedException"}}}
	arrived, err := eventbridge.New(api, "default").Send(t.Context(), events(40))
	if err == nil || len(arrived) != 10 || len(api.calls) != 1 {
		t.Errorf("%d arrived in %d calls, %v", len(arrived), len(api.calls), err)
	}
}

func TestAnAnswerWithoutResultsIsNoArrival(t *testing.T) {
	arrived, err := eventbridge.New(silent{}, "default").Send(t.Context(), events(2))
	if len(arrived) != 0 || err == nil {
		t.Errorf("%v arrived, %v", arrived, err)
	}
}

type silent struct{}

func (silent) PutEvents(context.Context, *sdk.PutEventsInput, ...func(*sdk.Options)) (*sdk.PutEventsOutput, error) {
	return &sdk.PutEventsOutput{}, nil
}
