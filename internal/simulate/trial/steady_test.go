package trial_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/simulate"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// takenBack counts the scale-downs that a scale-up takes back within a time.
func takenBack(ops []simulate.Operation, within time.Duration) int {
	n := 0
	for i := 1; i < len(ops); i++ {
		if down, up := ops[i-1], ops[i]; down.To < down.From && up.To > up.From && up.At.Sub(down.At) <= within {
			n++
		}
	}
	return n
}

// The scale-up alarm may look further back than a scale-down does. A size at which the minutes that it still has would set it off is
// taken back as soon as it is there, by a load that is gone.
func TestAScaleUpAlarmThatLooksFarBackTakesNothingBack(t *testing.T) {
	for _, policy := range scaling.Policies() {
		set := scaling.Layer{
			"policy": string(policy), "scale-up-threshold": "0.7", "scale-down-threshold": "0.3",
			"scale-up-period-minutes": "5", "scale-up-evaluation-periods": "6", "scale-up-datapoints-to-alarm": "2",
		}
		got := loaded(t, 40, 0, 0, set, func(minute int) float64 {
			if minute < 30*60 {
				return 6
			}
			return 0.8
		})
		if undone := takenBack(got.Operations, 15*time.Minute); undone > 0 || got.Downs() == 0 {
			t.Errorf("%s: %d scale-downs, %d of them taken back within a quarter of an hour, by a load that ended: %v", policy, got.Downs(), undone, got.Operations)
		}
	}
}
