package simulate_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// The schedule delivers each minute three times, two of them at the same moment. The streams do as with one run a
// minute; of the runs that overlap one works, and the others say so.
func TestDoubledRunsOfTheReconciler(t *testing.T) {
	var rearms map[string]int
	ignored := 0
	play := func(runs ...time.Duration) [][3]int {
		rearms, ignored = map[string]int{}, 0
		w := world(t, simulate.Options{
			Faults: simulate.Faults{
				Runs: func(time.Time) []time.Duration { return runs },
				Before: func(c simulate.Call) simulate.Fault {
					if c.API == "SetAlarmState" {
						rearms[c.At.Truncate(time.Minute).String()+" "+c.Stream]++
					}
					return simulate.Fault{}
				},
			},
			Hooks: simulate.Hooks{Report: func(r simulate.Report) {
				if r.Function == simulate.Reconciler && r.Event == report.Ignored {
					ignored++
				}
			}},
		})
		for _, name := range []string{"orders", "payments", "clicks"} {
			create(t, w, simulate.StreamSpec{Name: name, Shards: 4, Age: 24 * time.Hour, Tags: enabled(), Load: dayCurve(1, 12)})
		}
		pass(t, w, 24*60)
		return changes(w)
	}
	once := play(0)
	if ignored > 0 || len(once) < 6 {
		t.Fatalf("%d runs ignored, operations %v", ignored, once)
	}
	doubled := play(0, 0, 20*time.Second)
	if diff := cmp.Diff(once, doubled); diff != "" {
		t.Errorf("operations (-once +doubled):\n%s", diff)
	}
	if ignored < 24*60 {
		t.Errorf("%d runs ended at once, want one a minute at least", ignored)
	}
	for at, n := range rearms {
		if n > 2 {
			t.Errorf("%s: armed %d times", at, n)
		}
	}
}
