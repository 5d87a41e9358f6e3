package metricmath

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
)

// The limits of PutMetricAlarm (API reference, MetricDataQuery and
// PutMetricAlarm, read 2026-11-23).
const (
	maxMetrics     = 10
	maxExpressions = 10
	// Period x EvaluationPeriods is at most a day, or a week when the period is
	// at least an hour.
	shortWindow  = 24 * time.Hour
	longWindow   = 7 * 24 * time.Hour
	longPeriod   = time.Hour
	maxIDLength  = 255
	minuteLength = time.Minute
)

// Validate reports every fault of the definition at once, joined, or nil. It
// refuses what CloudWatch refuses, and what this package does not model.
func (d Definition) Validate() error {
	_, err := d.compile()
	return err
}

// compile checks the definition and turns it into a program.
func (d Definition) compile() (*program, error) {
	err := errors.Join(d.validateAlarm(), d.validateQueries(), d.validatePeriods())
	if err != nil {
		return nil, err
	}
	return compileQueries(d)
}

func (d Definition) validateAlarm() error {
	var errs []error
	if math.IsNaN(d.Threshold) || math.IsInf(d.Threshold, 0) {
		errs = append(errs, fmt.Errorf("threshold is %v; it must be a finite number", d.Threshold))
	}
	operators := []ComparisonOperator{
		GreaterThanOrEqualToThreshold, GreaterThanThreshold, LessThanThreshold, LessThanOrEqualToThreshold,
	}
	if !slices.Contains(operators, d.ComparisonOperator) {
		errs = append(errs, fmt.Errorf("comparison operator %q is not one of %v", d.ComparisonOperator, operators))
	}
	if d.EvaluationPeriods < 1 {
		errs = append(errs, fmt.Errorf("evaluation periods are %d; at least 1 is needed", d.EvaluationPeriods))
	}
	if d.DatapointsToAlarm < 0 || d.DatapointsToAlarm > d.EvaluationPeriods {
		errs = append(errs, fmt.Errorf("datapoints to alarm are %d; they must be 1 to %d, the evaluation periods, or 0 for all",
			d.DatapointsToAlarm, d.EvaluationPeriods))
	}
	treatments := []MissingData{"", TreatMissing, TreatIgnore, TreatBreaching, TreatNotBreaching}
	if !slices.Contains(treatments, d.TreatMissingData) {
		errs = append(errs, fmt.Errorf("treat missing data is %q; it must be one of %v or empty", d.TreatMissingData, treatments[1:]))
	}
	return errors.Join(errs...)
}

func (d Definition) validateQueries() error {
	var errs []error
	metrics, returned := 0, 0
	seen := map[string]bool{}
	for _, q := range d.Queries {
		if err := q.validate(); err != nil {
			errs = append(errs, fmt.Errorf("query %q: %w", q.ID, err))
		}
		if seen[q.ID] {
			errs = append(errs, fmt.Errorf("query %q: another query has the same id", q.ID))
		}
		seen[q.ID] = true
		if q.MetricStat != nil {
			metrics++
		}
		if q.ReturnData {
			returned++
		}
	}
	if metrics == 0 {
		errs = append(errs, errors.New("no query is a metric; an alarm needs at least one"))
	}
	if metrics > maxMetrics {
		errs = append(errs, fmt.Errorf("%d metrics; at most %d are allowed", metrics, maxMetrics))
	}
	if n := len(d.Queries) - metrics; n > maxExpressions {
		errs = append(errs, fmt.Errorf("%d expressions; at most %d are allowed", n, maxExpressions))
	}
	if returned != 1 {
		errs = append(errs, fmt.Errorf("%d queries return data; exactly one must", returned))
	}
	return errors.Join(errs...)
}

func (q Query) validate() error {
	var errs []error
	if !validID(q.ID) {
		errs = append(errs, errors.New("an id is a lower-case letter followed by letters, digits and underscores, 255 at most"))
	}
	if (q.Expression == "") == (q.MetricStat == nil) {
		errs = append(errs, errors.New("exactly one of expression and metric must be set"))
	}
	if q.Expression != "" {
		_, err := Parse(q.Expression)
		errs = append(errs, err)
	}
	if q.MetricStat != nil {
		errs = append(errs, q.MetricStat.validate())
	}
	return errors.Join(errs...)
}

func validID(id string) bool {
	if id == "" || len(id) > maxIDLength || !isLower(id[0]) {
		return false
	}
	for i := range len(id) {
		if !isNameByte(id[i]) {
			return false
		}
	}
	return true
}

func (m MetricStat) validate() error {
	var errs []error
	if m.Metric.Namespace == "" || m.Metric.Name == "" {
		errs = append(errs, errors.New("a metric needs a namespace and a name"))
	}
	statistics := []Statistic{Sum, Average, Minimum, Maximum, SampleCount}
	if !slices.Contains(statistics, m.Stat) {
		errs = append(errs, fmt.Errorf("statistic %q is not one of %v", m.Stat, statistics))
	}
	if m.Period <= 0 || m.Period%minuteLength != 0 {
		errs = append(errs, fmt.Errorf("period %v is not a multiple of a minute", m.Period))
	}
	return errors.Join(errs...)
}

func (d Definition) validatePeriods() error {
	var errs []error
	period := d.period()
	for _, q := range d.Queries {
		if q.MetricStat != nil && q.MetricStat.Period != period {
			errs = append(errs, fmt.Errorf("query %q: period %v differs from the period %v of another metric; all must be equal",
				q.ID, q.MetricStat.Period, period))
		}
	}
	limit := shortWindow
	if period >= longPeriod {
		limit = longWindow
	}
	// Divided, not multiplied: the product may overflow.
	if period > 0 && d.EvaluationPeriods > int(limit/period) {
		errs = append(errs, fmt.Errorf("%d evaluation periods of %v are more than %v", d.EvaluationPeriods, period, limit))
	}
	return errors.Join(errs...)
}
