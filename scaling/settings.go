package scaling

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// Mode says whether Shardkeeper acts on a stream.
type Mode string

// The modes, the values of the tag "shardkeeper".
const (
	ModeEnabled  Mode = "enabled"
	ModeDryRun   Mode = "dry-run"  // decide and record, never act
	ModeDisabled Mode = "disabled" // not enrolled, whatever EnrollMode says
)

func modes() []Mode { return []Mode{ModeEnabled, ModeDryRun, ModeDisabled} }

// Policy names how a target is chosen.
type Policy string

// The policies.
const (
	DoubleHalve    Policy = "double-halve"
	TargetTracking Policy = "target-tracking"
)

// Policies returns all policies, the default first.
func Policies() []Policy { return []Policy{DoubleHalve, TargetTracking} }

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

// Settings are the effective settings of one stream. Defaults gives usable ones; the zero value
// is not valid.
type Settings struct {
	Mode   Mode
	Policy Policy

	MinShards int // never below; at least 1
	MaxShards int // never above; at most MaxStreamShards

	ScaleUpThreshold   float64 // utilization from which the scale-up alarm counts a datapoint, 0 to 1
	ScaleDownThreshold float64 // utilization below which the scale-down alarm counts a datapoint, 0 to 1
	ThrottledShare     float64 // share of refused records from which a minute counts as full, 0 to 1
	ScaleUpAlarm       AlarmWindow
	ScaleDownAlarm     AlarmWindow

	ScaleUpCooldown   time.Duration // minimum time since the last operation before a scale-up
	ScaleDownCooldown time.Duration // minimum time since the last operation before a scale-down
	ScaleUpReserve    int           // operations of the budget that scale-downs leave for scale-ups
	OperationLimit    int           // operations in a rolling 24 hours; see DefaultOperationLimit

	// Of double-halve: how long nearly all minutes must have been below ScaleDownThreshold before a
	// halving, where the scale-down alarm's are not below half of it too. 0: no such wait; at most a day.
	Calm time.Duration

	// Of target-tracking; see targetTracking for how they work together.
	TargetUtilization   float64       // utilization that the present load may have right after an operation, 0 to 1
	ForecastUtilization float64       // utilization that the forecast load may have, 0 to 1
	ForecastConfidence  float64       // share of the past half-hours that their forecasts would have been enough for, 0 to 1
	PeakHold            time.Duration // how long a peak counts as the present load, for each fold of the stream's growth
	OperationPrice      float64       // share of a day's shards that an operation must save, 0 to 1
	MinSaving           float64       // share of the open shards that a scale-down must save, 0 to 1
	MaxGrowth           float64       // most growth that room is kept for, as a factor, at least 1
	Lead                time.Duration // how long before a forecast load to scale up for it; 0 never does

	IteratorAgeMinutes int    // a scale-down waits while a consumer is this far behind; 0 never waits
	FanOutConsumers    string // names of enhanced fan-out consumers whose lag counts too, separated by spaces

	Consumer                    string // Lambda function whose reserved concurrency follows the shards; empty for none
	ConsumerConcurrencyPerShard int    // concurrency reserved for Consumer per open shard
}

// Defaults returns the settings of a policy before any parameter, tag or override. Effective lowers
// the scale-down threshold with a scale-up threshold that is set.
// docs/policies.md tells how the numbers were found. An unknown policy gets those of
// DoubleHalve.
func Defaults(p Policy) Settings {
	s := Settings{
		Mode:                        ModeEnabled,
		Policy:                      DoubleHalve,
		MinShards:                   1,
		MaxShards:                   MaxStreamShards,
		ScaleUpThreshold:            0.90,
		ScaleDownThreshold:          0.40,
		ThrottledShare:              0.01,
		ScaleUpAlarm:                AlarmWindow{PeriodMinutes: 1, EvaluationPeriods: 1, DatapointsToAlarm: 1},
		ScaleDownAlarm:              AlarmWindow{PeriodMinutes: 1, EvaluationPeriods: 15, DatapointsToAlarm: 14},
		ScaleUpCooldown:             0,
		ScaleDownCooldown:           time.Hour,
		ScaleUpReserve:              1,
		OperationLimit:              DefaultOperationLimit,
		IteratorAgeMinutes:          30,
		ConsumerConcurrencyPerShard: 1,

		Calm: 8 * time.Hour,

		TargetUtilization:   0.90,
		ForecastUtilization: 1,
		ForecastConfidence:  0.85,
		PeakHold:            15 * time.Minute,
		OperationPrice:      0.02,
		MinSaving:           0.12,
		MaxGrowth:           32,
		Lead:                15 * time.Minute,
	}
	if p == TargetTracking {
		return s.trackTarget()
	}
	return s
}

