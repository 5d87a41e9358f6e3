package scaling

import (
	"errors"
	"fmt"
	"math"
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

// Policy names how a target is chosen.
type Policy string

// The policies.
const (
	DoubleHalve    Policy = "double-halve"
	TargetTracking Policy = "target-tracking"
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

// Settings are the effective settings of one stream. Defaults gives usable ones; the zero value
// is not valid.
type Settings struct {
	Mode   Mode
	Policy Policy

	MinShards int // never below; at least 1
	MaxShards int // never above; at most MaxStreamShards

	ScaleUpThreshold   float64 // utilization from which the scale-up alarm counts a datapoint, 0 to 1
	ScaleDownThreshold float64 // utilization below which the scale-down alarm counts a datapoint, 0 to 1
	TargetUtilization  float64 // target-tracking: utilization a new size is chosen for, 0 to 1
	ThrottledShare     float64 // share of refused records from which a minute counts as full, 0 to 1
	ScaleUpAlarm       AlarmWindow
	ScaleDownAlarm     AlarmWindow

	ScaleUpCooldown   time.Duration // minimum time since the last operation before a scale-up
	ScaleDownCooldown time.Duration // minimum time since the last operation before a scale-down
	ScaleUpReserve    int           // operations of the budget that scale-downs leave for scale-ups
	OperationLimit    int           // operations in a rolling 24 hours; see DefaultOperationLimit

	IteratorAgeMinutes int    // a scale-down waits while a consumer is this far behind; 0 never waits
	FanOutConsumers    string // names of enhanced fan-out consumers whose lag counts too, separated by spaces

	Consumer                    string // Lambda function whose reserved concurrency follows the shards; empty for none
	ConsumerConcurrencyPerShard int    // concurrency reserved for Consumer per open shard
}

// Defaults returns the settings of a policy before any parameter, tag or override.
// docs/policies.md tells how the numbers were found. An unknown policy gets those of
// DoubleHalve.
func Defaults(p Policy) Settings {
	s := Settings{
		Mode:                        ModeEnabled,
		Policy:                      DoubleHalve,
		MinShards:                   1,
		MaxShards:                   MaxStreamShards,
		ScaleUpThreshold:            0.75,
		ScaleDownThreshold:          0.25,
		TargetUtilization:           0.75,
		ThrottledShare:              0.01,
		ScaleUpAlarm:                AlarmWindow{PeriodMinutes: 1, EvaluationPeriods: 5, DatapointsToAlarm: 3},
		ScaleDownAlarm:              AlarmWindow{PeriodMinutes: 5, EvaluationPeriods: 12, DatapointsToAlarm: 11},
		ScaleUpCooldown:             0,
		ScaleDownCooldown:           10 * time.Minute,
		ScaleUpReserve:              3,
		OperationLimit:              DefaultOperationLimit,
		IteratorAgeMinutes:          30,
		ConsumerConcurrencyPerShard: 1,
	}
	if p == TargetTracking {
		s.Policy = TargetTracking
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
	fault := func(bad bool, format string, args ...any) {
		if bad {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	fault(s.MinShards < 1 || s.MinShards > MaxStreamShards, "min-shards: %d is not between 1 and %d", s.MinShards, MaxStreamShards)
	fault(s.MaxShards < 1 || s.MaxShards > MaxStreamShards, "max-shards: %d is not between 1 and %d", s.MaxShards, MaxStreamShards)
	fault(s.MinShards > s.MaxShards, "min-shards: %d is above max-shards %d", s.MinShards, s.MaxShards)
	for _, ratio := range []struct {
		key   string
		value float64
	}{
		{"scale-up-threshold", s.ScaleUpThreshold},
		{"scale-down-threshold", s.ScaleDownThreshold},
		{"target-utilization", s.TargetUtilization},
		{"throttled-share", s.ThrottledShare},
	} {
		fault(math.IsNaN(ratio.value) || ratio.value <= 0 || ratio.value > 1, "%s: %v is not above 0 and at most 1", ratio.key, ratio.value)
	}
	fault(s.ScaleDownThreshold >= s.ScaleUpThreshold,
		"scale-down-threshold: %v is not below scale-up-threshold %v", s.ScaleDownThreshold, s.ScaleUpThreshold)
	fault(s.Policy == DoubleHalve && s.ScaleDownThreshold > s.ScaleUpThreshold/2,
		"scale-down-threshold: %v is above half of scale-up-threshold %v; halving would set off a doubling", s.ScaleDownThreshold, s.ScaleUpThreshold)
	faults = append(faults, s.ScaleUpAlarm.validate("scale-up"), s.ScaleDownAlarm.validate("scale-down"))
	fault(s.ScaleUpCooldown < 0 || s.ScaleUpCooldown > OperationWindow, "scale-up-cooldown-minutes: %v is not between 0 and 1440", s.ScaleUpCooldown.Minutes())
	fault(s.ScaleDownCooldown < 0 || s.ScaleDownCooldown > OperationWindow, "scale-down-cooldown-minutes: %v is not between 0 and 1440", s.ScaleDownCooldown.Minutes())
	fault(s.OperationLimit < 1 || s.OperationLimit > 100, "operation-limit: %d is not between 1 and 100", s.OperationLimit)
	fault(s.ScaleUpReserve < 0 || s.ScaleUpReserve >= s.OperationLimit, "scale-up-reserve: %d is not between 0 and %d", s.ScaleUpReserve, s.OperationLimit-1)
	fault(s.IteratorAgeMinutes < 0 || s.IteratorAgeMinutes > 7*24*60, "iterator-age-minutes: %d is not between 0 and 10080", s.IteratorAgeMinutes)
	fault(len(s.FanOutConsumerNames()) > maxFanOutConsumers, "fan-out-consumers: more than %d names", maxFanOutConsumers)
	fault(s.ConsumerConcurrencyPerShard < 1 || s.ConsumerConcurrencyPerShard > 10,
		"consumer-concurrency-per-shard: %d is not between 1 and 10", s.ConsumerConcurrencyPerShard)
	return errors.Join(faults...)
}

// validate holds the window against CloudWatch's limit of one day for periods below an hour
// (PutMetricAlarm, read 2026-11).
func (w AlarmWindow) validate(direction string) error {
	switch {
	case w.PeriodMinutes < 1 || w.PeriodMinutes > 60:
		return fmt.Errorf("%s-period-minutes: %d is not between 1 and 60", direction, w.PeriodMinutes)
	case w.EvaluationPeriods < 1:
		return fmt.Errorf("%s-evaluation-periods: %d is not at least 1", direction, w.EvaluationPeriods)
	case w.DatapointsToAlarm < 1 || w.DatapointsToAlarm > w.EvaluationPeriods:
		return fmt.Errorf("%s-datapoints-to-alarm: %d is not between 1 and %d", direction, w.DatapointsToAlarm, w.EvaluationPeriods)
	case w.PeriodMinutes*w.EvaluationPeriods > 24*60: // with this bound the product cannot overflow: each factor was checked
		return fmt.Errorf("%s-evaluation-periods: %d periods of %d minutes are more than a day", direction, w.EvaluationPeriods, w.PeriodMinutes)
	}
	return nil
}
