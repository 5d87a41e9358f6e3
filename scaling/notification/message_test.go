package notification_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/notification"
)

// told is an event of a kind and an hour, as people are told of it.
func told(kind ledger.EventKind, hour int) notification.Event {
	event := notification.FormOf(example(kind), place())
	event.At = noon().Truncate(time.Second).Add(time.Duration(hour) * time.Hour)
	return event
}

// message is the only one of some events.
func message(t *testing.T, events ...notification.Event) notification.Message {
	t.Helper()
	messages := notification.MessagesOf(events, notification.Info)
	if len(messages) != 1 || len(messages[0].Events) != len(events) {
		t.Fatalf("%d messages, want one of %d events", len(messages), len(events))
	}
	return messages[0]
}

func TestOneEventIsToldWithAllThatIsKnown(t *testing.T) {
	event := told(ledger.EventRefused, 0)
	event.Who = "ana"
	want := event.Summary + `

When: 2026-11-26T12:00:00Z
Where: account ` + event.Account + ", " + event.Region + `
Who: ana
Why: utilization_measured 0.93 of bytes
Why: doubled
Detail: LimitExceededException: too many
Event: operation_refused, ` + string(event.Severity) + ", " + event.ID + "\n"
	if diff := cmp.Diff(want, message(t, event).Text); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsNotKnownHasNoLine(t *testing.T) {
	event := told(ledger.EventCompleted, 0)
	event.Who, event.Detail = "", ""
	if text := message(t, event).Text; strings.Contains(text, "Who:") || strings.Contains(text, "Detail:") {
		t.Errorf("a line without a value:\n%s", text)
	}
}

// Events come in any order: the span is from the first to the last of them.
func TestADigestTellsWhenItWas(t *testing.T) {
	for _, hours := range [][]int{{0, 1, 2}, {2, 1, 0}, {1, 2, 0}, {1, 0, 2}} {
		var events []notification.Event
		for _, hour := range hours {
			events = append(events, told(ledger.EventRefused, hour))
		}
		if text := message(t, events...).Text; !strings.Contains(text, "from 2026-11-26T12:00:00Z to 2026-11-26T14:00:00Z:") {
			t.Errorf("hours %v:\n%s", hours, text)
		}
	}
}

// Twenty streams are named; of more it is said how many they are, and where all of them are.
func TestADigestNamesTwentyAndCountsTheOthers(t *testing.T) {
	for n, more := range map[int]int{2: 0, 20: 0, 21: 1, 50: 30} {
		events := slices.Repeat([]notification.Event{told(ledger.EventRefused, 0)}, n)
		text := message(t, events...).Text
		if named := strings.Count(text, "- "+events[0].Summary+"\n"); named != min(n, 20) {
			t.Errorf("%d events: %d are named", n, named)
		}
		rest := fmt.Sprintf("- and %d more: shardkeeper history shows all\n", more)
		if strings.Contains(text, " more: ") != (more > 0) || more > 0 && !strings.HasSuffix(text, rest) {
			t.Errorf("%d events, want %d more:\n%s", n, more, text)
		}
	}
}

// SNS refuses a message whose subject has a control character, one outside of ASCII, or a hundred of them.
func TestASubjectIsWhatSNSTakes(t *testing.T) {
	event := told(ledger.EventRefused, 0)
	for summary, says := range map[string]string{
		"orders: caf\u00e9\u2026\x7f": ": orders: caf???",
		"orders\r\nBcc: all~":         ": orders??Bcc: all~",
		strings.Repeat("\u00e9", 200): "??...",
	} {
		event.Summary = summary
		if subject := message(t, event).Subject; !strings.HasSuffix(subject, says) || len(subject) >= 100 {
			t.Errorf("%q: subject %q of %d characters, want %q at its end", summary, subject, len(subject), says)
		}
	}
}

func TestMessagesAreInTheOrderOfTheirSeverity(t *testing.T) {
	events := []notification.Event{told(ledger.EventCompleted, 0), told(ledger.EventExternal, 0), told(ledger.EventCompleted, 1), told(ledger.EventAtMaximum, 0)}
	for least, want := range map[notification.Severity][]ledger.EventKind{
		notification.Info:    {ledger.EventAtMaximum, ledger.EventExternal, ledger.EventCompleted},
		notification.Warning: {ledger.EventAtMaximum, ledger.EventExternal},
		notification.Error:   {ledger.EventAtMaximum},
	} {
		var kinds []ledger.EventKind
		for _, m := range notification.MessagesOf(events, least) {
			kinds = append(kinds, m.Events[0].Kind)
		}
		if diff := cmp.Diff(want, kinds); diff != "" {
			t.Errorf("from %s on: %s", least, diff)
		}
	}
}
