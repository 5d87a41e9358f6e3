package scaling

import (
	"strings"
	"time"
)

// Policy names how a target is chosen.
type Policy string

// Mode says whether Shardkeeper acts on a stream.
type Mode string

// The modes, the values of the tag "shardkeeper".
const (
	ModeEnabled  Mode = "enabled"
	ModeDryRun   Mode = "dry-run"  // decide and record, never act
	ModeDisabled Mode = "disabled" // not enrolled, whatever EnrollMode says
)

func modes() []Mode { return []Mode{ModeEnabled, ModeDryRun, ModeDisabled} }

// Settings are the effective settings of one stream. Defaults gives usable ones; the zero value
// is not valid.
type Settings struct {
	Mode   Mode
	Policy Policy
	Pause  Paused // directions in which the stream is not resharded

	MinShards int // never below; at least 1
	MaxShards int // never above; at most MaxStreamShards

	Schedule string // minima by time, as package schedule reads it; MinShards is with what At makes of it where settings are in force

	ScaleUpThreshold   float64 // utilization from which the scale-up alarm counts a datapoint, 0 to 1
	ScaleDownThreshold float64 // utilization below which the scale-down alarm counts a datapoint, 0 to 1
	NominalThresholds  Nominal // which of these two are of the nominal capacity; the others are of what of it can be used
	ThrottledShare     float64 // share of refused records from which a minute counts as full, 0 to 1
	UsableShare        float64 // share of its nominal capacity that the stream can use, 0 to 1; 0: learned
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
	PeakHold            time.Duration // how long a peak counts as the present load, for a scale-down
	OperationPrice      float64       // share of a day's shards that an operation must save, 0 to 1
	MinSaving           float64       // share of the open shards that a scale-down must save, 0 to 1
	MaxGrowth           float64       // the highest growth factor that shards are kept for, at least 1
	Lead                time.Duration // how long before a forecast load to scale up for it; 0 never does

	IteratorAgeMinutes int    // a scale-down waits while a consumer is this far behind; 0 never waits
	FanOutConsumers    string // names of enhanced fan-out consumers whose lag counts too, separated by spaces

	Consumer                    string // Lambda function whose reserved concurrency follows the shards; empty for none
	ConsumerConcurrencyPerShard int    // concurrency reserved for Consumer per open shard
	ConsumerDrift               ConsumerDrift
}

