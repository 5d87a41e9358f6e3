package scaling_test

import (
	"slices"
	"testing"

	"github.com/shardkeeper/shardkeeper/scaling"
)

func TestPolicies(t *testing.T) {
	equal(t, "policies, the default first", scaling.Policies(), []scaling.Policy{scaling.DoubleHalve, scaling.TargetTracking})
	for _, p := range scaling.Policies() {
		if len(p.Doc()) < 20 {
			t.Errorf("%s: %q explains nothing", p, p.Doc())
		}
	}
	equal(t, "an unknown policy", scaling.Policy("guess").Doc(), scaling.DoubleHalve.Doc())
}

// The settings name their policies as the table of policies does, and each policy's defaults are its own.
func TestSettingsNameKnownPolicies(t *testing.T) {
	for _, setting := range scaling.AllSettings() {
		for _, p := range setting.Policies {
			if !slices.Contains(scaling.Policies(), p) {
				t.Errorf("%s is of the policy %q, which is not there", setting.Name, p)
			}
		}
	}
	for _, p := range scaling.Policies() {
		equal(t, "the policy of its defaults", scaling.Defaults(p).Policy, p)
	}
}

// Whatever is searched are settings that all policies use or this one, by their names, and all values of
// an axis are of the same settings.
func TestSearch(t *testing.T) {
	for _, p := range scaling.Policies() {
		var used []string
		for _, setting := range scaling.AllSettings() {
			if len(setting.Policies) == 0 || slices.Contains(setting.Policies, p) {
				used = append(used, setting.Name)
			}
		}
		for _, axis := range p.Search() {
			for _, layer := range axis {
				equal(t, "settings of an axis", len(layer), len(axis[0]))
				for name := range layer {
					if _, same := axis[0][name]; !same || !slices.Contains(used, name) {
						t.Errorf("%s searches %s, which it does not use or does not always set", p, name)
					}
				}
			}
		}
	}
}
