package scaling

import "time"

// targetTracking is the policy target-tracking.
func targetTracking(_ time.Time, s Settings, _ Observation, _ History, d *Decision) int {
	want := ceilShards(d.Utilization * float64(d.From) / s.TargetUtilization)
	d.because(SizedToLoad, "%.2f of %d shards at target utilization %v", d.Utilization, d.From, s.TargetUtilization)
	return want
}