// AllSettings is the table of settings, a row for each. From it follow the tags, the overrides, the stack's
// defaults, the flag --set, the checks and docs/settings.md. A new setting is a field of Settings and a
// row here.
func AllSettings() []Setting {
	return []Setting{
		{
			Name: "mode", Doc: "what Shardkeeper does with the stream",
			kind: word[Mode]{known: modes(), field: func(s *Settings) *Mode { return &s.Mode }},
		},
		{
			Name: "policy", Doc: "how a new size is chosen",
			kind: word[Policy]{known: Policies(), field: func(s *Settings) *Policy { return &s.Policy }},
		},
		{
			Name: "pause", OneStream: true,
			Doc:  "in which directions the stream is not resharded, whatever its alarms say",
			kind: word[Paused]{known: PausedValues(), field: func(s *Settings) *Paused { return &s.Pause }},
		},
		{
			Name: "min-shards", Unit: "shards", Doc: "never fewer open shards",
			kind: whole{normal: 1, least: 1, most: MaxStreamShards, field: func(s *Settings) *int { return &s.MinShards }},
		},
		{
			Name: "max-shards", Unit: "shards", Doc: "never more open shards",
			kind: whole{normal: MaxStreamShards, least: 1, most: MaxStreamShards, field: func(s *Settings) *int { return &s.MaxShards }},
		},
		{
			Name: "schedule", OneStream: true,
			Doc:  "times at which the stream has a minimum of shards, for which it grows before; see [schedules.md](schedules.md)",
			kind: timetable{field: func(s *Settings) *string { return &s.Schedule }},
		},
		{
			Name: "scale-up-threshold", Unit: "utilization",
			Doc:  "utilization from which the scale-up alarm counts; one that is set is a share of the nominal capacity, the default one of the usable",
			kind: share{normal: 0.90, field: func(s *Settings) *float64 { return &s.ScaleUpThreshold }},
		},
		{
			Name: "scale-down-threshold", Unit: "utilization",
			Doc:  "utilization below which the scale-down alarm counts; one that is set is a share of the nominal capacity, the default one of the usable; one that is not set is never above half of the scale-up threshold, with target-tracking nine tenths of it",
			kind: share{normal: 0.40, field: func(s *Settings) *float64 { return &s.ScaleDownThreshold }},
		},
		{
			Name: "nominal-thresholds",
			Doc:  "which thresholds are shares of the nominal capacity, not of what can be used of it; those that somebody sets, unless this is set too",
			kind: word[Nominal]{known: nominals(), field: func(s *Settings) *Nominal { return &s.NominalThresholds }},
		},
		{
			Name: "usable-share", Unit: "share",
			Doc:  "share of its nominal capacity that the stream can use; `learned`, or 0, finds it by what the stream refuses",
			kind: learnedShare{field: func(s *Settings) *float64 { return &s.UsableShare }},
		},
		{
			Name: "calm-minutes", Unit: "minutes", Policies: []Policy{"double-halve"},
			Doc:  "minutes below the scale-down threshold before a halving, none when below half of it; 0 never waits",
			kind: minutes{normal: 8 * time.Hour, field: func(s *Settings) *time.Duration { return &s.Calm }},
		},
		{
			Name: "target-utilization", Unit: "utilization", Policies: []Policy{"target-tracking"},
			Doc:  "utilization a new size is chosen for; at most 0.9 counts beside the default scale-up threshold, and in proportion beside another",
			kind: share{normal: 0.90, field: func(s *Settings) *float64 { return &s.TargetUtilization }},
		},
		{
			Name: "forecast-utilization", Unit: "utilization", Policies: []Policy{"target-tracking"},
			Doc:  "utilization that the forecast load may have",
			kind: share{normal: 1, field: func(s *Settings) *float64 { return &s.ForecastUtilization }},
		},
		{
			Name: "min-saving", Unit: "share", Policies: []Policy{"target-tracking"},
			Doc:  "share of the shards that a scale-down must save; half of them, the most that one operation takes, always is enough",
			kind: share{normal: 0.16, field: func(s *Settings) *float64 { return &s.MinSaving }},
		},
		{
			Name: "max-growth", Unit: "times", Policies: []Policy{"target-tracking"},
			Doc:  "highest growth, as a factor, that shards are kept for",
			kind: factor{normal: 12, least: 1, most: MaxStreamShards, field: func(s *Settings) *float64 { return &s.MaxGrowth }},
		},
		{
			Name: "forecast-confidence", Unit: "share", Policies: []Policy{"target-tracking"},
			Doc:  "share of past half-hours that their forecasts would have been enough for",
			kind: share{normal: 0.85, field: func(s *Settings) *float64 { return &s.ForecastConfidence }},
		},
		{
			Name: "operation-price", Unit: "share", Policies: []Policy{"target-tracking"},
			Doc:  "share of a day's shards that an operation must save",
			kind: share{normal: 0.016, field: func(s *Settings) *float64 { return &s.OperationPrice }},
		},
		{
			Name: "peak-hold-minutes", Unit: "minutes", Policies: []Policy{"target-tracking"},
			Doc:  "minutes a peak counts as the present load, before a scale-down",
			kind: minutes{normal: 15 * time.Minute, field: func(s *Settings) *time.Duration { return &s.PeakHold }},
		},
		{
			Name: "lead-minutes", Unit: "minutes", Policies: []Policy{"target-tracking"},
			Doc:  "minutes before a forecast load to scale up; 0 never does",
			kind: minutes{normal: 15 * time.Minute, field: func(s *Settings) *time.Duration { return &s.Lead }},
		},
		{
			Name: "throttled-share", Unit: "share",
			Doc:  "share of refused records from which a minute counts as full",
			kind: share{normal: 0.01, field: func(s *Settings) *float64 { return &s.ThrottledShare }},
		},
		{
			Name: "scale-up-period-minutes", Unit: "minutes",
			Doc:  "minutes in a datapoint of the scale-up alarm",
			kind: whole{normal: 1, least: 1, most: maxPeriodMinutes, field: func(s *Settings) *int { return &s.ScaleUpAlarm.PeriodMinutes }},
		},
		{
			Name: "scale-up-evaluation-periods", Unit: "datapoints",
			Doc:  "newest datapoints that count for a scale-up; an alarm that one of them sets off looks back three minutes, since metrics come late",
			kind: whole{normal: 1, least: 1, field: func(s *Settings) *int { return &s.ScaleUpAlarm.EvaluationPeriods }},
		},
		{
			Name: "scale-up-datapoints-to-alarm", Unit: "datapoints",
			Doc:  "datapoints that set off the scale-up alarm; where it is not set, at most `scale-up-evaluation-periods`",
			kind: whole{normal: 1, field: func(s *Settings) *int { return &s.ScaleUpAlarm.DatapointsToAlarm }},
		},
		{
			Name: "scale-down-period-minutes", Unit: "minutes",
			Doc:  "minutes in a datapoint of the scale-down alarm",
			kind: whole{normal: 1, least: 1, most: maxPeriodMinutes, field: func(s *Settings) *int { return &s.ScaleDownAlarm.PeriodMinutes }},
		},
		{
			Name: "scale-down-evaluation-periods", Unit: "datapoints",
			Doc:  "datapoints the scale-down alarm looks at",
			kind: whole{normal: 15, least: 1, field: func(s *Settings) *int { return &s.ScaleDownAlarm.EvaluationPeriods }},
		},
		{
			Name: "scale-down-datapoints-to-alarm", Unit: "datapoints",
			Doc:  "datapoints that set off the scale-down alarm; where it is not set, at most `scale-down-evaluation-periods`",
			kind: whole{normal: 14, field: func(s *Settings) *int { return &s.ScaleDownAlarm.DatapointsToAlarm }},
		},
		{
			Name: "scale-up-cooldown-minutes", Unit: "minutes",
			Doc:  "minutes since the last operation before a scale-up",
			kind: minutes{normal: 0, field: func(s *Settings) *time.Duration { return &s.ScaleUpCooldown }},
		},
		{
			Name: "scale-down-cooldown-minutes", Unit: "minutes",
			Doc:  "minutes since the last operation before a scale-down",
			kind: minutes{normal: time.Hour, field: func(s *Settings) *time.Duration { return &s.ScaleDownCooldown }},
		},
		{
			Name: "operation-limit", Unit: "operations",
			Doc:  "operations in a rolling 24 hours; raise it only with the service's quota",
			kind: whole{normal: DefaultOperationLimit, least: 1, most: 100, field: func(s *Settings) *int { return &s.OperationLimit }},
		},
		{
			Name: "scale-up-reserve", Unit: "operations",
			Doc:  "operations that scale-downs leave for scale-ups; double-halve leaves more, unless this is 0, where its last day shows that the way back takes more",
			kind: whole{normal: 2, field: func(s *Settings) *int { return &s.ScaleUpReserve }},
		},
		{
			Name: "iterator-age-minutes", Unit: "minutes",
			Doc:  "a scale-down waits while a consumer is this far behind, and after an operation until its lag is back, an hour at most; 0 never waits",
			kind: whole{normal: 30, least: 0, most: 7 * 24 * 60, field: func(s *Settings) *int { return &s.IteratorAgeMinutes }},
		},
		{
			Name: "fan-out-consumers", OneStream: true,
			Doc:  "enhanced fan-out consumers whose lag holds a scale-down, separated by spaces",
			kind: names{most: maxFanOutConsumers, extra: " ", field: func(s *Settings) *string { return &s.FanOutConsumers }},
		},
		{
			Name: "consumer", OneStream: true,
			Doc:  "Lambda function whose reserved concurrency follows the shards",
			kind: names{most: 1, extra: ":", field: func(s *Settings) *string { return &s.Consumer }},
		},
		{
			Name: "consumer-concurrency-per-shard",
			Doc:  "concurrency reserved for the consumer per open shard",
			kind: whole{normal: 1, least: 1, most: 10, field: func(s *Settings) *int { return &s.ConsumerConcurrencyPerShard }},
		},
		{
			Name: "consumer-drift",
			Doc:  "what is done when others change the consumer's reservation: set it back, or tell and leave it until the shards change",
			kind: word[ConsumerDrift]{known: consumerDrifts(), field: func(s *Settings) *ConsumerDrift { return &s.ConsumerDrift }},
		},
	}
}

// SettingNames returns the names of all settings, in the order of their table.
func SettingNames() []string {
	var all []string
	for _, s := range AllSettings() {
		all = append(all, s.Name)
	}
	return all
}

// maxFanOutConsumers keeps the scale-down alarm within CloudWatch's ten metrics: two for the
// traffic, one for the shared iterator age, and these.
const maxFanOutConsumers = 5

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
