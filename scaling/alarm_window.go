package scaling

import (
	"fmt"
	"time"
)

// AlarmWindow is when an alarm fires, in CloudWatch's own words: at least DatapointsToAlarm of
// the newest EvaluationPeriods datapoints, each over PeriodMinutes, beyond the threshold.
type AlarmWindow struct {
	PeriodMinutes     int
	EvaluationPeriods int
	DatapointsToAlarm int
}

// Length is how far back the window reaches.
func (w AlarmWindow) Length() time.Duration {
	return time.Duration(w.PeriodMinutes*w.EvaluationPeriods) * time.Minute
}

// alarm is the window of a direction's alarm; that of the scale-up alarm for Hold.
func (s Settings) alarm(dir Direction) AlarmWindow {
	if dir == Down {
		return s.ScaleDownAlarm
	}
	return s.ScaleUpAlarm
}

// maxPeriodMinutes is the longest period for which an alarm may look back a day, and no further.
const maxPeriodMinutes = 60

// tooLong says that the window is longer than CloudWatch's limit of one day for periods below an hour
// (PutMetricAlarm, read 2026-11); empty when it is not, or its period by itself cannot be.
func (w AlarmWindow) tooLong() string {
	if w.periodCanBe() && w.EvaluationPeriods > 24*60/w.PeriodMinutes { // a product could overflow
		return fmt.Sprintf("%d periods of %d minutes are more than a day", w.EvaluationPeriods, w.PeriodMinutes)
	}
	return ""
}

// tooMany says that an alarm wants to see fewer datapoints than one, or more than its window has; empty
// when it does not, or the window itself cannot be.
func (w AlarmWindow) tooMany() string {
	windowCanBe := w.periodCanBe() && w.EvaluationPeriods > 0 && w.tooLong() == ""
	if windowCanBe && (w.DatapointsToAlarm < 1 || w.DatapointsToAlarm > w.EvaluationPeriods) {
		return fmt.Sprintf("%d is not between 1 and %d", w.DatapointsToAlarm, w.EvaluationPeriods)
	}
	return ""
}

// wantingNoMore returns the window of an alarm whose number of datapoints nobody has set: it wants to see no more of them than it has.
func (w AlarmWindow) wantingNoMore() AlarmWindow {
	w.DatapointsToAlarm = min(w.DatapointsToAlarm, max(1, w.EvaluationPeriods))
	return w
}

// wantsTheUsual reports whether the window wants to see as many datapoints as when nobody has set how many, where it is usually another.
func (w AlarmWindow) wantsTheUsual(usual AlarmWindow) bool {
	usual.EvaluationPeriods = w.EvaluationPeriods
	return w.DatapointsToAlarm == usual.wantingNoMore().DatapointsToAlarm
}

func (w AlarmWindow) periodCanBe() bool {
	return w.PeriodMinutes >= 1 && w.PeriodMinutes <= maxPeriodMinutes
}
