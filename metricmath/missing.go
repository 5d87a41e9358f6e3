package metricmath

// From datapoints to a state: the threshold, M out of N, and missing data.
// Source of every rule here: CloudWatch user guide, "Configuring how CloudWatch
// alarms treat missing data" (alarms-and-missing-data.html), read 2026-11-23.

// rule is the part of a definition that judges datapoints.
type rule struct {
	evaluationPeriods int // N
	datapointsToAlarm int // M
	operator          ComparisonOperator
	threshold         float64
	missing           MissingData
}

func newRule(d Definition) rule {
	return rule{d.EvaluationPeriods, d.toAlarm(), d.ComparisonOperator, d.Threshold, d.treatment()}
}

// breaches reports whether a value is on the wrong side of the threshold.
func (r *rule) breaches(v float64) bool {
	switch r.operator {
	case GreaterThanOrEqualToThreshold:
		return v >= r.threshold
	case GreaterThanThreshold:
		return v > r.threshold
	case LessThanThreshold:
		return v < r.threshold
	case LessThanOrEqualToThreshold:
	}
	return v <= r.threshold
}

// tally counts the datapoints that decide: the newest N real ones of the range.
type tally struct {
	real          int
	breaching     int
	oldestBreach  int // age of the oldest breaching one; the newest period is 1
	evaluationLen int
	kept          bool // the missing ones leave the state as it was
}

// filled returns how many of the N datapoints are missing.
func (t tally) filled() int { return t.evaluationLen - t.real }

func (r *rule) count(points []point) tally {
	t := tally{evaluationLen: r.evaluationPeriods}
	for i := len(points) - 1; i >= 0 && t.real < r.evaluationPeriods; i-- {
		if !points[i].ok {
			continue
		}
		t.real++
		if r.breaches(points[i].value) {
			t.breaching++
			t.oldestBreach = len(points) - i
		}
	}
	return t
}

// judge returns the state that the datapoints of the evaluation range give,
// oldest first. The previous state matters only for [TreatIgnore].
//
// Real datapoints count before missing ones, which fill up to N. With
// [TreatMissing] and [TreatIgnore] nothing stands in for them, and the guide
// settles what happens by examples only; they agree with this reading:
//
//   - M breaching ones are an alarm, whatever the missing ones were;
//   - else one that is not breaching makes it OK;
//   - else, with ignore, the state stays;
//   - else, with missing, no datapoint at all is INSUFFICIENT_DATA, and a
//     breaching one at least M periods old, with nothing but missing and
//     breaching ones in the range, is an alarm ("premature alarm state"). A
//     younger one is "not immediately" an alarm: OK here. The guide of 2020
//     still listed this case, "- - - - X", as INSUFFICIENT_DATA; the guide read
//     has that state only when all datapoints are missing.
func (r *rule) judge(points []point, previous State) (State, tally) {
	t := r.count(points)
	breaching := t.breaching
	if r.missing == TreatBreaching {
		breaching += t.filled()
	}
	switch {
	case breaching >= r.datapointsToAlarm:
		return InAlarm, t
	case t.filled() == 0 || r.missing == TreatBreaching || r.missing == TreatNotBreaching:
		return OK, t
	case t.breaching < t.real:
		return OK, t
	case r.missing == TreatIgnore:
		t.kept = true
		return previous, t
	case t.real == 0:
		return InsufficientData, t
	case t.oldestBreach >= r.datapointsToAlarm:
		return InAlarm, t
	}
	return OK, t
}
