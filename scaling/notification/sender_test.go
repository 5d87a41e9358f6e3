package notification_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
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

// A stack that is given its first channel tells nobody of what happened days ago, and what is new comes at once.
func TestWhatIsOlderThanADayIsGivenUpUnsentAndSaid(t *testing.T) {
	registry, a := withFailures(t, 30), &channel{name: "a"}
	now := noon().Add(notification.GivenUpAfter + time.Second)
	failed := ledger.Entry{Stream: "orders-9", At: now, ID: "failure", Kind: ledger.KindFailure, Detail: "no answer"}
	if _, err := registry.Save(t.Context(), ledger.Item{Name: "orders-9", Revision: 1}, failed); err != nil {
		t.Fatal(err)
	}
	s := sender(registry, a)
	s.Limit, s.Now = 3, func() time.Time { return now }
	if err := s.Send(t.Context()); err == nil || !strings.Contains(err.Error(), "30 events are given up") {
		t.Errorf("error %v", err)
	}
	if err := s.Send(t.Context()); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff([]string{"orders-9/failure/2026-11-27T12"}, a.ids); diff != "" {
		t.Error(diff)
	}
}

// A stream that fails for days leaves no more behind than a run reads in a moment. What is left is told once, whoever writes it again.
func TestWhatGoesOnIsDeletedOnceItIsOver(t *testing.T) {
	registry, a := withFailures(t, 1), &channel{name: "a"}
	now := noon().Add(3 * time.Hour)
	s := sender(registry, a)
	s.Now = func() time.Time { return now }
	for range 2 { // the event of noon is sent in the first run, and deleted
		if err := s.Send(t.Context()); err != nil {
			t.Fatal(err)
		}
		failed := ledger.Entry{Stream: "orders-0", At: noon(), ID: "failure", Kind: ledger.KindFailure, Detail: "no answer"}
		item, err := registry.Load(t.Context(), "orders-0")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := registry.Save(t.Context(), item, failed); err != nil {
			t.Fatal(err)
		}
	}
	if len(a.ids) != 2 {
		t.Errorf("a was sent %v: the event of three hours ago was kept", a.ids)
	}
}

// A channel that fails for hours leaves more unsent than one run reads. The other channel hears of all that is new.
func TestAChannelThatFailsForLongSilencesNoOther(t *testing.T) {
	a, b := &channel{name: "a", broken: errors.New("no such bus")}, &channel{name: "b"}
	s := sender(withFailures(t, 40), a, b)
	s.Limit = 1
	for range 40 {
		if err := s.Send(t.Context()); !errors.Is(err, a.broken) {
			t.Fatalf("error %v, want that of a", err)
		}
	}
	if len(b.ids) != 40 {
		t.Errorf("b was sent %d of 40", len(b.ids))
	}
}

// counted is an outbox that counts the notes. Like the service's client it does nothing once its context has ended.
type counted struct {
	*inmem.Registry
	notes []int
}

func (c *counted) SaveSent(ctx context.Context, events []ledger.Event) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	c.notes = append(c.notes, len(events))
	return c.Registry.SaveSent(ctx, events)
}

func TestAnEventOfTwoChannelsIsNotedOnce(t *testing.T) {
	outbox := &counted{Registry: withFailures(t, 3)}
	if err := sender(outbox, &channel{name: "a"}, &channel{name: "b"}).Send(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{3}, outbox.notes); diff != "" {
		t.Error(diff)
	}
}

// hanging takes one event, and then does not answer.
type hanging struct{ channel }

func (h *hanging) Send(ctx context.Context, events []notification.Event) ([]string, error) {
	arrived, _ := h.channel.Send(ctx, events[:1])
	<-ctx.Done()
	return arrived, ctx.Err()
}

// The other channel gets its events all the same, and what arrived is noted.
func TestAChannelThatHangsTakesOnlyItsOwnTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := &hanging{channel{name: "a"}}, &channel{name: "b"}
		s := sender(&counted{Registry: withFailures(t, 3)}, a, b)
		for range 3 {
			ctx, cancel := context.WithTimeout(t.Context(), 2*notification.ChannelTime)
			_ = s.Send(ctx)
			cancel()
		}
		if len(b.ids) != 3 {
			t.Errorf("b was sent %v", b.ids)
		}
		if slices.Sort(a.ids); len(slices.Compact(slices.Clone(a.ids))) != len(a.ids) {
			t.Errorf("a was sent %v: what arrived was not noted", a.ids)
		}
	})
}

// unread is an outbox that cannot be read.
type unread struct{ *inmem.Registry }

var errUnread = errors.New("no such table")

func (unread) Unsent(context.Context, string, int) ([]ledger.Event, error) { return nil, errUnread }

// A sender that sees no events because it cannot read them must not look like one that has nothing to send.
func TestAnOutboxThatCannotBeReadIsSaid(t *testing.T) {
	if err := sender(unread{withFailures(t, 1)}, &channel{name: "a"}).Send(t.Context()); !errors.Is(err, errUnread) {
		t.Errorf("error %v, want %v", err, errUnread)
	}
}

// confused says of events that nobody gave it that they arrived, and of none that it was given.
type confused struct{ channel }

func (c *confused) Send(context.Context, []notification.Event) ([]string, error) {
	return []string{"of somebody else"}, nil
}

// What did not arrive is neither noted as sent nor written again for nothing.
func TestOnlyWhatArrivedIsNoted(t *testing.T) {
	outbox, a := &counted{Registry: withFailures(t, 2)}, &channel{name: "a"}
	for _, other := range []notification.Channel{&confused{channel{name: "b"}}, &channel{name: "b", broken: errors.New("no such topic")}} {
		_ = sender(outbox, other).Send(t.Context())
	}
	if len(outbox.notes) > 0 {
		t.Errorf("notes of %v events, want none", outbox.notes)
	}
	if err := sender(outbox, a).Send(t.Context()); err != nil || len(a.ids) != 2 {
		t.Errorf("a was sent %v, %v", a.ids, err)
	}
}
