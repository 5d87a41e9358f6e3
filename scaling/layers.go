package scaling

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// TagPrefix begins every tag that is a setting: "shardkeeper:min-shards". The tag "shardkeeper"
// itself is the setting "mode".
const TagPrefix = "shardkeeper:"

// ModeTag is the tag that enrolls a stream.
const ModeTag = "shardkeeper"

// Layer is one source of settings: values by key, as in tags without their prefix. The stack's
// parameters, a stream's tags and the operator's overrides are layers.
type Layer map[string]string

// TagLayer picks the settings out of a stream's tags.
func TagLayer(tags map[string]string) Layer {
	layer := Layer{}
	for name, value := range tags {
		if name == ModeTag {
			layer["mode"] = value
		} else if key, ours := strings.CutPrefix(name, TagPrefix); ours && key != "" {
			layer[key] = value
		}
	}
	return layer
}

// Effective puts layers on top of each other, later ones above earlier ones, on the defaults of
// the policy they choose. A blank value is the same as none. A scale-down threshold that no layer
// sets follows a low scale-up threshold. The error names every key that is unknown or has a value
// that cannot be; the settings are then not to be used.
func Effective(layers ...Layer) (Settings, error) {
	merged := Layer{}
	for _, layer := range layers {
		for key, value := range layer {
			if value = strings.TrimSpace(value); value != "" {
				merged[key] = value
			}
		}
	}
	s := Defaults(Policy(merged["policy"]))
	var faults []error
	unread := map[string]bool{}
	for _, key := range slices.Sorted(maps.Keys(merged)) {
		set, known := settingOf(key)
		if !known {
			faults = append(faults, fmt.Errorf("%s: no such setting", key))
		} else if err := set.parse(&s, merged[key]); err != nil {
			unread[key] = true
			faults = append(faults, fmt.Errorf("%s: %w", key, err))
		}
	}
	if merged["scale-down-threshold"] == "" {
		s = s.scaleDownFollows()
	}
	for _, f := range s.faults() {
		// What could not be read is not compared with: its default is not what was meant.
		if !slices.ContainsFunc(f.keys, func(key string) bool { return unread[key] }) {
			faults = append(faults, f)
		}
	}
	return s, errors.Join(faults...)
}

// Layer returns every setting as a key and the text that Effective reads back to the same value.
func (s Settings) Layer() Layer {
	layer := Layer{}
	for _, key := range settingNames() {
		set, _ := settingOf(key)
		layer[key] = set.format(s)
	}
	return layer
}

// SettingHelp returns each setting's key with a sentence on what it does.
func SettingHelp() map[string]string {
	help := map[string]string{}
	for _, key := range settingNames() {
		set, _ := settingOf(key)
		help[key] = set.help
	}
	return help
}

type settingKey struct {
	help   string
	parse  func(*Settings, string) error
	format func(Settings) string
}

// settingNames is the one list of the settings' names: in tags, overrides, stack parameters and
// on the command line.
func settingNames() []string {
	return []string{
		"mode",
		"policy",
		"min-shards",
		"max-shards",
		"scale-up-threshold",
		"scale-down-threshold",
		"calm-minutes",
		"target-utilization",
		"forecast-utilization",
		"min-saving",
		"max-growth",
		"forecast-confidence",
		"operation-price",
		"peak-hold-minutes",
		"lead-minutes",
		"throttled-share",
		"scale-up-cooldown-minutes",
		"scale-down-cooldown-minutes",
		"scale-up-reserve",
		"operation-limit",
		"iterator-age-minutes",
		"scale-up-period-minutes",
		"scale-up-evaluation-periods",
		"scale-up-datapoints-to-alarm",
		"scale-down-period-minutes",
		"scale-down-evaluation-periods",
		"scale-down-datapoints-to-alarm",
		"fan-out-consumers",
		"consumer",
		"consumer-concurrency-per-shard",
	}
}

