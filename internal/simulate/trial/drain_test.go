package trial_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// What operations cost the consumers is in the decisions that led to them, where a metric tells of consumers.
func TestWhatOperationsCostConsumers(t *testing.T) {
	tr := trace.Trace{Start: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)}
	for minute := range 6 * 60 {
		tr.Minutes = append(tr.Minutes, trace.Rate{Records: 1000 * float64(1+minute/60*3)})
	}
	for consumers, want := range map[string]bool{"": false, "audit": true} {
		result, err := trial.Run(t.Context(), trial.Spec{Trace: tr, Settings: scaling.Layer{"fan-out-consumers": consumers}})
		if err != nil {
			t.Fatal(err)
		}
		operations, known := 0, 0
		for _, d := range result.Decisions {
			if d.Event != report.Operation {
				continue
			}
			if operations++; d.Drain > 0 {
				known++
			}
		}
		// One that another follows within minutes is not measured.
		if operations == 0 || known > 0 != want || want && known < operations-2 {
			t.Errorf("consumers %q: of %d operations it is known of %d what they cost", consumers, operations, known)
		}
	}
}
