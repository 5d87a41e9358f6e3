package main

// What happens when dead letters are handed to the scaler again. Replaying is safe since the
// scaler knows the transitions it has handled, and never acts on an alarm's word alone.

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/shardkeeper/shardkeeper/internal/deadletter"
)

// letter returns the event in a dead letter. The changes are made to the message first, by pairs
// of old and new text.
func letter(t *testing.T, name string, changes ...string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "internal", "deadletter", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	read, err := deadletter.Decode(deadletter.Message{Body: strings.NewReplacer(changes...).Replace(string(text))})
	if err != nil {
		t.Fatal(err)
	}
	return read.Payload
}

// shapes are the dead letters of the alarm in scaler-alarm-up.json: the scaler failed three
// times, the event waited too long, SNS could not reach the function.
func shapes() []string {
	return []string{"record-alarm.json", "record-alarm-too-old.json", "notification-alarm.json"}
}

func TestAReplayedAlarmThatWasHandledIsADuplicate(t *testing.T) {
	for _, name := range shapes() {
		w := newWorld(t, 0.9)
		if _, err := w.invoke(eventFile(t, "scaler-alarm-up.json")); err != nil {
			t.Fatal(err)
		}
		events, err := w.invoke(letter(t, name))
		if err != nil || !slices.Equal(events, []string{"duplicate"}) || len(w.targets) != 1 {
			t.Errorf("%s: events %v, targets %v, %v", name, events, w.targets, err)
		}
	}
}

func TestAReplayedAlarmThatWasNotHandledIsHandledOnce(t *testing.T) {
	for _, name := range shapes() {
		w := newWorld(t, 0.9)
		for _, want := range []string{"operation", "duplicate"} {
			events, err := w.invoke(letter(t, name))
			if err != nil || !slices.Equal(events, []string{want}) || !slices.Equal(w.targets, []int{4}) {
				t.Errorf("%s: events %v, targets %v, %v; want %s", name, events, w.targets, err, want)
			}
		}
	}
}

// The alarm went off two weeks ago. What counts is the load of now.
func TestAnOldAlarmIsCheckedAgainstFreshMeasurements(t *testing.T) {
	for utilization, want := range map[float64]string{0.9: "operation", 0.4: "hold"} {
		w := newWorld(t, utilization)
		events, err := w.invoke(letter(t, "record-alarm.json", "2026-11-02T09:15:42", "2026-10-20T09:15:42"))
		if err != nil || !slices.Equal(events, []string{want}) || (len(w.targets) > 0) != (want == "operation") {
			t.Errorf("at %v: events %v, targets %v, %v; want %s", utilization, events, w.targets, err, want)
		}
	}
}

// A newer transition has been decided on since.
func TestAnAlarmOlderThanTheNewestHandledIsADuplicate(t *testing.T) {
	w := newWorld(t, 0.9)
	if _, err := w.invoke(eventFile(t, "scaler-alarm-up.json")); err != nil {
		t.Fatal(err)
	}
	events, err := w.invoke(letter(t, "record-alarm.json", "2026-11-02T09:15:42", "2026-11-02T08:15:42"))
	if err != nil || !slices.Equal(events, []string{"duplicate"}) || len(w.targets) != 1 {
		t.Errorf("events %v, targets %v, %v", events, w.targets, err)
	}
}
