package notification

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// Outbox is where the registry keeps events until they are sent.
type Outbox interface {
	Unsent(ctx context.Context, limit int) ([]ledger.Event, error)
	SaveSent(ctx context.Context, events []ledger.Event) error
}

// Channel is one way to tell people or programs outside.
type Channel interface {
	// Name is what the registry remembers of the channel: without spaces, and never changed.
	Name() string
	// Send sends events and returns the ids of those that arrived. Of the others the error says why.
	Send(ctx context.Context, events []Event) (arrived []string, err error)
}

// Sender sends each event through each channel, at least once. An event stays in the outbox until that is done: when
// a run dies between the sending and the note of it, the next run sends the event again, under the same id.
type Sender struct {
	Outbox   Outbox
	Channels []Channel
	Place    Place
	Now      func() time.Time
	Limit    int // events of one run from each part of the outbox; 0: 100
}

// GivenUpAfter is how long it is tried to send an event.
const GivenUpAfter = 24 * time.Hour

// Send sends what has not been sent yet. The error tells of each channel that did not take its events, and of what is
// given up; the rest is sent all the same, and the next run tries again.
func (s *Sender) Send(ctx context.Context) error {
	limit := s.Limit
	if limit == 0 {
		limit = 100
	}
	events, err := s.Outbox.Unsent(ctx, limit)
	if err != nil || len(events) == 0 {
		return err
	}
	before := slices.Clone(events)
	var faults []error
	for _, channel := range s.Channels {
		if err := s.sendBy(ctx, channel, events); err != nil {
			faults = append(faults, fmt.Errorf("send events by %s: %w", channel.Name(), err))
		}
	}
	changed, givenUp := s.settle(before, events)
	if givenUp > 0 {
		faults = append(faults, fmt.Errorf("%d events are given up: they could not be sent for %s", givenUp, GivenUpAfter))
	}
	return errors.Join(append(faults, s.Outbox.SaveSent(ctx, changed))...)
}

// sendBy sends through one channel what it does not have, and notes in the events what arrived.
func (s *Sender) sendBy(ctx context.Context, channel Channel, events []ledger.Event) error {
	var forms []Event
	for _, event := range events {
		if !has(event, channel) {
			forms = append(forms, FormOf(event, s.Place))
		}
	}
	if len(forms) == 0 {
		return nil
	}
	arrived, err := channel.Send(ctx, forms)
	for i := range events {
		if slices.Contains(arrived, events[i].ID) && !has(events[i], channel) {
			events[i].Sent = strings.TrimSpace(events[i].Sent + " " + channel.Name())
		}
	}
	return err
}

// settle returns the events of which something new is to be noted, and how many are given up.
func (s *Sender) settle(before, events []ledger.Event) (changed []ledger.Event, givenUp int) {
	for i, event := range events {
		missing := slices.ContainsFunc(s.Channels, func(c Channel) bool { return !has(event, c) })
		tooOld := s.Now().Sub(event.Entry.At) > GivenUpAfter
		if missing && tooOld {
			givenUp++
		}
		if !missing || tooOld {
			event.Sent = ledger.SentToAll
		}
		if event.Sent != before[i].Sent {
			changed = append(changed, event)
		}
	}
	return changed, givenUp
}

// has reports whether an event went through a channel before.
func has(event ledger.Event, channel Channel) bool {
	return slices.Contains(strings.Fields(event.Sent), channel.Name())
}
