package scaling_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/scaling"
)

func TestTagLayer(t *testing.T) {
	tags := map[string]string{
		"shardkeeper": "enabled", "shardkeeper:min-shards": "2", "shardkeeper:": "odd", "shardkeeper-min-shards": "3",
		"Shardkeeper": "disabled", "team": "orders", "": "",
	}
	before := maps.Clone(tags)
	equal(t, "layer", scaling.TagLayer(tags), scaling.Layer{"mode": "enabled", "min-shards": "2"})
	equal(t, "tags afterwards", tags, before)
	equal(t, "of no tags", scaling.TagLayer(nil), scaling.Layer{})
}

// Later layers lie above earlier ones: the stack's parameters, the tags, the overrides.
func TestEffective(t *testing.T) {
	type layers = []scaling.Layer
	defaults := func(change func(*scaling.Settings)) scaling.Settings {
		s := scaling.Defaults(scaling.DoubleHalve)
		change(&s)
		return s
	}
	for _, c := range []struct {
		name   string
		layers layers
		want   scaling.Settings
	}{
		{"nothing", nil, scaling.Defaults(scaling.DoubleHalve)},
		{"a stack's parameter", layers{{"max-shards": "50"}, {}, nil}, defaults(func(s *scaling.Settings) { s.MaxShards = 50 })},
		{"a tag above it", layers{{"max-shards": "50"}, {"max-shards": "60"}, {}}, defaults(func(s *scaling.Settings) { s.MaxShards = 60 })},
		{
			"an override above that",
			layers{{"max-shards": "50"}, {"max-shards": "60"}, {"max-shards": "70"}},
			defaults(func(s *scaling.Settings) { s.MaxShards = 70 }),
		},
		{
			"each setting by itself",
			layers{{"max-shards": "50"}, {"min-shards": "5"}, {"operation-limit": "20"}},
			defaults(func(s *scaling.Settings) { s.MaxShards, s.MinShards, s.OperationLimit = 50, 5, 20 }),
		},
		{
			"a blank value is none",
			layers{{"max-shards": "50"}, {"max-shards": "  "}, {"max-shards": ""}},
			defaults(func(s *scaling.Settings) { s.MaxShards = 50 }),
		},
		{"spaces around a value", layers{{"mode": " dry-run "}}, defaults(func(s *scaling.Settings) { s.Mode = scaling.ModeDryRun })},
		{"a policy brings its defaults", layers{{"policy": "target-tracking"}}, scaling.Defaults(scaling.TargetTracking)},
		{
			"a policy above another",
			layers{{"policy": "target-tracking"}, {"policy": "double-halve", "scale-up-threshold": "0.8"}},
			defaults(func(s *scaling.Settings) { s.ScaleUpThreshold, s.NominalThresholds = 0.8, scaling.NominalUp }),
		},
		{
			"a bad value below a good one does not count",
			layers{{"max-shards": "many"}, {"max-shards": "60"}},
			defaults(func(s *scaling.Settings) { s.MaxShards = 60 }),
		},
		{
			"thresholds that are set are of the nominal capacity",
			layers{{"scale-up-threshold": "0.9"}, {"scale-down-threshold": "0.4"}},
			defaults(func(s *scaling.Settings) { s.NominalThresholds = scaling.NominalBoth }),
		},
		{
			"unless they are said not to be",
			layers{{"scale-up-threshold": "0.9", "nominal-thresholds": "none", "usable-share": "0.7"}},
			defaults(func(s *scaling.Settings) { s.UsableShare = 0.7 }),
		},
		{"a share of 0 is learned too", layers{{"usable-share": "0.7"}, {"usable-share": "0"}}, defaults(func(*scaling.Settings) {})},
		{"a share that is learned", layers{{"usable-share": "0.7"}, {"usable-share": "learned"}}, defaults(func(*scaling.Settings) {})},
		{
			"every kind of value",
			layers{{
				"mode": "disabled", "scale-down-threshold": "0.2", "scale-up-cooldown-minutes": "3", "iterator-age-minutes": "0",
				"fan-out-consumers": "one two", "consumer": "arn:aws:lambda:eu-west-1:123456789012:function:orders", "scale-up-period-minutes": "2",
			}},
			defaults(func(s *scaling.Settings) {
				s.Mode, s.ScaleDownThreshold, s.ScaleUpCooldown, s.IteratorAgeMinutes = scaling.ModeDisabled, 0.2, 3*time.Minute, 0
				s.NominalThresholds = scaling.NominalDown
				s.FanOutConsumers, s.Consumer, s.ScaleUpAlarm.PeriodMinutes = "one two", "arn:aws:lambda:eu-west-1:123456789012:function:orders", 2
			}),
		},
	} {
		got, err := scaling.Effective(c.layers...)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		equal(t, c.name, got, c.want)
	}
}

