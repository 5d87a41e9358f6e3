package scaling_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/shardkeeper/shardkeeper/scaling"
)

// badValues has, for every setting, values that cannot be.
func badValues() map[string][]string {
	whole := []string{"x", "1.5", "1e3", "-1", "99999999999999999999", "1,5", "0x10", "١"}
	ratio := []string{"x", "0", "-0.1", "1.01", "NaN", "Inf", "0,5", "50%"}
	bad := map[string][]string{
		"max-growth":        {"x", "0", "0.99", "-4", "10000.5", "NaN", "Inf", "2,5", "4x"},
		"usable-share":      {"x", "0.004", "0.199", "-0.1", "1.01", "NaN", "Inf", "0,5", "50%"},
		"mode":              {"on", "Enabled", "true", "enabled;disabled"},
		"policy":            {"fast", "double_halve"},
		"fan-out-consumers": {"a,b", "a\tb", `a"b`, "a b c d e f", "ä", "\xff"},
		"consumer":          {"a b", `x"`, "{}", "$LATEST", "\xff"},
	}
	for key := range scaling.Defaults(scaling.DoubleHalve).Layer() {
		switch {
		case bad[key] != nil:
		case strings.HasSuffix(key, "-threshold") || strings.HasSuffix(key, "-utilization") || key == "min-saving" || key == "throttled-share":
			bad[key] = ratio
		default:
			bad[key] = whole
		}
	}
	return bad
}

func TestEffectiveRefusesBadValues(t *testing.T) {
	for key, values := range badValues() {
		for _, value := range values {
			_, err := scaling.Effective(scaling.Layer{key: value})
			if err == nil || !strings.Contains("\n"+err.Error(), "\n"+key+": ") {
				t.Errorf("%s = %q: fault %v does not name the setting", key, value, err)
			}
		}
	}
}

// A person who made three mistakes reads of all three at once, in an order that stays.
func TestEffectiveTellsAllFaults(t *testing.T) {
	layer := scaling.Layer{
		"min-shards": "x", "max-sharts": "9", "scale-up-threshold": "5", "scale-down-threshold": "7", "target-utilization": "8",
		"forecast-utilization": "9", "min-saving": "7", "max-growth": "0.5", "forecast-confidence": "2", "operation-price": "-1", "peak-hold-minutes": "1441", "lead-minutes": "x", "calm-minutes": "1441",
		"operation-limit": "0", "scale-up-evaluation-periods": "0", "consumer": "a b",
	}
	_, err := scaling.Effective(layer)
	if err == nil {
		t.Fatal("no fault")
	}
	for key := range layer {
		if !strings.Contains("\n"+err.Error(), "\n"+key+": ") {
			t.Errorf("%s is not named in:\n%v", key, err)
		}
	}
	for range 50 {
		if _, again := scaling.Effective(layer); again.Error() != err.Error() {
			t.Fatalf("the same mistakes read otherwise each time:\n%v\n%v", err, again)
		}
	}
}

// A value that cannot be read is not blamed on the other setting that it is compared with.
func TestEffectiveBlamesNoBystander(t *testing.T) {
	for _, layer := range []scaling.Layer{
		{"max-shards": "many", "min-shards": "9000"},
		{"min-shards": "many", "max-shards": "1"},
		{"scale-up-threshold": "high", "scale-down-threshold": "0.5"},
		{"operation-limit": "many", "scale-up-reserve": "15"},
		{"scale-up-evaluation-periods": "many", "scale-up-datapoints-to-alarm": "8"},
	} {
		_, err := scaling.Effective(layer)
		if err == nil || strings.Count(err.Error(), "\n") != 0 {
			t.Errorf("%v: got more or less than the one fault: %v", layer, err)
		}
	}
}

// Effective is total: whatever stands in the layers, it gives a fault or valid settings.
func TestEffectiveIsTotal(t *testing.T) {
	keys := append(scaling.SettingNames(), "", "min_shards")
	bad := badValues()
	rapid.Check(t, func(rt *rapid.T) {
		layers := rapid.SliceOfN(rapid.MapOfN(rapid.SampledFrom(keys), rapid.String(), 0, 4), 0, 3).Draw(rt, "layers")
		list := make([]scaling.Layer, 0, len(layers)+1)
		for _, layer := range layers {
			list = append(list, layer)
		}
		key := rapid.SampledFrom(keys).Draw(rt, "key")
		list = append(list, scaling.Layer{key: rapid.SampledFrom(append(bad[key], "1", "0.5", "enabled")).Draw(rt, "value")})
		usable(rt, list...)
	})
}

// usable checks that layers give a fault, or settings that are valid and come back.
func usable(t tester, layers ...scaling.Layer) {
	t.Helper()
	s, err := scaling.Effective(layers...)
	if err != nil {
		if strings.TrimSpace(err.Error()) == "" {
			t.Errorf("a fault without words for %v", layers)
		}
		return
	}
	if err := s.Validate(); err != nil {
		t.Errorf("%v gives settings that cannot be used: %v", layers, err)
	}
	if back, err := scaling.Effective(s.Layer()); err != nil || back != s {
		t.Errorf("%v: %+v comes back as %+v, %v", layers, s, back, err)
	}
}

// FuzzTagValue looks for a tag that breaks the settings: any value of any tag gives a fault or
// valid settings.
func FuzzTagValue(f *testing.F) {
	for key, values := range badValues() {
		for _, value := range values {
			f.Add(scaling.TagPrefix+key, value)
		}
	}
	for key, value := range scaling.Defaults(scaling.TargetTracking).Layer() {
		f.Add(scaling.TagPrefix+key, value)
	}
	f.Add(scaling.ModeTag, "dry-run")
	f.Add(scaling.TagPrefix+"fan-out-consumers", "  a  b  ")
	f.Add(scaling.TagPrefix+"scale-down-evaluation-periods", "9223372036854775807")
	f.Fuzz(func(t *testing.T, tag, value string) {
		usable(t, scaling.TagLayer(map[string]string{tag: value}))
	})
}
