package scaling

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// longestValue is how many bytes the value of a setting can have: more than a schedule of as many entries as there can be. The
// settings in force stand in a stream's item beside their layers, up to twice, and DynamoDB takes no item above 400 KB.
const longestValue = 4000

// Effective puts layers on top of each other, later ones above earlier ones, on the defaults of
// the policy they choose. A blank value is the same as none. A scale-down threshold that no layer
// sets follows a low scale-up threshold; datapoints that no layer sets are no more than the evaluation
// periods. A threshold that a layer sets is of the nominal capacity.
// The error names every key that is unknown or has a value that cannot be; the settings are then not
// to be used.
func Effective(layers ...Layer) (Settings, error) { return NewSettingTable().Effective(layers...) }

// SettingTable is the table of settings, with what follows from it, for who computes settings often. It is only read, so
// many may share one.
type SettingTable struct {
	settings []Setting
	kinds    map[string]kind     // of the settings, by name
	defaults map[Policy]Settings // of each policy
	rules    []rule
}

// NewSettingTable returns the table of all settings.
func NewSettingTable() *SettingTable {
	all := &SettingTable{settings: AllSettings(), kinds: map[string]kind{}, defaults: map[Policy]Settings{}, rules: settingRules()}
	for _, setting := range all.settings {
		all.kinds[setting.Name] = setting.kind
	}
	for _, p := range Policies() {
		all.defaults[p] = defaultsOf(p, all.settings)
	}
	return all
}

// Effective is the function of this name, with the table that is there.
func (all *SettingTable) Effective(layers ...Layer) (Settings, error) {
	merged := Layer{}
	for _, layer := range layers {
		for key, value := range layer {
			if value = strings.TrimSpace(value); value != "" {
				merged[key] = value
			}
		}
	}
	s := all.defaults[policyOf(Policy(merged["policy"])).name]
	var faults []error
	var unread []string
	names := slices.AppendSeq(make([]string, 0, len(merged)), maps.Keys(merged))
	slices.Sort(names)
	for _, name := range names {
		kind, found := all.kinds[name]
		if !found {
			faults = append(faults, fmt.Errorf("%s: no such setting", name))
		} else if size := len(merged[name]); size > longestValue {
			unread = append(unread, name)
			faults = append(faults, fmt.Errorf("%s: the value has %d bytes, at most %d can be", name, size, longestValue))
		} else if err := kind.read(&s, merged[name]); err != nil {
			unread = append(unread, name)
			faults = append(faults, fmt.Errorf("%s: %w", name, err))
		}
	}
	if merged["scale-down-threshold"] == "" {
		lowerScaleDown(&s)
	}
	if merged["scale-up-datapoints-to-alarm"] == "" {
		s.ScaleUpAlarm = s.ScaleUpAlarm.wantingNoMore()
	}
	if merged["scale-down-datapoints-to-alarm"] == "" {
		s.ScaleDownAlarm = s.ScaleDownAlarm.wantingNoMore()
	}
	if merged["nominal-thresholds"] == "" {
		s.NominalThresholds = nominalIf(merged["scale-up-threshold"] != "", merged["scale-down-threshold"] != "")
	}
	faults = append(faults, faultsOf(&s, all.settings, all.rules, unread)...)
	return s, errors.Join(faults...)
}

// Defaults returns the settings of a policy before any parameter, tag or override. Effective lowers
// the scale-down threshold with a scale-up threshold that is set.
// docs/policies.md tells how the numbers were found. An unknown policy gets those of
// DoubleHalve.
func Defaults(p Policy) Settings { return defaultsOf(p, AllSettings()) }

func defaultsOf(p Policy, all []Setting) Settings {
	var s Settings
	for _, setting := range all {
		setting.kind.reset(&s)
	}
	row := policyOf(p)
	s.Policy = row.name
	row.defaults(&s)
	return s
}

// Layer returns every setting as a key and the text that Effective reads back to the same value.
func (s Settings) Layer() Layer {
	layer := Layer{}
	for _, setting := range AllSettings() {
		layer[setting.Name] = setting.kind.write(&s)
	}
	return layer
}

// Set returns the fewest settings, as a layer, that Effective reads back to the same: those that are not as the policy has them
// anyway. So a layer above it means what it means above the layers that the settings were made of: a threshold that it sets is
// nominal, a scale-down threshold that nobody has set follows it, datapoints that nobody has set are no more than a shorter window's,
// and another policy brings its own defaults.
func (s Settings) Set() Layer {
	layer, usual := s.Layer(), Defaults(s.Policy)
	for key, value := range usual.Layer() {
		if key != "policy" && layer[key] == value {
			delete(layer, key)
		}
	}
	if s.ScaleUpAlarm.wantsTheUsual(usual.ScaleUpAlarm) {
		delete(layer, "scale-up-datapoints-to-alarm")
	}
	if s.ScaleDownAlarm.wantsTheUsual(usual.ScaleDownAlarm) {
		delete(layer, "scale-down-datapoints-to-alarm")
	}
	if s.NominalThresholds.Covers(Up) {
		layer["scale-up-threshold"] = writeNumber(s.ScaleUpThreshold)
	}
	usual.ScaleUpThreshold = s.ScaleUpThreshold
	lowerScaleDown(&usual)
	layer["scale-down-threshold"] = writeNumber(s.ScaleDownThreshold)
	if !s.NominalThresholds.Covers(Down) && s.ScaleDownThreshold == usual.ScaleDownThreshold {
		delete(layer, "scale-down-threshold")
	}
	layer["nominal-thresholds"] = string(s.NominalThresholds)
	if s.NominalThresholds == nominalIf(layer["scale-up-threshold"] != "", layer["scale-down-threshold"] != "") {
		delete(layer, "nominal-thresholds")
	}
	return layer
}