// A scale-down threshold that no layer sets is the policy's default, or lower where that would be
// too close to the scale-up threshold. One that a layer sets is taken as it is, or refused.
func TestScaleDownThresholdFollows(t *testing.T) {
	const up, down = "scale-up-threshold", "scale-down-threshold"
	type layers = []scaling.Layer
	tracking := scaling.Layer{"policy": "target-tracking"}
	for _, c := range []struct {
		name   string
		layers layers
		want   float64 // 0: refused
	}{
		{"double-halve", nil, 0.4},
		{"room for the default", layers{{up: "0.95"}}, 0.4},
		{"just room for it", layers{{up: "0.8"}}, 0.4},
		{"half of a low one", layers{{up: "0.75"}}, 0.375},
		{"half of a very low one", layers{{up: "1e-9"}}, 0.5e-9},
		{"of the highest layer that says something", layers{{up: "0.5"}, {up: "0.7"}, {up: " "}}, 0.35},
		{"a blank value is none", layers{{up: "0.7"}, {down: " "}}, 0.35},
		{"set", layers{{up: "0.7", down: "0.3"}}, 0.3},
		{"set below another layer", layers{{down: "0.3"}, {up: "0.7"}}, 0.3},
		{"set to the default, which is too high", layers{{up: "0.7", down: "0.4"}}, 0},
		{"set too high by a lower layer", layers{{down: "0.4"}, {up: "0.7"}}, 0},
		{"target-tracking", layers{tracking}, 0.85},
		{"target-tracking with room for the default", layers{tracking, {up: "0.98"}}, 0.85},
		{"target-tracking with a lower one", layers{tracking, {up: "0.9"}}, 0.81},
		{"target-tracking with the default as the other", layers{{up: "0.85"}, tracking}, 0.765},
		{"target-tracking with a low one", layers{tracking, {up: "0.3"}}, 0.27},
		{"target-tracking, set closer", layers{tracking, {up: "0.9", down: "0.89"}}, 0.89},
		{"target-tracking, set too high", layers{tracking, {up: "0.85", down: "0.85"}}, 0},
	} {
		got, err := scaling.Effective(c.layers...)
		switch {
		case (err != nil) != (c.want == 0):
			t.Errorf("%s: fault %v", c.name, err)
		case err != nil && !strings.HasPrefix(err.Error(), down+": "):
			t.Errorf("%s: fault %v does not name the setting", c.name, err)
		case err == nil && got.ScaleDownThreshold != c.want:
			t.Errorf("%s: %v, want %v", c.name, got.ScaleDownThreshold, c.want)
		}
	}
}

// With any scale-up threshold that is set alone the settings are good, and the other follows it
// without a jump: it is never lower for a higher one.
func TestAScaleUpThresholdAloneIsGood(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		policy := string(rapid.SampledFrom(scaling.Policies()).Draw(rt, "policy"))
		follows := func(up float64) float64 {
			s, err := scaling.Effective(scaling.Layer{"policy": policy, "scale-up-threshold": fmt.Sprint(up)})
			if err != nil {
				rt.Fatalf("scale-up-threshold %v alone: %v", up, err)
			}
			return s.ScaleDownThreshold
		}
		ups := rapid.SliceOfN(rapid.Float64Range(1e-9, 1), 2, 2).Draw(rt, "scale-up thresholds")
		slices.Sort(ups)
		if low, high := follows(ups[0]), follows(ups[1]); low > high {
			rt.Fatalf("%v for %v and %v for %v", low, ups[0], high, ups[1])
		}
	})
}

// Every key of a layer is a row of the table, once, and explained.
func TestAllSettings(t *testing.T) {
	layer, names := scaling.Defaults(scaling.DoubleHalve).Layer(), scaling.SettingNames()
	slices.Sort(names)
	equal(t, "names", names, slices.Sorted(maps.Keys(layer)))
	for _, setting := range scaling.AllSettings() {
		if len(setting.Doc) < 10 {
			t.Errorf("%s: %q explains nothing", setting.Name, setting.Doc)
		}
		for _, p := range setting.Policies {
			if !slices.Contains(scaling.Policies(), p) {
				t.Errorf("%s: is said to be for %q, which is no policy", setting.Name, p)
			}
		}
	}
}

// policies are the names of all policies.
func policies(between string) string {
	var names []string
	for _, p := range scaling.Policies() {
		names = append(names, string(p))
	}
	return strings.Join(names, between)
}

// A row's range tells of what the row takes: both of its ends, and nothing beyond.
func TestRange(t *testing.T) {
	ranges := map[string]string{}
	for _, setting := range scaling.AllSettings() {
		ranges[setting.Name] = setting.Range()
	}
	for name, want := range map[string]string{
		"mode": "enabled, dry-run, disabled", "policy": policies(", "), "min-shards": "1 to 10000",
		"scale-up-threshold": "above 0, at most 1", "max-growth": "1 to 10000", "calm-minutes": "0 to 1440",
		"scale-up-evaluation-periods": "1 or more", "scale-up-reserve": "", "fan-out-consumers": "up to 5 names", "consumer": "a name",
		"iterator-age-minutes": "0 to 10080",
	} {
		equal(t, name, ranges[name], want)
		least, most, isNumber := strings.Cut(want, " to ")
		if !isNumber || strings.Contains(want, "names") {
			continue
		}
		for _, value := range []string{least, most} {
			if _, err := scaling.Effective(scaling.Layer{name: value}); err != nil {
				t.Errorf("%s = %s: %v", name, value, err)
			}
		}
		for _, value := range []string{"-1", most + "1"} {
			if _, err := scaling.Effective(scaling.Layer{name: value}); err == nil {
				t.Errorf("%s = %s is taken", name, value)
			}
		}
	}
}

// Each rule names a setting, and says something of it.
func TestSettingRules(t *testing.T) {
	for _, sentence := range scaling.SettingRules() {
		name, rest, _ := strings.Cut(strings.TrimPrefix(sentence, "`"), "` is ")
		if !slices.Contains(scaling.SettingNames(), name) || rest == "" {
			t.Errorf("%q does not begin with a setting", sentence)
		}
	}
}

// Settings that are valid come back from their layer as they were.
func TestLayerRoundTrip(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := anySettings().Draw(rt, "settings")
		back, err := scaling.Effective(s.Layer())
		if err != nil {
			rt.Fatalf("%+v: %v", s, err)
		}
		equal(rt, "settings", back, s)
	})
}
