package scaling

import "time"

// HeldByLag reports whether the scale-down alarm would ring but for consumers that are behind, and how far
// they are: inside the alarm's formula lag counts as a full stream, so nobody is asked and no decision says
// so. The traffic must reach back over the alarm's window.
func HeldByLag(s Settings, o Observation) (time.Duration, bool) {
	window, limit := s.ScaleDownAlarm, time.Duration(s.IteratorAgeMinutes)*time.Minute
	if limit == 0 || !o.Traffic.Known || o.Stream.OpenShards <= max(s.MinShards, 1) {
		return 0, false
	}
	if datapointsBeyond(s, o, Down) < window.DatapointsToAlarm {
		return 0, false
	}
	period := time.Duration(window.PeriodMinutes) * time.Minute
	start := o.Traffic.To.Add(-window.Length())
	lagging, longest := map[int]bool{}, time.Duration(0)
	for _, sample := range o.Traffic.Since(start) {
		if sample.IteratorAge >= limit {
			lagging[int(sample.At.Sub(start)/period)] = true
			longest = max(longest, sample.IteratorAge)
		}
	}
	return longest, len(lagging) > window.EvaluationPeriods-window.DatapointsToAlarm
}
