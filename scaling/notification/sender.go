package notification

import (
	"cmp"
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
	Unsent(ctx context.Context, channel string, limit int) ([]ledger.Event, error)
	SaveSent(ctx context.Context, events []ledger.Event) error
	DeleteOver(ctx context.Context, now time.Time, limit int) error
}

// Channel is one way to tell people or programs outside.
type Channel interface {
	// Name is what the registry remembers of the channel: without spaces, and never changed. No name is part of another
	// one's, or of "none" or "all": the registry looks for it in the names of those that have an event.
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
	Limit    int // events of one run and channel from each part of the outbox; 0: 100
}

// GivenUpAfter is how long it is tried to send an event. One that is older is not sent any more.
const GivenUpAfter = 24 * time.Hour

// ChannelTime is how long one channel may take in a run, so that one that hangs leaves time for the others and the note.
const ChannelTime = 4 * time.Second

// Send sends what has not been sent yet. The error tells of each channel that did not take its events, and of what is
// given up; the rest is sent all the same, and the next run tries again.
func (s *Sender) Send(ctx context.Context) error {
	r := &run{Sender: s, known: map[string]int{}}
	var faults []error
	for _, channel := range s.Channels {
		if err := r.sendBy(ctx, channel); err != nil {
			faults = append(faults, fmt.Errorf("send events by %s: %w", channel.Name(), err))
		}
	}
	if r.givenUp > 0 {
		faults = append(faults, fmt.Errorf("%d events are given up: they could not be sent for %s", r.givenUp, GivenUpAfter))
	}
	faults = append(faults, r.note(ctx))
	return errors.Join(append(faults, s.Outbox.DeleteOver(ctx, s.Now(), s.limit()))...)
}

func (s *Sender) limit() int { return cmp.Or(s.Limit, 100) }

// run is one run of a sender.
type run struct {
	*Sender

	events  []ledger.Event // with the channels that have them by now
	known   map[string]int // their places, by id
	changed []bool         // those that arrived somewhere
	givenUp int
}

// sendBy sends through one channel what it does not have, in its time, and remembers what arrived.
func (r *run) sendBy(ctx context.Context, channel Channel) error {
	events, err := r.unsent(ctx, channel)
	if len(events) == 0 {
		return err
	}
	var forms []Event
	for _, event := range events {
		r.know(event)
		forms = append(forms, FormOf(event, r.Place))
	}
	ctx, cancel := context.WithTimeout(ctx, ChannelTime)
	defer cancel()
	arrived, fault := channel.Send(ctx, forms)
	for _, id := range arrived {
		i, known := r.known[id]
		if known && !has(r.events[i], channel) {
			r.events[i].Sent = strings.TrimSpace(r.events[i].Sent + " " + channel.Name())
			r.changed[i] = true
		}
	}
	return errors.Join(err, fault)
}

// know keeps an event once, whichever channels are given it.
func (r *run) know(event ledger.Event) {
	if _, known := r.known[event.ID]; !known {
		r.known[event.ID] = len(r.events)
		r.events, r.changed = append(r.events, event), append(r.changed, false)
	}
}

// dropRounds is how often a run reads anew for one channel, after it has dropped what is too old.
const dropRounds = 5

// unsent returns what a channel is to be sent. What is too old is dropped before, and does not keep out what is newer.
func (r *run) unsent(ctx context.Context, channel Channel) ([]ledger.Event, error) {
	for round := 1; ; round++ {
		events, err := r.Outbox.Unsent(ctx, channel.Name(), r.limit())
		if err != nil {
			return nil, err
		}
		var old, young []ledger.Event
		for _, event := range events {
			if r.Now().Sub(event.Entry.At) > GivenUpAfter {
				event.Sent = ledger.SentToAll
				old = append(old, event)
				continue
			}
			young = append(young, event)
		}
		if len(old) == 0 {
			return young, nil
		}
		if err := r.Outbox.SaveSent(ctx, old); err != nil {
			return young, fmt.Errorf("give up what is too old: %w", err)
		}
		if r.givenUp += len(old); round == dropRounds {
			return young, nil
		}
	}
}

// note writes which channels have the events by now.
func (r *run) note(ctx context.Context) error {
	var changed []ledger.Event
	for i, event := range r.events {
		if !r.changed[i] {
			continue
		}
		if !slices.ContainsFunc(r.Channels, func(c Channel) bool { return !has(event, c) }) {
			event.Sent = ledger.SentToAll
		}
		changed = append(changed, event)
	}
	if len(changed) == 0 {
		return nil
	}
	return r.Outbox.SaveSent(ctx, changed)
}

// has reports whether an event needs no sending through a channel any more.
func has(event ledger.Event, channel Channel) bool { return event.SentBy(channel.Name()) }
