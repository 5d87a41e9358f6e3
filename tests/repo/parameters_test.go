package repo_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/shardkeeper/shardkeeper/internal/app"
	"github.com/shardkeeper/shardkeeper/scaling"
)

// besideParameter is what a setting that is bounded by others needs of them to be as free as it can be.
func besideParameter(key string) scaling.Layer {
	beside := scaling.Layer{
		"policy": "target-tracking", "operation-limit": "100", "scale-up-threshold": "1",
		"scale-up-evaluation-periods": "1440", "scale-up-datapoints-to-alarm": "1",
		"scale-down-evaluation-periods": "1440", "scale-down-datapoints-to-alarm": "1",
	}
	if window, period := strings.CutSuffix(key, "-period-minutes"); period {
		beside[window+"-evaluation-periods"] = "1"
	}
	return beside
}

// CloudFormation refuses a parameter that no stream can use. Else it would deploy, and leave all streams with their last settings.
func TestThePatternsOfTheParametersTakeWhatTheCodeTakes(t *testing.T) {
	values := []string{
		"0", "1", "2", "9", "10", "11", "59", "60", "61", "99", "100", "101", "999", "1000", "1439", "1440", "1441", "1999", "9999",
		"10000", "10001", "10079", "10080", "10081", "10100", "99999", "100000",
		"0.0", ".0", "0.001", "0.1", "0.19", "0.2", "0.25", "0.5", ".5", "0.999", "1.0", "1.", "1.001", "1.5", "2.5", "12.5", "9999.5", "10000.0", "10000.5",
	}
	never := []string{"-1", "x", "1,5", "1 2", "0x1", "NaN", "Inf", "1e9"}
	root := template(t)
	parameters, variables := root.at(t, "Parameters"), root.at(t, "Globals", "Function", "Environment", "Variables")
	for _, key := range app.StackKeys() {
		name, _ := variables[app.DefaultVariable(key)].(string)
		text, has := parameters.at(t, name)["AllowedPattern"].(string)
		if !has {
			continue
		}
		pattern := regexp.MustCompile(text)
		for _, value := range slices.Concat(values, never, []string{"", "learned"}) {
			layer := besideParameter(key)
			layer[key] = value
			_, err := scaling.Effective(layer)
			if takes := pattern.MatchString(value); takes != (err == nil) {
				t.Errorf("%s=%q: its pattern %s takes it: %v; the code: %v", name, value, text, takes, err)
			}
		}
	}
}