// trackTarget returns the defaults changed to those of target-tracking: alarms that ask early and often,
// since the policy itself knows when not to act, and no reserve, since it plans the budget.
func (s Settings) trackTarget() Settings {
	s.Policy = TargetTracking
	s.ScaleUpThreshold, s.ScaleDownThreshold = 0.95, 0.85
	s.ScaleUpAlarm = AlarmWindow{PeriodMinutes: 1, EvaluationPeriods: 1, DatapointsToAlarm: 1}
	s.ScaleDownAlarm = AlarmWindow{PeriodMinutes: 1, EvaluationPeriods: 15, DatapointsToAlarm: 15}
	s.ScaleDownCooldown, s.ScaleUpReserve = 0, 0
	return s
}

// scaleDownFollows returns the settings with a scale-down threshold that is the policy's default
// lowered to where it goes with the scale-up threshold: what double-halve halves above half of that
// it would double again, and target-tracking would be asked for more and for fewer shards at once.
func (s Settings) scaleDownFollows() Settings {
	highest := s.ScaleUpThreshold / 2
	if s.Policy == TargetTracking {
		highest = s.ScaleUpThreshold * 900 / 1000 // of 0.9 that is 0.81; 0.9*9/10 is 0.8099999999999999
	}
	if highest > 0 && highest < s.ScaleDownThreshold {
		s.ScaleDownThreshold = highest
	}
	return s
}

// FanOutConsumerNames returns the names in FanOutConsumers.
func (s Settings) FanOutConsumerNames() []string {
	return strings.Fields(s.FanOutConsumers)
}

// ConsumerConcurrency is the concurrency that Consumer should have reserved for a number of
// open shards; 0 when the stream has no consumer to care for.
func (s Settings) ConsumerConcurrency(open int) int {
	if s.Consumer == "" {
		return 0
	}
	return open * s.ConsumerConcurrencyPerShard
}

// maxFanOutConsumers keeps the scale-down alarm within CloudWatch's ten metrics: two for the
// traffic, one for the shared iterator age, and these.
const maxFanOutConsumers = 5

// Validate reports every setting that cannot work, joined into one error; nil when all can.
func (s Settings) Validate() error {
	var faults []error
	for _, f := range s.faults() {
		faults = append(faults, f)
	}
	return errors.Join(faults...)
}

// settingError is a setting that cannot work, by itself or together with others.
type settingError struct {
	keys []string // the setting that is named, and those that it is compared with
	text string
}

func (f settingError) Error() string { return f.keys[0] + ": " + f.text }

