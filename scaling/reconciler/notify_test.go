package reconciler_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/notification"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// channel keeps what it is sent, and breaks as it is told.
type channel struct {
	kinds   []ledger.EventKind
	refuses error
	dies    bool
}

func (c *channel) Name() string { return "channel" }

func (c *channel) Send(ctx context.Context, events []notification.Event) ([]string, error) {
	if _, limited := ctx.Deadline(); !limited {
		return nil, errors.New("the sending has no end")
	}
	if c.dies {
		panic(killed{})
	}
	if c.refuses != nil {
		return nil, c.refuses
	}
	var arrived []string
	for _, event := range events {
		c.kinds = append(c.kinds, event.Kind)
		arrived = append(arrived, event.ID)
	}
	return arrived, nil
}

// telling is one run of the reconciler with a channel. It reports whether the run lived.
func (w *world) telling(c *channel) (reports []report.Report, lived bool) {
	w.Helper()
	r := w.reconciler()
	r.Notifier = &notification.Sender{Outbox: w.kept, Channels: []notification.Channel{c}, Now: w.clock}
	defer func() {
		if x := recover(); x != nil {
			if x != (killed{}) {
				panic(x)
			}
			lived = false
		}
	}()
	reports, err := r.Run(context.Background())
	if err != nil {
		w.Fatalf("run: %v", err)
	}
	return reports, true
}

// grown has an operation that the next run of the reconciler completes.
func grown(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.enrolled(orders, 8, 5)
	w.telling(&channel{}) // of the enrollment
	w.now = w.now.Add(time.Minute)
	w.change(func(s *ledger.Item) {
		s.Fence, s.DueAt = 7, w.now
		s.InFlight = &ledger.Entry{
			Stream: orders, At: w.now.Add(-3 * time.Minute), ID: "op-7", Kind: ledger.KindOperation, Direction: scaling.Up,
			From: 4, To: 8, Fence: 7, Outcome: ledger.OutcomeAccepted,
		}
	})
	return w
}

func TestAnOperationIsToldOnceInTheRunAfterItsEnd(t *testing.T) {
	w, c := grown(t), &channel{}
	for range 3 {
		w.telling(c)
		w.now = w.now.Add(time.Minute)
	}
	if !slices.Equal(c.kinds, []ledger.EventKind{ledger.EventCompleted}) {
		t.Errorf("told %v, want the operation once", c.kinds)
	}
}

// A run that dies between the write and the sending loses nothing: a later one sends.
func TestAKillBetweenWriteAndSendingLosesNoEvent(t *testing.T) {
	w, c := grown(t), &channel{}
	w.telling(c)
	c.dies = true
	w.now = w.now.Add(time.Minute)
	if _, lived := w.telling(c); lived {
		t.Fatal("the run lived: nothing was to be sent")
	}
	c.dies = false
	w.now = w.now.Add(time.Minute)
	w.telling(c)
	if !slices.Equal(c.kinds, []ledger.EventKind{ledger.EventCompleted}) {
		t.Errorf("told %v, want the operation", c.kinds)
	}
}

// What cannot be sent keeps no stream waiting, and is said.
func TestAChannelThatRefusesHoldsUpNoStream(t *testing.T) {
	w, c := grown(t), &channel{refuses: errors.New("denied")}
	w.telling(c)
	w.now = w.now.Add(time.Minute)
	reports, _ := w.telling(c)
	if w.item().InFlight != nil {
		t.Error("the operation was not settled")
	}
	if !slices.ContainsFunc(reports, func(r report.Report) bool {
		return r.Event == report.Failed && errors.Is(errors.Join(r.Faults...), c.refuses)
	}) {
		t.Errorf("nothing is said of it: %+v", reports)
	}
}

// limited is a notifier that sees how long it has.
type limited struct{ left time.Duration }

func (l *limited) Send(ctx context.Context) error {
	end, _ := ctx.Deadline()
	l.left = time.Until(end)
	return nil
}

// Two channels that do not answer leave time for the reads and for the note of what was sent.
func TestTwoChannelsThatHangFitIntoTheSending(t *testing.T) {
	w, l := newWorld(t), &limited{}
	r := w.reconciler()
	r.Notifier = l
	if _, err := r.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if l.left < 2*notification.ChannelTime+time.Second || l.left > 15*time.Second {
		t.Errorf("the sending has %s, a channel %s", l.left, notification.ChannelTime)
	}
}
