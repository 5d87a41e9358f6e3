package repo_test

import (
	"fmt"
	"regexp"
	"strconv"
	"testing"

	"github.com/shardkeeper/shardkeeper/internal/app"
)

// takes reports whether CloudFormation takes a value for a parameter. One of the type Number may have decimals and an exponent.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html (read 2026-11)
func takes(parameter node, value string) bool {
	if pattern, has := parameter["AllowedPattern"].(string); has {
		return regexp.MustCompile(pattern).MatchString(value)
	}
	number, err := strconv.ParseFloat(value, 64)
	least, _ := strconv.ParseFloat(fmt.Sprint(parameter["MinValue"]), 64)
	most, _ := strconv.ParseFloat(fmt.Sprint(parameter["MaxValue"]), 64)
	return err == nil && number >= least && number <= most
}

// A number that the functions cannot read keeps them from starting, all three. So CloudFormation must refuse it: else it deploys, and
// nothing scales.
func TestNoNumberThatIsDeployedKeepsTheFunctionsFromStarting(t *testing.T) {
	parameters := template(t).at(t, "Parameters")
	for name, variable := range map[string]string{"HistoryRetentionDays": app.EnvRetentionDays, "MaxShardsCeiling": app.EnvMaxCeiling} {
		for _, value := range []string{
			"", "0", "1", "9", "10", "99", "100", "999", "1000", "2999", "3000", "3599", "3600", "3649", "3650", "3651", "3999", "9999", "10000", "10001", "99999",
			"1.5", "10.0", "1e2", "-1", "many",
		} {
			_, err := app.ReadConfig(func(key string) string {
				return map[string]string{variable: value, app.EnvTable: "t", app.EnvTopicARN: "arn:aws:sns:us-east-1:123456789012:t"}[key]
			})
			if deployed, starts := takes(parameters.at(t, name), value), err == nil && value != ""; deployed != starts {
				t.Errorf("%s=%q: it is deployed: %v; the functions start with it: %v (%v)", name, value, deployed, starts, err)
			}
		}
	}
}
