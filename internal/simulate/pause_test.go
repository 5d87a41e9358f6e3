package simulate_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// A stream that needs more shards stays as it is while all resharding is paused, and grows soon after.
func TestAPauseStopsResharding(t *testing.T) {
	var operations []simulate.Operation
	held := 0
	w := world(t, simulate.Options{Hooks: simulate.Hooks{
		Operation: func(o simulate.Operation) { operations = append(operations, o) },
		Report: func(r simulate.Report) {
			if r.Event == report.Hold && r.Reasons.Last() == scaling.HoldPaused {
				held++
			}
		},
	}})
	create(t, w, simulate.StreamSpec{Shards: 2, Tags: enabled(), Load: steady(2.8), Age: 24 * time.Hour})
	if err := w.PauseAll(t.Context(), "an incident"); err != nil {
		t.Fatal(err)
	}
	pass(t, w, 120)
	if len(operations) > 0 || held != 1 {
		t.Fatalf("%d operations while paused, %d decisions held, want none and one", len(operations), held)
	}
	if err := w.ResumeAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	pass(t, w, 5)
	if len(operations) != 1 || operations[0].To != 4 {
		t.Errorf("operations in the five minutes after the pause: %+v", operations)
	}
}