// settingOf returns how a setting is read and written, and whether there is one of that name.
func settingOf(name string) (settingKey, bool) {
	switch name {
	case "mode":
		return wordKey("enabled, dry-run or disabled", func(s *Settings) *Mode { return &s.Mode }, modes()...), true
	case "policy":
		return wordKey("double-halve or target-tracking", func(s *Settings) *Policy { return &s.Policy }, Policies()...), true
	case "min-shards":
		return intKey("never fewer open shards", func(s *Settings) *int { return &s.MinShards }), true
	case "max-shards":
		return intKey("never more open shards", func(s *Settings) *int { return &s.MaxShards }), true
	case "scale-up-threshold":
		return ratioKey("utilization from which the scale-up alarm counts", func(s *Settings) *float64 { return &s.ScaleUpThreshold }), true
	case "scale-down-threshold":
		return ratioKey("utilization below which the scale-down alarm counts; one that is not set is never above half of the scale-up threshold, with target-tracking nine tenths of it", func(s *Settings) *float64 { return &s.ScaleDownThreshold }), true
	case "calm-minutes":
		return minutesKey("double-halve: minutes below the scale-down threshold before a halving, none when below half of it; 0 never waits", func(s *Settings) *time.Duration { return &s.Calm }), true
	case "target-utilization":
		return ratioKey("target-tracking: utilization a new size is chosen for", func(s *Settings) *float64 { return &s.TargetUtilization }), true
	case "forecast-utilization":
		return ratioKey("target-tracking: utilization that the forecast load may have", func(s *Settings) *float64 { return &s.ForecastUtilization }), true
	case "min-saving":
		return ratioKey("target-tracking: share of the shards that a scale-down must save", func(s *Settings) *float64 { return &s.MinSaving }), true
	case "max-growth":
		return ratioKey("target-tracking: most growth that room is kept for, as a factor", func(s *Settings) *float64 { return &s.MaxGrowth }), true
	case "forecast-confidence":
		return ratioKey("target-tracking: share of past half-hours that their forecasts would have been enough for", func(s *Settings) *float64 { return &s.ForecastConfidence }), true
	case "operation-price":
		return ratioKey("target-tracking: share of a day's shards that an operation must save", func(s *Settings) *float64 { return &s.OperationPrice }), true
	case "peak-hold-minutes":
		return minutesKey("target-tracking: minutes a peak counts as present, for each fold of growth", func(s *Settings) *time.Duration { return &s.PeakHold }), true
	case "lead-minutes":
		return minutesKey("target-tracking: minutes before a forecast load to scale up; 0 never does", func(s *Settings) *time.Duration { return &s.Lead }), true
	case "throttled-share":
		return ratioKey("share of refused records from which a minute counts as full", func(s *Settings) *float64 { return &s.ThrottledShare }), true
	case "scale-up-cooldown-minutes":
		return minutesKey("minutes since the last operation before a scale-up", func(s *Settings) *time.Duration { return &s.ScaleUpCooldown }), true
	case "scale-down-cooldown-minutes":
		return minutesKey("minutes since the last operation before a scale-down", func(s *Settings) *time.Duration { return &s.ScaleDownCooldown }), true
	case "scale-up-reserve":
		return intKey("operations that scale-downs leave for scale-ups", func(s *Settings) *int { return &s.ScaleUpReserve }), true
	case "operation-limit":
		return intKey("operations in a rolling 24 hours; raise it only with the service's quota", func(s *Settings) *int { return &s.OperationLimit }), true
	case "iterator-age-minutes":
		return intKey("a scale-down waits while a consumer is this far behind; 0 never waits", func(s *Settings) *int { return &s.IteratorAgeMinutes }), true
	case "scale-up-period-minutes":
		return intKey("minutes in a datapoint of the scale-up alarm", func(s *Settings) *int { return &s.ScaleUpAlarm.PeriodMinutes }), true
	case "scale-up-evaluation-periods":
		return intKey("datapoints the scale-up alarm looks at", func(s *Settings) *int { return &s.ScaleUpAlarm.EvaluationPeriods }), true
	case "scale-up-datapoints-to-alarm":
		return intKey("datapoints that set off the scale-up alarm", func(s *Settings) *int { return &s.ScaleUpAlarm.DatapointsToAlarm }), true
	case "scale-down-period-minutes":
		return intKey("minutes in a datapoint of the scale-down alarm", func(s *Settings) *int { return &s.ScaleDownAlarm.PeriodMinutes }), true
	case "scale-down-evaluation-periods":
		return intKey("datapoints the scale-down alarm looks at", func(s *Settings) *int { return &s.ScaleDownAlarm.EvaluationPeriods }), true
	case "scale-down-datapoints-to-alarm":
		return intKey("datapoints that set off the scale-down alarm", func(s *Settings) *int { return &s.ScaleDownAlarm.DatapointsToAlarm }), true
	case "fan-out-consumers":
		return nameKey("enhanced fan-out consumers whose lag holds a scale-down, separated by spaces", " ", func(s *Settings) *string { return &s.FanOutConsumers }), true
	case "consumer":
		return nameKey("Lambda function whose reserved concurrency follows the shards", ":", func(s *Settings) *string { return &s.Consumer }), true
	case "consumer-concurrency-per-shard":
		return intKey("concurrency reserved for the consumer per open shard", func(s *Settings) *int { return &s.ConsumerConcurrencyPerShard }), true
	}
	return settingKey{}, false
}

