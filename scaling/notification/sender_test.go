package notification_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/registry/inmem"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/notification"
)

// channel keeps the ids that it was sent, and takes none while it is broken.
type channel struct {
	name   string
	ids    []string
	broken error
}

func (c *channel) Name() string { return c.name }

func (c *channel) Send(_ context.Context, events []notification.Event) ([]string, error) {
	if c.broken != nil {
		return nil, c.broken
	}
	var arrived []string
	for _, event := range events {
		c.ids = append(c.ids, event.ID)
		arrived = append(arrived, event.ID)
	}
	return arrived, nil
}

// withFailures returns a registry in which so many streams have failed at noon.
func withFailures(t *testing.T, streams int) *inmem.Registry {
	t.Helper()
	registry := inmem.New(inmem.Options{})
	for i := range streams {
		name := fmt.Sprintf("orders-%d", i)
		failed := ledger.Entry{Stream: name, At: noon(), ID: "failure", Kind: ledger.KindFailure, Detail: "no answer"}
		if _, err := registry.Save(t.Context(), ledger.Item{Name: name}, failed); err != nil {
			t.Fatal(err)
		}
	}
	return registry
}

func sender(outbox notification.Outbox, channels ...notification.Channel) *notification.Sender {
	return &notification.Sender{Outbox: outbox, Channels: channels, Place: place(), Now: noon}
}

func TestEachEventGoesOnceThroughEachChannel(t *testing.T) {
	a, b := &channel{name: "a"}, &channel{name: "b"}
	s := sender(withFailures(t, 3), a, b)
	for range 3 {
		if err := s.Send(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if len(a.ids) != 3 || !cmp.Equal(a.ids, b.ids) {
		t.Errorf("a was sent %v, b %v", a.ids, b.ids)
	}
}

// A channel that is broken gets its events when it works again, and the other gets none twice.
func TestABrokenChannelHoldsUpNoOther(t *testing.T) {
	a, b := &channel{name: "a"}, &channel{name: "b", broken: errors.New("no such topic")}
	s := sender(withFailures(t, 2), a, b)
	if err := s.Send(t.Context()); !errors.Is(err, b.broken) {
		t.Errorf("error %v, want that of b", err)
	}
	b.broken = nil
	if err := s.Send(t.Context()); err != nil {
		t.Error(err)
	}
	if len(a.ids) != 2 || len(b.ids) != 2 {
		t.Errorf("a was sent %v, b %v", a.ids, b.ids)
	}
}

// deaf is an outbox of a run that dies before it notes what was sent.
type deaf struct{ *inmem.Registry }

func (deaf) SaveSent(context.Context, []ledger.Event) error { return errors.New("killed") }

func TestAKillBeforeTheNoteSendsAgainUnderTheSameID(t *testing.T) {
	registry, a := withFailures(t, 1), &channel{name: "a"}
	if err := sender(deaf{registry}, a).Send(t.Context()); err == nil {
		t.Error("no error")
	}
	for range 2 {
		if err := sender(registry, a).Send(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	want := "orders-0/failure/2026-11-26T12"
	if diff := cmp.Diff([]string{want, want}, a.ids); diff != "" {
		t.Error(diff)
	}
}

func TestWhatCannotBeSentForADayIsGivenUpAndSaid(t *testing.T) {
	a := &channel{name: "a", broken: errors.New("denied")}
	s := sender(withFailures(t, 1), a)
	s.Now = func() time.Time { return noon().Add(notification.GivenUpAfter + time.Second) }
	if err := s.Send(t.Context()); err == nil || !errors.Is(err, a.broken) {
		t.Errorf("error %v", err)
	}
	a.broken = nil
	if err := s.Send(t.Context()); err != nil || len(a.ids) != 0 {
		t.Errorf("error %v, sent %v: what was given up is sent all the same", err, a.ids)
	}
}
