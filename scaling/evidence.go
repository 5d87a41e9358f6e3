package scaling

import (
	"math"
	"slices"
	"time"
)

// recentMinutes is how many of the newest samples describe "now" in a decision.
const recentMinutes = 5

// alarmGrace is how many minutes late CloudWatch may show a minute, or an alarm ask about it: CloudWatch evaluates, SNS delivers and
// metrics arrive minutes apart.
const alarmGrace = 5

// recentUtilization is the highest utilization among the newest minutes, and the limit that
// binds there.
func recentUtilization(o Observation, s Settings) (float64, Limit) {
	highest, limit := 0.0, LimitBytes
	for _, sample := range o.Traffic.Since(o.Traffic.To.Add(-recentMinutes * time.Minute)) {
		if u := sample.Utilization(o.Stream.OpenShards, s.ThrottledShare); u >= highest {
			_, limit = utilizationOf(&sample, o.Stream.OpenShards)
			highest = u
		}
	}
	return highest, limit
}

// confirmed reports whether the samples confirm the alarm, with the true open shard count: an
// alarm may be late, forged, or hold a stale shard count. An answer without samples shows no load, so
// it confirms no scale-up. Where CloudWatch did not answer, what the scale-up alarm itself holds may.
func confirmed(now time.Time, s Settings, o Observation, d *Decision) bool {
	if !o.Traffic.Known {
		if o.Alarm == Up && shownByAlarm(now, s, o) {
			d.because(AlarmTrusted, "CloudWatch gave no samples; the alarm holds %d datapoints at or above %v, of %s",
				o.Status.Evaluated.Beyond, s.ScaleUpThreshold, o.Status.Evaluated.At.UTC().Format(time.RFC3339))
			return true
		}
		d.hold(now.Add(metricsRetry), HoldMetricsUnavailable, "CloudWatch did not answer")
		return false
	}
	up, down := thresholds(s, o)
	if o.Alarm == Up {
		if len(o.Traffic.Samples) == 0 {
			d.hold(now.Add(metricsRetry), HoldNoSamples, "none since %s", o.Traffic.From.UTC().Format(time.RFC3339))
			return false
		}
		usable := ""
		if d.Utilization < s.ScaleUpThreshold {
			usable = usableNote(s, o, Up)
		}
		d.because(UtilizationMeasured, "%.2f of %s%s", d.Utilization, d.Limit, usable)
		switch {
		case isFull(s, o.atThisSize(s)):
			return true
		case o.HotKey.Suspected():
			// The alarm is made anew without refusals. Until then it stays in ALARM, also where the load rises, so it is asked again soon.
			d.hold(now.Add(lagRetry), HoldHotKey, "%s; asked again at %s", o.HotKey, o.HotKey.AskAt.UTC().Format(time.RFC3339))
		case isFull(s, o) && refusalsOf(now, o).Shards == 0: // whether more shards helped it, no minute shows yet
			d.hold(now.Add(soonRetry), HoldUnjudged, "no minute is measured since it has %d shards", d.From)
		default:
			d.hold(now.Add(soonRetry), HoldUtilizationLow, "fewer than %d of %d datapoints at or above %v",
				s.ScaleUpAlarm.DatapointsToAlarm, s.ScaleUpAlarm.EvaluationPeriods, inThousandths(up))
		}
		return false
	}
	d.because(UtilizationMeasured, "%.2f of %s", d.Utilization, d.Limit)
	if datapointsBeyond(s, o, Down) < s.ScaleDownAlarm.DatapointsToAlarm {
		d.hold(now.Add(lagRetry), HoldUtilizationHigh, "fewer than %d of %d datapoints below %v%s",
			s.ScaleDownAlarm.DatapointsToAlarm, s.ScaleDownAlarm.EvaluationPeriods, inThousandths(down), usableNote(s, o, Down))
		return false
	}
	return true
}

// isFull reports whether the newest datapoints that are shown would set off the scale-up alarm. Older ones do not count, though the
// alarm looks at them: a burst that is over would be met with a second growth.
func isFull(s Settings, o Observation) bool {
	return datapointsBeyond(s, o.shown(), Up) >= s.ScaleUpAlarm.DatapointsToAlarm
}

// atThisSize returns what the newest minutes show of the size that the stream has now. What a minute refused before that tells
// what producers asked for, and not that this size is full.
func (o Observation) atThisSize(s Settings) Observation {
	from := o.Traffic.To.Add(-s.ScaleUpAlarm.Length() - alarmGrace*time.Minute)
	o.Traffic.Samples = slices.Clone(o.Traffic.Since(from))
	for i := range o.Traffic.Samples {
		sample := &o.Traffic.Samples[i]
		if !sample.At.Before(o.Usable.Since) {
			break
		}
		factor := sentFactor(sample)
		sample.Bytes, sample.Records, sample.Throttled = factor*sample.Bytes, factor*sample.Records, 0
	}
	return o
}

// shownByAlarm reports whether the scale-up alarm itself, as CloudWatch holds it and not as a message
// says, shows that the stream is full: it is in ALARM, has the open shards and settings that it should
// have, and was evaluated a short while ago with enough datapoints beyond its threshold.
func shownByAlarm(now time.Time, s Settings, o Observation) bool {
	found := o.Status.Evaluated
	return o.Status.State == StateAlarm && o.Status.InSync && found.Beyond >= max(s.ScaleUpAlarm.DatapointsToAlarm, 1) &&
		!found.At.Before(now.Add(-evaluationAge)) && !found.At.After(now.Add(MaxClockSkew))
}

