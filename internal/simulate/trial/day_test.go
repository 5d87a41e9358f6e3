package trial_test

import (
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/internal/simulate/trial"
)

// Each whole day is told once, of trials side by side as well, and telling changes nothing.
func TestDaysAreTold(t *testing.T) {
	var days atomic.Int64
	silent := trial.Spec{Trace: flat(2*trial.MinutesOfDay+30, 3), Seed: 1}
	telling := silent
	telling.Day = func() { days.Add(1) }
	results, err := trial.All(t.Context(), []trial.Spec{telling, telling, silent}, nil)
	if err != nil || days.Load() != 4 {
		t.Fatalf("%d days told, %v; want 2 of each of two trials", days.Load(), err)
	}
	if diff := cmp.Diff(results[2], results[0]); diff != "" {
		t.Error(diff)
	}
}
