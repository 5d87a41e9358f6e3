package main

// What the predecessor did wrong with its events. docs/predecessor.md has the whole list.

import (
	"slices"
	"testing"
)

// It panicked on a message of SNS that is no alarm, and on an alarm without metric math. With one
// dimension more it scaled another stream.
func TestPredecessor19_ATestMessagePanics(t *testing.T) {
	trigger := map[string]any{"MetricName": "CPUUtilization", "Dimensions": []any{map[string]any{"name": "StreamName", "value": "payments"}}}
	tests := map[string]struct {
		payload []byte
		event   string
	}{
		"text":              {eventFile(t, "scaler-text.json"), "bad_input"},
		"nothing":           {variant(t, map[string]any{"Message": nil}, nil), "bad_input"},
		"no alarm":          {variant(t, nil, map[string]any{"AlarmName": nil}), "bad_input"},
		"a list for a name": {variant(t, nil, map[string]any{"AlarmName": []any{"x"}}), "bad_input"},
		"no metric math":    {variant(t, nil, map[string]any{"Trigger": trigger}), "operation"}, // of orders, as the name says
		"no trigger":        {variant(t, nil, map[string]any{"Trigger": nil}), "operation"},
	}
	for name, tt := range tests {
		w := newWorld(t, 0.9)
		events, err := w.invoke(tt.payload)
		if err != nil || !slices.Equal(events, []string{tt.event}) {
			t.Errorf("%s: %v, %v; want %s", name, events, err, tt.event)
		}
		if tt.event == "operation" && !slices.Equal(w.targets, []int{4}) {
			t.Errorf("%s: targets %v, want those of orders", name, w.targets)
		}
	}
}

// It read the first record only, and never whether the alarm was in ALARM at all.
func TestPredecessor20_OnlyTheFirstRecordCounts(t *testing.T) {
	w := newWorld(t, 0.9)
	events, err := w.invoke(eventFile(t, "scaler-two-records.json"))
	if err != nil || !slices.Equal(events, []string{"operation", "operation"}) || len(w.targets) != 2 {
		t.Errorf("events %v, targets %v, %v", events, w.targets, err)
	}
	w = newWorld(t, 0.9)
	events, err = w.invoke(eventFile(t, "scaler-alarm-ok.json"))
	if err != nil || !slices.Equal(events, []string{"ignored"}) || len(w.targets) > 0 {
		t.Errorf("OK: events %v, targets %v, %v", events, w.targets, err)
	}
}
