package scaling_test

import (
	"testing"
	"time"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// A size is chosen for what leaves room below the scale-up alarm: with its default for 0.9 at most, else each new size would set it off
// again. More has an effect where the threshold is higher, too.
func TestTargetUtilizationStaysBelowTheScaleUpThreshold(t *testing.T) {
	size := func(target, up float64) int {
		in := tracked(noon(), scaling.Down, 100, flow(noon(), 3*time.Hour, always(60)))
		in.s.ScaleUpThreshold, in.s.ScaleDownThreshold, in.s.TargetUtilization, in.s.ForecastUtilization, in.s.MinSaving = up, 0.7, target, 1, 0.01
		return in.decide().Target
	}
	usual := scaling.Defaults(scaling.TargetTracking)
	equal(t, "as far as with the default", size(1, usual.ScaleUpThreshold), size(usual.TargetUtilization, usual.ScaleUpThreshold))
	if more, less := size(0.9, 0.95), size(0.8, 0.95); more >= less {
		t.Errorf("%d shards for 0.9, %d for 0.8", more, less)
	}
	if higher, usual := size(1, 1), size(1, 0.95); higher >= usual {
		t.Errorf("%d shards beside a threshold of 1, %d beside the default", higher, usual)
	}
}
