package scaling

import "time"

// targetTracking is the policy target-tracking.
func targetTracking(now time.Time, s Settings, o Observation, _ History, d *Decision) int {
	want := ceilShards(d.Utilization * float64(d.From) / s.TargetUtilization)
	d.because(SizedToLoad, "%.2f of %d shards at target utilization %v", d.Utilization, d.From, s.TargetUtilization)
	if o.Alarm == Up && want <= d.From || o.Alarm == Down && want >= d.From {
		// An alarm never moves a stream the other way: more load would mean fewer shards. And it
		// may stay in ALARM while the load goes on, and then it tells nothing more.
		d.hold(now.Add(lagRetry), HoldRightSize, "")
		return d.From
	}
	return want
}
