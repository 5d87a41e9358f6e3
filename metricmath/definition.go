package metricmath

// What an alarm is: the part of PutMetricAlarm that decides its state.

import "time"

// State is the state of an alarm, spelled as CloudWatch spells it.
type State string

// The states of an alarm. A new alarm is InsufficientData.
const (
	OK               State = "OK"
	InAlarm          State = "ALARM"
	InsufficientData State = "INSUFFICIENT_DATA"
)

// Statistic says how the samples of a period become one value.
type Statistic string

// The statistics that this package models. Percentiles are not among them.
const (
	Sum         Statistic = "Sum"
	Average     Statistic = "Average"
	Minimum     Statistic = "Minimum"
	Maximum     Statistic = "Maximum"
	SampleCount Statistic = "SampleCount"
)

// ComparisonOperator says when a datapoint breaches the threshold.
type ComparisonOperator string

// The operators for a static threshold.
const (
	GreaterThanOrEqualToThreshold ComparisonOperator = "GreaterThanOrEqualToThreshold"
	GreaterThanThreshold          ComparisonOperator = "GreaterThanThreshold"
	LessThanThreshold             ComparisonOperator = "LessThanThreshold"
	LessThanOrEqualToThreshold    ComparisonOperator = "LessThanOrEqualToThreshold"
)

// MissingData says how missing datapoints count when there are fewer real ones
// than evaluation periods. The zero value means [TreatMissing], as in the API, but
// [TreatIgnore] for an alarm on a metric of AWS/DynamoDB.
type MissingData string

// The four treatments of missing data.
const (
	TreatMissing      MissingData = "missing"
	TreatIgnore       MissingData = "ignore"
	TreatBreaching    MissingData = "breaching"
	TreatNotBreaching MissingData = "notBreaching"
)

// Dimension is one name and value of a metric.
type Dimension struct{ Name, Value string }

// MetricName identifies a metric.
type MetricName struct {
	Namespace, Name string
	Dimensions      []Dimension
}

// MetricStat is a metric, aggregated.
type MetricStat struct {
	Metric MetricName
	Stat   Statistic
	// Period is the length of a datapoint: a multiple of a minute. The periods
	// of 10, 20 and 30 seconds are for high-resolution metrics and not modelled.
	Period time.Duration
}

// Query is a metric or an expression, with the id that expressions use for it.
// Exactly one of Expression and MetricStat is set.
type Query struct {
	ID         string // a lower-case letter, then letters, digits and underscores
	Label      string // for people; it does not change the result
	Expression string // metric math, see [Parse]
	MetricStat *MetricStat
	ReturnData bool // the alarm watches this one; exactly one query has it
}

// Definition is an alarm's configuration.
type Definition struct {
	// Queries holds at most 10 metrics and 10 expressions. An alarm on a single
	// metric is one query with ReturnData, see [SingleMetric].
	Queries            []Query
	Threshold          float64
	ComparisonOperator ComparisonOperator
	EvaluationPeriods  int // N: how many datapoints decide
	DatapointsToAlarm  int // M: how many of them must breach; 0 means all
	TreatMissingData   MissingData
	// EvaluationRange is how many datapoints an alarm asks for, in case some of the
	// newest are missing: at least N. 0 means N + 2. PutMetricAlarm has no such
	// field: CloudWatch chooses the number, and does not say how.
	EvaluationRange int
}

// SingleMetric returns the queries of an alarm that watches one metric without
// metric math.
func SingleMetric(m MetricStat) []Query {
	return []Query{{ID: "m1", MetricStat: &m, ReturnData: true}}
}

// extraPeriods is how many more datapoints an alarm asks for than it has
// evaluation periods, where the definition does not say. See the first assumption
// in the package's documentation.
const extraPeriods = 2

// Range returns the evaluation range: how many datapoints an alarm asks for.
func (d Definition) Range() int {
	if d.EvaluationRange == 0 {
		return d.EvaluationPeriods + extraPeriods
	}
	return d.EvaluationRange
}

// Reach returns how many minutes an evaluation looks back. It is 0 when the
// definition has no metric.
func (d Definition) Reach() int {
	reach := d.Range() * int(d.period()/time.Minute)
	if d.hourly() {
		reach += minutesOfHour - 1 // the range ends up to an hour ago
	}
	return reach
}

// hourly reports whether the evaluation periods are more than a day together:
// such an alarm is evaluated once an hour.
func (d Definition) hourly() bool {
	period := d.period()
	return period > 0 && d.EvaluationPeriods > int(day/period)
}

const day = 24 * time.Hour

// period returns the period of the first metric. In a valid definition all
// metrics have the same.
func (d Definition) period() time.Duration {
	for _, q := range d.Queries {
		if q.MetricStat != nil {
			return q.MetricStat.Period
		}
	}
	return 0
}

// toAlarm returns M.
func (d Definition) toAlarm() int {
	if d.DatapointsToAlarm == 0 {
		return d.EvaluationPeriods
	}
	return d.DatapointsToAlarm
}

// treatment returns how missing data count. "Alarms that evaluate metrics in the
// AWS/DynamoDB namespace default to ignore missing data. You can override this"
// (user guide, "Configuring how CloudWatch alarms treat missing data", read
// 2026-11-26).
func (d Definition) treatment() MissingData {
	if d.TreatMissingData != "" {
		return d.TreatMissingData
	}
	for _, q := range d.Queries {
		if q.MetricStat != nil && q.MetricStat.Metric.Namespace == "AWS/DynamoDB" {
			return TreatIgnore
		}
	}
	return TreatMissing
}
