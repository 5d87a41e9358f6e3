package recommend

import (
	"maps"
	"slices"
	"testing"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// Each axis is of settings that there are, has the policy's default, so that a walk can come back to it, and
// three other values at least that can be used with the defaults.
func TestAxesAreSettings(t *testing.T) {
	for _, policy := range scaling.Policies() {
		for _, axis := range axes(policy, 100) {
			checkAxis(t, axis, policy)
		}
	}
}

func checkAxis(t *testing.T, axis scaling.Axis, policy scaling.Policy) {
	t.Helper()
	names, defaults := scaling.SettingNames(), scaling.Defaults(policy).Layer()
	usable, isDefault := 0, false
	for _, values := range axis {
		settings, same := scaling.Layer{"policy": string(policy)}, true
		for key, value := range values {
			same = same && value == defaults[key]
			if !slices.Contains(names, key) {
				t.Errorf("%s is no setting", key)
			}
			settings[key] = value
		}
		isDefault = isDefault || same
		if _, err := scaling.Effective(settings); err == nil {
			usable++
		}
	}
	if usable < 4 || !isDefault {
		t.Errorf("%s, %v: %d values can be used; has the default: %v", policy, axis, usable, isDefault)
	}
}

func TestFloorsRise(t *testing.T) {
	for _, shards := range []float64{0, 0.5, 1, 2, 7, 40, 9_999, 1e9} {
		sizes := floors(shards)
		for i, size := range sizes {
			if i == 0 && size != 1 || i > 0 && size <= sizes[i-1] || size > scaling.MaxStreamShards {
				t.Errorf("%v shards: floors %v", shards, sizes)
			}
		}
	}
}

// A setting that would be the same if it were not set is left out; what is fixed and the policy stay.
func TestDifferent(t *testing.T) {
	const policy, up, down, nominal = "policy", "scale-up-threshold", "scale-down-threshold", "nominal-thresholds"
	for _, c := range []struct {
		name                  string
		fixed, settings, want scaling.Layer
	}{
		{"nothing set", nil, scaling.Layer{policy: "double-halve"}, scaling.Layer{policy: "double-halve"}},
		{"the defaults", nil, scaling.Layer{policy: "double-halve", up: "0.9", down: "0.4", nominal: "none"}, scaling.Layer{policy: "double-halve"}},
		{"as a default, but fixed", scaling.Layer{up: "0.9"}, scaling.Layer{policy: "double-halve", up: "0.9"}, scaling.Layer{policy: "double-halve", up: "0.9"}},
		{
			"as the defaults, but of the nominal capacity", nil,
			scaling.Layer{policy: "double-halve", up: "0.9", down: "0.4"},
			scaling.Layer{policy: "double-halve", up: "0.9", down: "0.4"},
		},
		{"another value", nil, scaling.Layer{policy: "double-halve", down: "0.3"}, scaling.Layer{policy: "double-halve", down: "0.3"}},
		{
			"as low as it would be beside the other", nil,
			scaling.Layer{policy: "double-halve", up: "0.6", down: "0.3", nominal: "none"},
			scaling.Layer{policy: "double-halve", up: "0.6", nominal: "none"},
		},
		{
			"the policy's default, higher than it would be beside the other", nil,
			scaling.Layer{policy: "target-tracking", up: "0.9", down: "0.85"},
			scaling.Layer{policy: "target-tracking", up: "0.9", down: "0.85"},
		},
		{
			"what cannot be used stays so", nil,
			scaling.Layer{policy: "double-halve", up: "0.6", down: "0.4"},
			scaling.Layer{policy: "double-halve", up: "0.6", down: "0.4"},
		},
	} {
		w := &walk{Search: Search{Fixed: c.fixed}}
		if got := w.different(c.settings); !maps.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
