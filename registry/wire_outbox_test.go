package registry_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// sentToAll are an event of its own moment and one that goes on, of which no channel is left.
func sentToAll() []ledger.Event {
	return []ledger.Event{
		{ID: "orders/op-1/x", Kind: ledger.EventCompleted, Entry: ledger.Entry{Stream: "orders"}, Sent: ledger.SentToAll},
		{ID: "orders/failure/x", Kind: ledger.EventFailure, Entry: ledger.Entry{Stream: "orders"}, Sent: ledger.SentToAll},
	}
}

// What never comes again is deleted without a condition; what goes on remembers that it was sent.
func TestWhatWasSentIsDeletedOnTheWire(t *testing.T) {
	r, w := newWire(t, map[string][]answer{"TransactWriteItems": {{body: "{}"}}})
	if err := r.SaveSent(t.Context(), sentToAll()); err != nil {
		t.Fatal(err)
	}
	text := w.request(0).text
	if n := strings.Count(text, `"Delete"`); n != 1 || strings.Count(text, `"Update"`) != 1 || strings.Count(text, `"ConditionExpression"`) != 1 {
		t.Errorf("want one delete, and one update with a condition: %s", text)
	}
}

// When the item of one is gone, the others are noted one by one, and deleted.
func TestADeleteBesideAnEventThatIsGone(t *testing.T) {
	r, w := newWire(t, map[string][]answer{"TransactWriteItems": {canceledAt(1, "ConditionalCheckFailed"), {body: "{}"}, canceled("ConditionalCheckFailed")}})
	if err := r.SaveSent(t.Context(), sentToAll()); err != nil {
		t.Error(err)
	}
	if got := w.operations(); len(got) != 3 || !strings.Contains(w.request(1).text, `"Delete"`) {
		t.Errorf("calls %v", got)
	}
	r, _ = newWire(t, map[string][]answer{"TransactWriteItems": {canceled("TransactionConflict")}})
	if err := r.SaveSent(t.Context(), sentToAll()[:1]); err == nil {
		t.Error("a delete that another write is in the way of is taken for done")
	}
}

// A query asks for what one channel lacks.
func TestUnsentOnTheWire(t *testing.T) {
	r, w := newWire(t, map[string][]answer{"Query": {{body: `{"Items":[]}`}}})
	if _, err := r.Unsent(t.Context(), "sns", 10); err != nil {
		t.Fatal(err)
	}
	if got := w.operations(); !slices.Equal(got, slices.Repeat([]string{"Query"}, 8)) {
		t.Errorf("calls %v", got)
	}
	for _, want := range []string{"(#0 <> :0) AND (NOT (contains (#0, :1)))", `":1":{"S":"sns"}`, `":0":{"S":"all"}`} {
		if text := w.request(0).text; !strings.Contains(strings.ReplaceAll(strings.ReplaceAll(text, `\u003c`, "<"), `\u003e`, ">"), want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
}

// What all channels have and is over is found by its kind and time, and deleted; what was noted by others meanwhile is left.
func TestWhatIsOverIsDeletedOnTheWire(t *testing.T) {
	found := answer{body: `{"Items":[{"pk":{"S":"OUTBOX#3"},"sk":{"S":"orders/failure/x"},"stream":{"S":"orders"},"event":{"S":"failure"},"sent":{"S":"all"}}]}`}
	r, w := newWire(t, map[string][]answer{"Query": {found, {body: `{"Items":[]}`}}, "TransactWriteItems": {canceled("TransactionConflict")}})
	if err := r.DeleteOver(t.Context(), noon, 10); err != nil {
		t.Fatal(err)
	}
	query, deletion := w.request(0).text, w.request(1).text
	for _, want := range []string{`"S":"failure"`, `"S":"at_maximum"`, `"S":"all"`, fmt.Sprintf(`"N":"%d"`, noon.Add(-time.Hour).Truncate(time.Hour).Unix())} {
		if !strings.Contains(query, want) {
			t.Errorf("no %s in %s", want, query)
		}
	}
	if strings.Count(deletion, `"Delete"`) != 1 || !strings.Contains(deletion, "orders/failure/x") {
		t.Errorf("want one delete: %s", deletion)
	}
}

// Whose an event is, is told by its key. One whose stream somebody has taken away or written over is deleted once it is sent: else
// people would hear of it each minute for a day.
func TestAnEventsStreamIsThatOfItsKey(t *testing.T) {
	for _, stream := range []string{``, `"stream":{"NULL":true},`, `"stream":{"S":"clicks"},`} {
		found := answer{body: `{"Items":[{"pk":{"S":"OUTBOX#4"},"sk":{"S":"orders/op-1/2026-11-23T12:00:00.123Z"},` + stream + `"event":{"S":"operation_completed"},"sent":{"S":"none"}}]}`}
		r, w := newWire(t, map[string][]answer{"Query": {found, {body: `{"Items":[]}`}}, "TransactWriteItems": {{body: `{}`}}})
		events, err := r.Unsent(t.Context(), "sns", 10)
		if err != nil || len(events) != 1 || events[0].Entry.Stream != "orders" {
			t.Fatalf("%q: %+v, %v", stream, events, err)
		}
		events[0].Sent = ledger.SentToAll
		if err := r.SaveSent(t.Context(), events); err != nil {
			t.Fatal(err)
		}
		if sent := w.request(8).text; !strings.Contains(sent, `"OUTBOX#4"`) {
			t.Errorf("%q: %s", stream, sent)
		}
	}
}