// faults finds every setting that cannot work, always in the same order.
func (s Settings) faults() []settingError {
	var found []settingError
	fault := func(bad bool, keys, format string, args ...any) {
		if bad {
			found = append(found, settingError{keys: strings.Fields(keys), text: fmt.Sprintf(format, args...)})
		}
	}
	ratio := func(key string, v float64) {
		fault(math.IsNaN(v) || v <= 0 || v > 1, key, "%v is not above 0 and at most 1", v)
	}
	minutes := func(key string, v time.Duration) {
		fault(v < 0 || v > OperationWindow || v%time.Minute != 0, key, "%v is not a whole number of minutes between 0 and 1440", v)
	}
	fault(!slices.Contains(modes(), s.Mode), "mode", "%q is none of %v", s.Mode, modes())
	fault(!slices.Contains(Policies(), s.Policy), "policy", "%q is none of %v", s.Policy, Policies())
	fault(s.MinShards < 1 || s.MinShards > MaxStreamShards, "min-shards", "%d is not between 1 and %d", s.MinShards, MaxStreamShards)
	fault(s.MaxShards < 1 || s.MaxShards > MaxStreamShards, "max-shards", "%d is not between 1 and %d", s.MaxShards, MaxStreamShards)
	fault(s.MinShards > s.MaxShards, "min-shards max-shards", "%d is above max-shards %d", s.MinShards, s.MaxShards)
	ratio("scale-up-threshold", s.ScaleUpThreshold)
	ratio("scale-down-threshold", s.ScaleDownThreshold)
	minutes("calm-minutes", s.Calm)
	ratio("target-utilization", s.TargetUtilization)
	ratio("forecast-utilization", s.ForecastUtilization)
	ratio("min-saving", s.MinSaving)
	fault(math.IsNaN(s.MaxGrowth) || s.MaxGrowth < 1 || s.MaxGrowth > MaxStreamShards, "max-growth", "%v is not between 1 and %d", s.MaxGrowth, MaxStreamShards)
	ratio("forecast-confidence", s.ForecastConfidence)
	ratio("operation-price", s.OperationPrice)
	minutes("peak-hold-minutes", s.PeakHold)
	minutes("lead-minutes", s.Lead)
	ratio("throttled-share", s.ThrottledShare)
	switch down, up := s.ScaleDownThreshold, s.ScaleUpThreshold; {
	case down >= up:
		fault(true, "scale-down-threshold scale-up-threshold", "%v is not below scale-up-threshold %v", down, up)
	case s.Policy == DoubleHalve:
		fault(down > up/2, "scale-down-threshold scale-up-threshold policy", "%v is above half of scale-up-threshold %v; halving would set off a doubling", down, up)
	}
	found = append(found, s.ScaleUpAlarm.faults("scale-up")...)
	found = append(found, s.ScaleDownAlarm.faults("scale-down")...)
	minutes("scale-up-cooldown-minutes", s.ScaleUpCooldown)
	minutes("scale-down-cooldown-minutes", s.ScaleDownCooldown)
	fault(s.OperationLimit < 1 || s.OperationLimit > 100, "operation-limit", "%d is not between 1 and 100", s.OperationLimit)
	fault(s.ScaleUpReserve < 0 || s.ScaleUpReserve >= s.OperationLimit, "scale-up-reserve operation-limit", "%d is not between 0 and %d", s.ScaleUpReserve, s.OperationLimit-1)
	fault(s.IteratorAgeMinutes < 0 || s.IteratorAgeMinutes > 7*24*60, "iterator-age-minutes", "%d is not between 0 and 10080", s.IteratorAgeMinutes)
	fault(len(s.FanOutConsumerNames()) > maxFanOutConsumers, "fan-out-consumers", "more than %d names", maxFanOutConsumers)
	fault(s.ConsumerConcurrencyPerShard < 1 || s.ConsumerConcurrencyPerShard > 10,
		"consumer-concurrency-per-shard", "%d is not between 1 and 10", s.ConsumerConcurrencyPerShard)
	return found
}

// faults holds the window against CloudWatch's limit of one day for periods below an hour
// (PutMetricAlarm, read 2026-11).
func (w AlarmWindow) faults(direction string) []settingError {
	period, periods, datapoints := direction+"-period-minutes", direction+"-evaluation-periods", direction+"-datapoints-to-alarm"
	var f settingError
	switch {
	case w.PeriodMinutes < 1 || w.PeriodMinutes > 60:
		f = settingError{[]string{period}, fmt.Sprintf("%d is not between 1 and 60", w.PeriodMinutes)}
	case w.EvaluationPeriods < 1:
		f = settingError{[]string{periods}, fmt.Sprintf("%d is not at least 1", w.EvaluationPeriods)}
	case w.EvaluationPeriods > 24*60/w.PeriodMinutes: // a product could overflow
		f = settingError{[]string{periods, period}, fmt.Sprintf("%d periods of %d minutes are more than a day", w.EvaluationPeriods, w.PeriodMinutes)}
	case w.DatapointsToAlarm < 1 || w.DatapointsToAlarm > w.EvaluationPeriods:
		f = settingError{[]string{datapoints, periods}, fmt.Sprintf("%d is not between 1 and %d", w.DatapointsToAlarm, w.EvaluationPeriods)}
	default:
		return nil
	}
	return []settingError{f}
}
