// Package eventbridge sends events to an EventBridge bus, from which people route them with rules of their own.
package eventbridge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"github.com/shardkeeper/shardkeeper/internal/aws/fault"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/notification"
)

// What rules can match besides the event itself.
const (
	Source     = "shardkeeper"
	DetailType = "Shardkeeper Event"
)

// most is how many events one PutEvents call takes.
// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html (read 2026-11)
const most = 10

// API is the part of the EventBridge client that is used.
type API interface {
	PutEvents(context.Context, *eventbridge.PutEventsInput, ...func(*eventbridge.Options)) (*eventbridge.PutEventsOutput, error)
}

// Bus is the channel to one event bus.
type Bus struct {
	api  API
	name string
}

// New returns the channel to a bus, by its name.
func New(api API, bus string) *Bus { return &Bus{api: api, name: bus} }

// Name is what the registry remembers of the channel.
func (b *Bus) Name() string { return "eventbridge" }

// Send puts the events on the bus, ten in a call, and returns the ids of those that the bus took. It stops at the first
// call that fails: the others would too.
func (b *Bus) Send(ctx context.Context, events []notification.Event) (arrived []string, err error) {
	var faults []error
	for batch := range slices.Chunk(events, most) {
		entries := make([]types.PutEventsRequestEntry, len(batch))
		for i, event := range batch {
			if entries[i], err = b.entry(event); err != nil {
				return arrived, err
			}
		}
		out, err := b.api.PutEvents(ctx, &eventbridge.PutEventsInput{Entries: entries})
		if err != nil {
			return arrived, errors.Join(append(faults, fmt.Errorf("eventbridge PutEvents to bus %q: %w", b.name, fault.Translate(err, meaning)))...)
		}
		if len(out.Entries) < len(batch) {
			faults = append(faults, fmt.Errorf("bus %q answered for %d of %d events", b.name, len(out.Entries), len(batch)))
		}
		for i, result := range out.Entries[:min(len(out.Entries), len(batch))] {
			if result.ErrorCode == nil && aws.ToString(result.EventId) != "" {
				arrived = append(arrived, batch[i].ID)
				continue
			}
			faults = append(faults, fmt.Errorf("bus %q did not take event %s: %s: %s", b.name, batch[i].ID, aws.ToString(result.ErrorCode), aws.ToString(result.ErrorMessage)))
		}
	}
	return arrived, errors.Join(faults...)
}

func (b *Bus) entry(event notification.Event) (types.PutEventsRequestEntry, error) {
	detail, err := json.Marshal(event)
	if err != nil {
		return types.PutEventsRequestEntry{}, fmt.Errorf("event %s as JSON: %w", event.ID, err)
	}
	entry := types.PutEventsRequestEntry{
		EventBusName: aws.String(b.name), Source: aws.String(Source), DetailType: aws.String(DetailType),
		Detail: aws.String(string(detail)), Time: aws.Time(event.At),
	}
	if event.StreamARN != "" {
		entry.Resources = []string{event.StreamARN}
	}
	return entry, nil
}

// meaning reads the codes that the API reference of PutEvents and its common errors list (read 2026-11).
func meaning(code string) error {
	if code == "InternalException" {
		return scaling.ErrOutcomeUnknown
	}
	return nil
}
