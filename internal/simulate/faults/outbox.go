package faults

// What people are told. One channel takes all events, another one is down for hours; the note of what was sent is lost at times.

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/notification"
)

// The promises of events.
const (
	EventsAreTold   Promise = "each channel is told how each operation ended"
	EventsAreOnce   Promise = "an event is sent again only if the note of it was lost"
	NothingIsUnsent Promise = "in health no event stays unsent"
)

// post is what was sent.
type post struct {
	run  *run
	told map[string]map[string]int // by channel and id: how often
	lost map[string]int            // by id: notes that were lost
}

func newPost(r *run) *post {
	return &post{run: r, told: map[string]map[string]int{"bus": {}, "people": {}}, lost: map[string]int{}}
}

// sender is the real one.
func (p *post) sender() *notification.Sender {
	return &notification.Sender{
		Outbox: p, Now: p.run.world.Now, Limit: 20,
		Channels: []notification.Channel{channel{"bus", p}, channel{"people", p}},
	}
}

// Unsent reads the outbox.
func (p *post) Unsent(ctx context.Context, channel string, limit int) ([]ledger.Event, error) {
	if p.run.trouble() && p.goesWrong("read of the outbox", 20) {
		return nil, errLost()
	}
	return p.run.world.Registry().Unsent(ctx, channel, limit)
}

// SaveSent notes what was sent, unless that is lost.
func (p *post) SaveSent(ctx context.Context, events []ledger.Event) error {
	if p.run.trouble() && p.goesWrong("note of what was sent", 10) {
		for _, event := range events {
			p.lost[event.ID]++
		}
		return errLost()
	}
	return p.run.world.Registry().SaveSent(ctx, events)
}

// DeleteOver deletes what is over.
func (p *post) DeleteOver(ctx context.Context, now time.Time, limit int) error {
	return p.run.world.Registry().DeleteOver(ctx, now, limit)
}

// goesWrong draws whether something goes wrong in this minute.
func (p *post) goesWrong(what string, oneIn int) bool {
	about := fmt.Sprintf("%04d %s", p.run.minute, what)
	if p.run.options.Drop[about] || p.run.plan.drawn(about).IntN(oneIn) != 0 {
		return false
	}
	p.run.count(about, what+" is lost")
	return true
}

type channel struct {
	name string
	post *post
}

// Name is what the registry remembers.
func (c channel) Name() string { return c.name }

// Send takes all events, some, or none.
func (c channel) Send(_ context.Context, events []notification.Event) ([]string, error) {
	r := c.post.run
	var fault error
	if r.trouble() && r.plan.drawn(fmt.Sprintf("%s of %d", c.name, r.minute/40)).IntN(5) == 0 {
		events, fault = events[:len(events)/2], errors.New("the channel is down")
	}
	var arrived []string
	for _, event := range events {
		c.post.told[c.name][event.ID]++
		arrived = append(arrived, event.ID)
	}
	return arrived, fault
}

// closed checks at the end what was told.
func (p *post) closed(ctx context.Context, a *auditor) {
	for name, told := range p.told {
		for id, n := range told {
			if stream, _, _ := strings.Cut(id, "/"); n > 1+p.lost[id] && a.book(stream).restored.IsZero() { // a restored table has forgotten what was told
				a.broken(EventsAreOnce, id, "%s has it %d times, and %d notes of it were lost", name, n, p.lost[id])
			}
		}
		left, err := p.run.world.Registry().Unsent(ctx, name, 1000)
		for _, event := range left {
			if p.run.world.Now().Sub(event.Entry.At) > soon*time.Minute {
				a.broken(NothingIsUnsent, event.Entry.Stream, "%s does not have %s: %v", name, event.ID, err)
			}
		}
		for stream := range a.books {
			for _, e := range a.history(stream, ledger.KindOperation, begin()) {
				id := fmt.Sprintf("%s/%s/%s", e.Stream, e.ID, e.At.UTC().Format("2006-01-02T15:04:05.000Z"))
				if final(e.Outcome) && told[id] == 0 && p.run.plan.outage == (outage{}) && p.run.world.Now().Sub(e.At) > soon*time.Minute {
					a.broken(EventsAreTold, stream, "%s was not told of operation %d, which is %s", name, e.Fence, e.Outcome)
				}
			}
		}
	}
}
