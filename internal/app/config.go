// Package app is the one place where clients are built and joined with the use cases: for the
// Lambda functions and for the operator's command. It reads the environment, and it writes the
// log lines and metrics of an invocation.
package app

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shardkeeper/shardkeeper/internal/aws/pace"
	"github.com/shardkeeper/shardkeeper/internal/embedded"
	"github.com/shardkeeper/shardkeeper/registry"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
	"github.com/shardkeeper/shardkeeper/scaling/notification"
)

// The environment variables of the functions. Besides these, each setting that a stack can give
// a default has the variable that DefaultVariable names, and Lambda sets AWS_REGION and AWS_LAMBDA_FUNCTION_NAME.
const (
	EnvTable         = "TABLE_NAME"
	EnvTopicARN      = "TOPIC_ARN"
	EnvEnrollMode    = "ENROLL_MODE"
	EnvStackTag      = "STACK_TAG"
	EnvMaxCeiling    = "MAX_SHARDS_CEILING"
	EnvQuotaShare    = "QUOTA_SHARE"
	EnvRetentionDays = "HISTORY_RETENTION_DAYS"
	EnvScalerRoleARN = "SCALER_ROLE_ARN"
	EnvLogLevel      = "LOG_LEVEL"
	EnvStreamMetrics = "STREAM_METRICS"
	EnvEventBus      = "EVENT_BUS"
	EnvEventTopicARN = "EVENT_TOPIC_ARN"
	EnvEventSeverity = "EVENT_SEVERITY"

	envRegion     = "AWS_REGION"
	envFunction   = "AWS_LAMBDA_FUNCTION_NAME"
	defaultPrefix = "DEFAULT_"
)

// The values of ENROLL_MODE. Empty is the same as tagged.
const (
	EnrollTagged = "tagged" // streams with the tag "shardkeeper"
	EnrollAll    = "all"    // all streams but those with shardkeeper=disabled
)

// Config is what a function is told by its environment.
type Config struct {
	Table         string
	Home          Home
	Rules         ledger.Rules
	Retention     time.Duration // of history
	ScalerRoleARN string        // role of the scaler, to know its calls by; empty where that is not needed
	QuotaShare    int           // percent of each quota that the reconciler takes; 0: the default of each
	LogLevel      slog.Level
	StreamMetrics bool                  // write metrics of each stream
	EventBus      string                // name of the bus that events go to; empty: to none
	EventTopicARN string                // topic that people hear of events by; empty: none
	EventSeverity notification.Severity // of which the topic hears, and of what is more severe
	Function      string                // the Lambda function's name, with the stack's in it; empty outside of Lambda

	// World is where a function decides that sam local invoke runs, see [embedded.Chosen]; nil on AWS.
	World *embedded.World

	// DefaultsFault says which stack-level defaults cannot be used. It does not keep a function
	// from starting: the streams keep their last good settings, and new ones are suspended.
	DefaultsFault error
}

// DefaultVariable is the environment variable with the stack's default for a setting, such as
// DEFAULT_MIN_SHARDS for min-shards.
func DefaultVariable(key string) string {
	return defaultPrefix + strings.ToUpper(strings.ReplaceAll(key, "-", "_"))
}

// StackKeys returns the names of the settings that a stack can give a default, sorted: all but those that
// name something of one stream.
func StackKeys() []string {
	var keys []string
	for _, setting := range scaling.AllSettings() {
		if !setting.OneStream {
			keys = append(keys, setting.Name)
		}
	}
	slices.Sort(keys)
	return keys
}

// ReadConfig reads the environment and checks all of it. The error names every variable that
// cannot be used. The values are not to be logged.
func ReadConfig(getenv func(string) string) (Config, error) {
	var world *embedded.World
	if embedded.Chosen(getenv) {
		world, getenv = new(embedded.World), embedded.Environment(getenv)
	}
	c := Config{
		World: world, Table: getenv(EnvTable), Function: getenv(envFunction), ScalerRoleARN: getenv(EnvScalerRoleARN),
		EventBus:  strings.TrimSpace(getenv(EnvEventBus)),
		Retention: registry.DefaultRetention,
	}
	var faults []error
	fault := func(variable, format string, args ...any) {
		faults = append(faults, fmt.Errorf("%s: %w", variable, fmt.Errorf(format, args...)))
	}
	if c.Table == "" {
		fault(EnvTable, "required: the registry's table")
	}
	home, err := parseHome(getenv(EnvTopicARN), getenv(envRegion))
	if c.Home = home; err != nil {
		fault(EnvTopicARN, "%w", err)
	}
	c.Rules.Stack = strings.TrimSpace(getenv(EnvStackTag))
	switch mode := getenv(EnvEnrollMode); mode {
	case EnrollAll:
		c.Rules.EnrollAll = true
	case "", EnrollTagged:
	default:
		fault(EnvEnrollMode, "%q is neither %s nor %s", mode, EnrollTagged, EnrollAll)
	}
	number := func(variable string, least, most int, wrong string) int { // 0: there is none
		text := getenv(variable)
		n, err := strconv.Atoi(text)
		if text != "" && (err != nil || n < least || n > most) {
			fault(variable, wrong, text, least, most)
		}
		return n
	}
	c.Rules.MaxShardsCeiling = number(EnvMaxCeiling, 1, scaling.MaxStreamShards, "%q is not a number of shards between %d and %d")
	if getenv(EnvQuotaShare) != "0" {
		c.QuotaShare = number(EnvQuotaShare, pace.LeastShare, pace.MostShare, "%q is not a percentage between %d and %d, nor 0 for the default")
	}
	if days := number(EnvRetentionDays, 1, registry.MostHistoryDays, "%q is not a number of days between %d and %d"); days > 0 {
		c.Retention = time.Duration(days) * 24 * time.Hour
	}
	if err := c.LogLevel.UnmarshalText([]byte(cmp.Or(getenv(EnvLogLevel), "info"))); err != nil {
		fault(EnvLogLevel, "%q is none of debug, info, warn, error", getenv(EnvLogLevel))
	}
	c.StreamMetrics = getenv(EnvStreamMetrics) == "true"
	c.EventTopicARN = strings.TrimSpace(getenv(EnvEventTopicARN))
	if c.EventTopicARN != "" {
		c.EventSeverity = notification.Severity(cmp.Or(strings.TrimSpace(getenv(EnvEventSeverity)), string(notification.Warning)))
		if !slices.Contains(notification.Severities(), c.EventSeverity) {
			fault(EnvEventSeverity, "%q is none of %v", c.EventSeverity, notification.Severities())
		}
	}
	c.Rules.Defaults = readDefaults(getenv)
	if _, err := scaling.Effective(c.Rules.Defaults); err != nil {
		c.DefaultsFault = fmt.Errorf("the stack's defaults cannot be used: %w", err)
	}
	return c, errors.Join(faults...)
}

func readDefaults(getenv func(string) string) scaling.Layer {
	layer := scaling.Layer{}
	for _, key := range StackKeys() {
		if value := strings.TrimSpace(getenv(DefaultVariable(key))); value != "" {
			layer[key] = value
		}
	}
	return layer
}