// evaluationAge is how old an alarm's own datapoints may be. An alarm that stays in ALARM keeps those of
// its transition; it is armed again before they are looked at a second time.
const evaluationAge = 2 * alarmGrace * time.Minute

// inThousandths is a utilization as the trail shows it.
func inThousandths(u float64) float64 { return math.Round(u*1000) / 1000 }

// datapointsBeyond counts the datapoints of a direction's alarm window that are beyond its threshold, with
// the window ending where the traffic does.
func datapointsBeyond(s Settings, o Observation, dir Direction) int {
	up, down := thresholds(s, o)
	points := datapoints(s, o, s.alarm(dir))
	if dir == Down {
		return len(points) - countAtLeast(points, down)
	}
	return countAtLeast(points, up)
}

// datapoints returns the utilization of each datapoint of a window that ends where the traffic does, oldest first. Minutes without a
// sample count as nothing.
func datapoints(s Settings, o Observation, window AlarmWindow) []float64 {
	period, minutes := time.Duration(window.PeriodMinutes)*time.Minute, float64(window.PeriodMinutes)
	samples := o.Traffic.Since(o.Traffic.To.Add(-window.Length()))
	points := make([]float64, 0, max(window.EvaluationPeriods, 0))
	for i := window.EvaluationPeriods; i > 0; i-- {
		until := o.Traffic.To.Add(-time.Duration(i-1) * period)
		var point Sample
		for len(samples) > 0 && samples[0].At.Before(until) {
			point.Bytes += plausible(samples[0].Bytes)
			point.Records += plausible(samples[0].Records)
			point.Throttled += plausible(samples[0].Throttled)
			samples = samples[1:]
		}
		point.Bytes, point.Records, point.Throttled = point.Bytes/minutes, point.Records/minutes, point.Throttled/minutes
		points = append(points, point.Utilization(o.Stream.OpenShards, s.ThrottledShare))
	}
	return points
}

// untilBelow is how long it takes until enough of a window's datapoints are below a threshold, if
// all that come are; 0 when enough are now.
func untilBelow(s Settings, o Observation, threshold float64, window AlarmWindow) time.Duration {
	spare := window.EvaluationPeriods - window.DatapointsToAlarm
	for i, u := range slices.Backward(datapoints(s, o, window)) {
		if u < threshold {
			continue
		}
		if spare--; spare < 0 {
			return time.Duration((i+1)*window.PeriodMinutes) * time.Minute
		}
	}
	return 0
}

// countAtLeast counts the datapoints at or above a utilization.
func countAtLeast(points []float64, u float64) int {
	count := 0
	for _, point := range points {
		if point >= u {
			count++
		}
	}
	return count
}

// publishDelay is how long CloudWatch may take to show a minute. Kinesis metrics are usually
// seen within two minutes.
const publishDelay = 3 * time.Minute

// safeToShrink reports whether nothing speaks against fewer shards, and holds the decision
// otherwise. Bounds are obeyed only as far as these checks let them.
func safeToShrink(now time.Time, s Settings, o Observation, d *Decision) bool {
	window := s.ScaleDownAlarm.Length()
	if !o.Traffic.Known {
		d.hold(now.Add(metricsRetry), HoldMetricsUnavailable, "CloudWatch did not answer")
		return false
	}
	if ready := o.Stream.CreatedAt.Add(window); !o.Stream.CreatedAt.IsZero() && now.Before(ready) {
		d.hold(ready, HoldStreamIsNew, "created %s", o.Stream.CreatedAt.UTC().Format(time.RFC3339))
		return false
	}
	if from, until, found := busyGap(s, o, window); found {
		d.hold(within(until, now, now.Add(lagRetry)), HoldMetricsGap, "no metrics since %s, when the stream was busy", from.UTC().Format(time.RFC3339))
		return false
	}
	if s.IteratorAgeMinutes > 0 {
		limit := time.Duration(s.IteratorAgeMinutes) * time.Minute
		for _, sample := range o.Traffic.Since(o.Traffic.To.Add(-recentMinutes * time.Minute)) {
			if sample.IteratorAge >= limit {
				d.hold(now.Add(lagRetry), HoldConsumersLag, "iterator age %s, limit %s", sample.IteratorAge.Round(time.Second), limit)
				return false
			}
		}
	}
	return true
}

// busyGap finds minutes without any metric right after a busy minute, inside the window. A
// stream without traffic publishes no IncomingBytes, so silence may mean zero; but right after a
// busy minute, and with the consumers' metrics silent too, it rather means that metrics are
// missing. Silence as long as the whole window is believed.
func busyGap(s Settings, o Observation, window time.Duration) (from, until time.Time, found bool) {
	samples := o.Traffic.Since(o.Traffic.To.Add(-window))
	_, down := thresholds(s, o)
	for i, sample := range samples {
		next := o.Traffic.To.Add(-publishDelay)
		if i+1 < len(samples) {
			next = samples[i+1].At
		}
		silent := next.Sub(sample.At) > 2*time.Minute
		if silent && sample.Utilization(o.Stream.OpenShards, s.ThrottledShare) >= down {
			return sample.At, sample.At.Add(window), true
		}
	}
	return time.Time{}, time.Time{}, false
}

// within returns t, or the end of a span of time that t is beyond.
func within(t, from, until time.Time) time.Time {
	switch {
	case t.Before(from):
		return from
	case t.After(until):
		return until
	}
	return t
}
