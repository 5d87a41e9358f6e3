package simulate_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/internal/trace"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/report"
)

// A stream of 8 shards is half full for four hours and has little to do from then on: at 0.2 it
// halves after two hours of calm, and at once when no calm is asked for; at 0.1, below half of
// the threshold, it does not wait. Meanwhile it is looked at now and then, not every minute.
func TestDoubleHalveWaitsForCalm(t *testing.T) {
	const drop = 240
	for name, test := range map[string]struct {
		low         float64 // utilization from the drop on
		calm        string
		from, until int // minutes after the drop between which the first halving comes
		least, most int // holds for want of calm until then
	}{
		"a lull":                        {0.2, "120", 110, 130, 1, 3},
		"a lull, and no calm asked for": {0.2, "0", 50, 70, 0, 0},
		"nearly idle":                   {0.1, "120", 50, 70, 0, 2}, // until the datapoint of the drop has left
	} {
		var seen log
		w := world(t, simulate.Options{Hooks: seen.hooks()})
		tags := enabled()
		tags[scaling.TagPrefix+"calm-minutes"] = test.calm
		create(t, w, simulate.StreamSpec{Shards: 8, Age: 24 * time.Hour, Tags: tags, Load: func(minute int) trace.Rate {
			if minute < drop {
				return steady(4)(minute)
			}
			return steady(8 * test.low)(minute)
		}})
		pass(t, w, drop+test.until)
		got := changes(w)
		if len(got) != 1 || got[0][0] < drop+test.from {
			t.Errorf("%s: changes %v, want one from minute %d to %d", name, got, drop+test.from, drop+test.until)
			continue
		}
		if diff := cmp.Diff([3]int{got[0][0], 8, 4}, got[0]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		waits := 0
		for _, r := range seen.reports {
			if r.Event == report.Hold && r.Reasons.Last() == scaling.HoldNotCalm {
				waits++
			}
		}
		if waits < test.least || waits > test.most {
			t.Errorf("%s: held %d times for want of calm, want %d to %d", name, waits, test.least, test.most)
		}
	}
}
