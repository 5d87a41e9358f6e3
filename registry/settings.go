package registry

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

// decodeSettings reads the settings. Those that cannot be used leave the stream disabled, with
// revision 0 and the fault, until the reconciler computes them again from their layers.
func decodeSettings(s *ledger.Item, a attributes) {
	settings, fault := a.settings(attrSettings)
	if fault != "" {
		s.SettingsFault = fault
		if len(a.layer(attrSettings)) == 0 {
			s.SettingsFault = cmp.Or(a.text(attrSettingsFault), fault)
		}
		s.Settings = scaling.Settings{Mode: scaling.ModeDisabled}
		return
	}
	s.Settings, s.SettingsRevision = settings, max(a.count(attrSettingsRevision), 0)
	if untimed, fault := a.settings(attrUntimed); fault == "" {
		s.Untimed = untimed
	}
}

// settings reads a map of settings, or says why it cannot be used. Keys that no setting has are passed over: another
// version of Shardkeeper wrote them.
func (a attributes) settings(name string) (scaling.Settings, string) {
	layer := a.layer(name)
	if known := scaling.SettingNames(); a.within(name) != nil {
		maps.DeleteFunc(layer, func(key, _ string) bool { return !slices.Contains(known, key) })
	}
	if len(layer) == 0 {
		return scaling.Settings{}, "the registry's item holds no settings"
	}
	if _, told := layer["nominal-thresholds"]; !told {
		// An older version wrote all thresholds, whoever set them. Where somebody did, the next refresh tells.
		layer["nominal-thresholds"] = string(scaling.NominalNone)
	}
	settings, err := scaling.Effective(layer)
	switch {
	case err != nil:
		return settings, fmt.Sprintf("settings in the registry's item cannot be used: %v", err)
	case slices.ContainsFunc(vitalSettings(), func(key string) bool { return strings.TrimSpace(layer[key]) == "" }):
		return settings, fmt.Sprintf("settings in the registry's item cannot be used: one of %v is missing", vitalSettings())
	}
	return settings, ""
}

// vitalSettings are the settings whose defaults may not stand in for a lost value: a stream in
// dry run would start to act, a bounded one would grow. The others may be missing from an item
// that an older version wrote.
func vitalSettings() []string { return []string{"mode", "policy", "min-shards", "max-shards"} }