func intKey(help string, field func(*Settings) *int) settingKey {
	return settingKey{
		help: help,
		parse: func(s *Settings, text string) error {
			v, err := strconv.Atoi(text)
			if err != nil {
				return fmt.Errorf("%q is not a whole number", text)
			}
			*field(s) = v
			return nil
		},
		format: func(s Settings) string { return strconv.Itoa(*field(&s)) },
	}
}

func ratioKey(help string, field func(*Settings) *float64) settingKey {
	return settingKey{
		help: help,
		parse: func(s *Settings, text string) error {
			v, err := strconv.ParseFloat(text, 64)
			if err != nil {
				return fmt.Errorf("%q is not a number", text)
			}
			*field(s) = v
			return nil
		},
		format: func(s Settings) string { return strconv.FormatFloat(*field(&s), 'g', -1, 64) },
	}
}

func minutesKey(help string, field func(*Settings) *time.Duration) settingKey {
	return settingKey{
		help: help,
		parse: func(s *Settings, text string) error {
			v, err := strconv.Atoi(text)
			if err != nil || v < 0 || v > 24*60 {
				return fmt.Errorf("%q is not a whole number of minutes between 0 and 1440", text)
			}
			*field(s) = time.Duration(v) * time.Minute
			return nil
		},
		format: func(s Settings) string { return strconv.Itoa(int(*field(&s) / time.Minute)) },
	}
}

func wordKey[W ~string](help string, field func(*Settings) *W, known ...W) settingKey {
	return settingKey{
		help: help,
		parse: func(s *Settings, text string) error {
			if !slices.Contains(known, W(text)) {
				return fmt.Errorf("%q is none of %v", text, known)
			}
			*field(s) = W(text)
			return nil
		},
		format: func(s Settings) string { return string(*field(&s)) },
	}
}

// nameKey takes names made of letters, digits, '-', '_', '.' and one kind of extra character.
// Names end up in alarm definitions and in calls, so nothing else may pass.
func nameKey(help, extra string, field func(*Settings) *string) settingKey {
	return settingKey{
		help: help,
		parse: func(s *Settings, text string) error {
			if strings.IndexFunc(text, func(r rune) bool { return !isNameRune(r) && !strings.ContainsRune(extra, r) }) >= 0 {
				return fmt.Errorf("%q has a character that no name has", text)
			}
			*field(s) = text
			return nil
		},
		format: func(s Settings) string { return *field(&s) },
	}
}

func isNameRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.", r)
}
