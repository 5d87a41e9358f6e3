package metricmath

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// The limits of PutMetricAlarm (API reference, MetricDataQuery and
// PutMetricAlarm, read 2026-11-23).
const (
	maxMetrics     = 10
	maxExpressions = 10
	// Period x EvaluationPeriods is at most a day, or a week when the period is
	// at least an hour.
	shortWindow  = day
	longWindow   = 7 * day
	retention    = 455 * day
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
	watched := slices.IndexFunc(d.Queries, func(q Query) bool { return q.ReturnData })
	return compileQueries(d.Queries, d.Queries[watched].ID, d.period())
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
			errs = append(errs, &QueryError{q.ID, err})
		}
		if seen[q.ID] {
			errs = append(errs, &QueryError{q.ID, errors.New("another query has the same id")})
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
		errs = append(errs, errID)
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

var errID = errors.New("an id is a lower-case letter followed by letters, digits and underscores, 255 at most")

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
	return errors.Join(append(errs, m.Stat.validate(), validatePeriod(m.Period))...)
}

// validate tells a statistic that CloudWatch has, such as p99, tm90, IQM or
// TM(10%:90%), from one that nobody has.
func (s Statistic) validate() error {
	modelled := []Statistic{Sum, Average, Minimum, Maximum, SampleCount}
	if slices.Contains(modelled, s) {
		return nil
	}
	name := strings.ToLower(string(s))
	for _, prefix := range []string{"p", "tm", "wm", "tc", "ts", "pr"} {
		rest, ok := strings.CutPrefix(name, prefix)
		if ok && rest != "" && (isDigit(rest[0]) || rest[0] == '(') || name == "iqm" {
			return &NotModelledError{
				Feature: "statistic " + shortened(string(s)),
				Why:     fmt.Sprintf("a sample holds no distribution of its values; %q is not one of %v", shortened(string(s)), modelled),
			}
		}
	}
	return fmt.Errorf("statistic %q is not one of %v", shortened(string(s)), modelled)
}

func validatePeriod(period time.Duration) error {
	if period > 0 && period%minuteLength == 0 {
		return nil
	}
	problem := fmt.Sprintf("%v is not a multiple of a minute", period)
	highResolution := []time.Duration{time.Second, 5 * time.Second, 10 * time.Second, 20 * time.Second, 30 * time.Second}
	if slices.Contains(highResolution, period) {
		return &NotModelledError{Feature: fmt.Sprintf("period %v", period), Why: problem}
	}
	return errors.New("period " + problem)
}

func (d Definition) validatePeriods() error {
	var errs []error
	period := d.period()
	for _, q := range d.Queries {
		if q.MetricStat != nil && q.MetricStat.Period != period {
			errs = append(errs, &QueryError{q.ID, fmt.Errorf("period %v differs from the period %v of another metric; all must be equal",
				q.MetricStat.Period, period)})
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
	if d.EvaluationRange != 0 && d.EvaluationRange < d.EvaluationPeriods {
		errs = append(errs, fmt.Errorf("evaluation range is %d; it must be at least %d, the evaluation periods, or 0 for %d more",
			d.EvaluationRange, d.EvaluationPeriods, extraPeriods))
	}
	if period > 0 && d.EvaluationRange > int(retention/period) {
		errs = append(errs, fmt.Errorf("evaluation range of %d periods of %v is more than %d days, which is how long CloudWatch keeps metrics",
			d.EvaluationRange, period, retention/day))
	}
	return errors.Join(errs...)
}
