package main

// What happens when dead letters are handed to the enroller again.

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/shardkeeper/shardkeeper/internal/deadletter"
)

func TestAReplayedChangeIsDoneOnce(t *testing.T) {
	for name, first := range map[string]string{
		"record-change.json":    "enrolled", // the enroller failed three times
		"event-tag-change.json": "enrolled", // EventBridge could not reach the function
	} {
		text, err := os.ReadFile(filepath.Join("..", "..", "internal", "deadletter", "testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		letter, err := deadletter.Decode(deadletter.Message{Body: string(text)})
		if err != nil {
			t.Fatal(err)
		}
		w := newWorld(t)
		for _, want := range []string{first, "checked"} {
			if events, err := w.invoke(letter.Payload); err != nil || events[want] != 1 || len(events) != 1 {
				t.Errorf("%s: events %v, %v; want one %s", name, events, err, want)
			}
		}
		if w.alarms["orders"] != 3 {
			t.Errorf("%s: alarms %v", name, w.alarms)
		}
	}
}

// The slot of somebody else's resharding is taken once, whether its event comes by EventBridge,
// from the dead-letter queue, or both.
func TestAReplayedReshardingTakesOneSlot(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "internal", "deadletter", "testdata", "event-change.json"))
	if err != nil {
		t.Fatal(err)
	}
	letter, err := deadletter.Decode(deadletter.Message{Body: string(text)})
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, "orders")
	for _, payload := range [][]byte{eventFile(t, "enroller-update-shard-count.json"), letter.Payload, letter.Payload} {
		if _, err := w.invoke(payload); err != nil {
			t.Fatal(err)
		}
	}
	s, err := w.registry.Load(t.Context(), "orders")
	if err != nil || len(s.Operations) != 1 {
		t.Errorf("operations %+v, %v; want one", s.Operations, err)
	}
}
