package simulate_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awssns "github.com/aws/aws-sdk-go-v2/service/sns"

	"github.com/shardkeeper/shardkeeper/internal/aws/sns"
	"github.com/shardkeeper/shardkeeper/internal/race"
	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/notification"
	"github.com/shardkeeper/shardkeeper/scaling/reconciler"
)

// mailbox is a topic that keeps the subjects of its messages, and a channel that keeps each event.
type mailbox struct {
	now      func() time.Time
	subjects []string
	minutes  map[string]int // messages, by minute and kind
	events   map[string]int // completed operations, by stream
}

func (m *mailbox) Publish(_ context.Context, in *awssns.PublishInput, _ ...func(*awssns.Options)) (*awssns.PublishOutput, error) {
	subject := aws.ToString(in.Subject)
	m.subjects = append(m.subjects, subject)
	kind := subject[strings.LastIndex(subject, " ")+1:]
	m.minutes[m.now().Truncate(time.Minute).Format(time.RFC3339)+" "+kind]++
	return &awssns.PublishOutput{}, nil
}

func (m *mailbox) Name() string { return "each" }

func (m *mailbox) Send(_ context.Context, events []notification.Event) ([]string, error) {
	var arrived []string
	for _, event := range events {
		arrived = append(arrived, event.ID)
		if event.Kind == ledger.EventCompleted {
			m.events[event.Stream]++
		}
	}
	return arrived, nil
}

// Two thousand streams that double at once are two thousand events, each told once, and a handful of messages to people:
// one for each minute in which operations ended.
func TestAStormIsManyEventsAndFewMessages(t *testing.T) {
	if testing.Short() {
		t.Skip("a fleet takes a while")
	}
	race.SkipLong(t)
	box := &mailbox{events: map[string]int{}, minutes: map[string]int{}}
	numbers := simulate.DefaultNumbers()
	numbers.ScalerConcurrency = stormConcurrency
	var w *simulate.World
	w = world(t, simulate.Options{Numbers: &numbers, Altered: simulate.Altered{Reconciler: func(r *reconciler.Reconciler) {
		box.now = r.Now
		r.Notifier = &notification.Sender{
			Outbox: w.Registry(), Channels: []notification.Channel{sns.New(box, "arn:topic", notification.Info), box}, Now: r.Now,
		}
	}}})
	createStormy(t, w)
	pass(t, w, calm)
	before := len(box.subjects)
	pass(t, w, 60)
	for i := range stormy {
		if name := fmt.Sprintf("stream-%04d", i); box.events[name] != 1 {
			t.Errorf("%s: its operation was told %d times", name, box.events[name])
		}
	}
	completed := 0
	for _, subject := range box.subjects[before:] {
		if strings.Contains(subject, string(ledger.EventCompleted)) || strings.Contains(subject, "was scaled up") {
			completed++
		}
	}
	t.Logf("%d messages of ended operations, %d in all", completed, len(box.subjects[before:]))
	if completed < 1 || completed > 30 {
		t.Errorf("%d messages of ended operations, want one for each minute of the storm", completed)
	}
	for minute, n := range box.minutes {
		if n > 1 {
			t.Errorf("%s: %d messages in one minute", minute, n)
		}
	}
}
