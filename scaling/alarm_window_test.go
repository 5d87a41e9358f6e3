package scaling_test

import (
	"strings"
	"testing"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// Who makes an alarm's window shorter need not know how many datapoints it wants to see: all that are left. What somebody has set
// is meant, and told where it cannot be.
func TestAShorterWindowWantsNoMoreDatapointsThanItHas(t *testing.T) {
	for _, test := range []struct {
		name     string
		set      scaling.Layer
		up, down int // datapoints
		fault    string
	}{
		{"nothing set", scaling.Layer{}, 1, 14, ""},
		{"a shorter window", scaling.Layer{"scale-down-evaluation-periods": "10"}, 1, 10, ""},
		{"a longer window", scaling.Layer{"scale-down-evaluation-periods": "30"}, 1, 14, ""},
		{"of target-tracking", scaling.Layer{"policy": "target-tracking", "scale-down-evaluation-periods": "5"}, 1, 5, ""},
		{"both set", scaling.Layer{"scale-down-evaluation-periods": "10", "scale-down-datapoints-to-alarm": "8"}, 1, 8, ""},
		{"more than there are", scaling.Layer{"scale-down-evaluation-periods": "10", "scale-down-datapoints-to-alarm": "14"}, 1, 14, "scale-down-datapoints-to-alarm: 14 is not between 1 and 10"},
		{"no window", scaling.Layer{"scale-up-evaluation-periods": "0"}, 1, 14, "scale-up-evaluation-periods: 0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := scaling.Effective(test.set)
			if up, down := got.ScaleUpAlarm.DatapointsToAlarm, got.ScaleDownAlarm.DatapointsToAlarm; up != test.up || down != test.down {
				t.Errorf("%d and %d datapoints, want %d and %d", up, down, test.up, test.down)
			}
			if test.fault == "" && err != nil || test.fault != "" && (err == nil || !strings.Contains(err.Error(), test.fault)) {
				t.Errorf("error %v, want %q", err, test.fault)
			}
		})
	}
}

// A layer on top of the fewest settings that say the same means what it means on top of those that were set.
func TestTheFewestSettingsLeaveTheDatapointsToTheWindow(t *testing.T) {
	short, err := scaling.Effective(scaling.Layer{"scale-down-evaluation-periods": "10"})
	if err != nil {
		t.Fatal(err)
	}
	longer := scaling.Layer{"scale-down-evaluation-periods": "12"}
	got, err := scaling.Effective(short.Set(), longer)
	if err != nil || got.ScaleDownAlarm.DatapointsToAlarm != 12 {
		t.Errorf("%d datapoints, %v; want 12", got.ScaleDownAlarm.DatapointsToAlarm, err)
	}
}
