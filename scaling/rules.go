package scaling

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// rule is what must hold between settings.
type rule struct {
	names  string                 // of the setting that is blamed, and of those that it is compared with
	doc    string                 // how the first of them must be
	broken func(*Settings) string // why it is not; empty when it is
}

// settingRules are the rules between settings. What one setting can be by itself is in its row of AllSettings.
func settingRules() []rule {
	return []rule{
		{"min-shards max-shards", "at most `max-shards`", func(s *Settings) string {
			if s.MinShards > s.MaxShards {
				return fmt.Sprintf("%d is above max-shards %d", s.MinShards, s.MaxShards)
			}
			return ""
		}},
		{"scale-down-threshold scale-up-threshold", "below `scale-up-threshold`", func(s *Settings) string {
			if down, up := s.ScaleDownThreshold, s.ScaleUpThreshold; down >= up {
				return fmt.Sprintf("%v is not below scale-up-threshold %v", down, up)
			}
			return ""
		}},
		{"scale-down-threshold scale-up-threshold policy", "low enough for the policy, see [policies.md](policies.md)", func(s *Settings) string {
			if s.ScaleDownThreshold >= s.ScaleUpThreshold {
				return ""
			}
			return policyOf(s.Policy).mayShrink(s.ScaleDownThreshold, s.ScaleUpThreshold)
		}},
		{"scale-up-evaluation-periods scale-up-period-minutes", "at most a day of `scale-up-period-minutes`", func(s *Settings) string { return s.ScaleUpAlarm.tooLong() }},
		{"scale-up-datapoints-to-alarm scale-up-evaluation-periods", "1 to `scale-up-evaluation-periods`", func(s *Settings) string { return s.ScaleUpAlarm.tooMany() }},
		{"scale-down-evaluation-periods scale-down-period-minutes", "at most a day of `scale-down-period-minutes`", func(s *Settings) string { return s.ScaleDownAlarm.tooLong() }},
		{"scale-down-datapoints-to-alarm scale-down-evaluation-periods", "1 to `scale-down-evaluation-periods`", func(s *Settings) string { return s.ScaleDownAlarm.tooMany() }},
		{"scale-up-reserve operation-limit", "0 or more, and below `operation-limit`", func(s *Settings) string {
			if s.ScaleUpReserve < 0 || s.ScaleUpReserve >= s.OperationLimit {
				return fmt.Sprintf("%d is not between 0 and %d", s.ScaleUpReserve, s.OperationLimit-1)
			}
			return ""
		}},
	}
}

// SettingRules returns what must hold between settings, each rule as a sentence that begins with the
// setting's name.
func SettingRules() []string {
	var sentences []string
	for _, r := range settingRules() {
		name, _, _ := strings.Cut(r.names, " ")
		sentences = append(sentences, "`"+name+"` is "+r.doc)
	}
	return sentences
}

// Validate reports every setting that cannot work, joined into one error; nil when all can.
func (s Settings) Validate() error {
	return errors.Join(faultsOf(&s, AllSettings(), settingRules(), nil)...)
}

// faultsOf finds every setting that cannot work, first by itself and then beside others, always in the
// same order. What could not be read is neither checked nor compared with: its default is not what was
// meant.
func faultsOf(s *Settings, all []Setting, rules []rule, unread []string) []error {
	var found []error
	for _, setting := range all {
		if text := setting.kind.fault(s); text != "" && !slices.Contains(unread, setting.Name) {
			found = append(found, fmt.Errorf("%s: %s", setting.Name, text))
		}
	}
	for _, r := range rules {
		text := r.broken(s)
		if text == "" {
			continue
		}
		names := strings.Fields(r.names)
		if !slices.ContainsFunc(names, func(name string) bool { return slices.Contains(unread, name) }) {
			found = append(found, fmt.Errorf("%s: %s", names[0], text))
		}
	}
	return found
}
