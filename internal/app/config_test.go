package app

import (
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/registry"
	"github.com/shardkeeper/shardkeeper/scaling"
	"github.com/shardkeeper/shardkeeper/scaling/ledger"
)

const topic = "arn:aws:sns:us-east-1:123456789012:shardkeeper-alarms"

// environment is one that a function can start with, with changes.
func environment(changes map[string]string) func(string) string {
	return func(name string) string {
		if value, changed := changes[name]; changed {
			return value
		}
		return map[string]string{EnvTable: "shardkeeper", EnvTopicARN: topic, envRegion: "us-east-1"}[name]
	}
}

func TestReadConfig(t *testing.T) {
	got, err := ReadConfig(environment(map[string]string{
		envFunction: "blue-scaler", EnvEnrollMode: "all", EnvStackTag: "blue", EnvMaxCeiling: "500", EnvQuotaShare: "25", EnvRetentionDays: "30", EnvScalerRoleARN: "arn:aws:iam::123456789012:role/scaler", EnvLogLevel: "warn",
		"DEFAULT_MIN_SHARDS": " 2 ", "DEFAULT_MAX_SHARDS": "", "DEFAULT_POLICY": "target-tracking", "DEFAULT_CONSUMER": "never-read",
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		Table: "shardkeeper", Function: "blue-scaler", Home: Home{Region: "us-east-1", Account: "123456789012", TopicARN: topic},
		Rules:     ledger.Rules{EnrollAll: true, Stack: "blue", MaxShardsCeiling: 500, Defaults: scaling.Layer{"min-shards": "2", "policy": "target-tracking"}},
		Retention: 30 * 24 * time.Hour, ScalerRoleARN: "arn:aws:iam::123456789012:role/scaler", LogLevel: slog.LevelWarn, QuotaShare: 25,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestReadConfigWithTheLeastThereCanBe(t *testing.T) {
	got, err := ReadConfig(environment(map[string]string{envRegion: ""}))
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		Table: "shardkeeper", Home: Home{Region: "us-east-1", Account: "123456789012", TopicARN: topic},
		Rules: ledger.Rules{Defaults: scaling.Layer{}}, Retention: registry.DefaultRetention,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestReadConfigTellsAllFaultsAtOnce(t *testing.T) {
	_, err := ReadConfig(func(name string) string {
		return map[string]string{EnvEnrollMode: "some", EnvRetentionDays: "-1", EnvLogLevel: "loud"}[name]
	})
	if err == nil {
		t.Fatal("no error")
	}
	for _, variable := range []string{EnvTable, EnvTopicARN, EnvEnrollMode, EnvRetentionDays, EnvLogLevel} {
		if !strings.Contains(err.Error(), variable+": ") {
			t.Errorf("%s is not in %q", variable, err)
		}
	}
}

func TestReadConfigRefuses(t *testing.T) {
	for _, tt := range []struct{ variable, value string }{
		{EnvTopicARN, "shardkeeper-alarms"},
		{EnvTopicARN, "arn:aws:sqs:us-east-1:123456789012:shardkeeper-alarms"},
		{EnvTopicARN, "arn:aws:sns:us-east-1::shardkeeper-alarms"},
		{EnvTopicARN, "arn:aws:sns::123456789012:shardkeeper-alarms"},
		{EnvTopicARN, "arn:aws:sns:us-east-1:123456789012:"},
		{envRegion, "eu-west-1"},
		{EnvRetentionDays, "0"},
		{EnvRetentionDays, "3651"},
		{EnvRetentionDays, "a month"},
		{EnvMaxCeiling, "0"},
		{EnvQuotaShare, "9"},
		{EnvQuotaShare, "91"},
		{EnvQuotaShare, "half"},
		{EnvMaxCeiling, "10001"},
		{EnvMaxCeiling, "many"},
		{EnvEnrollMode, "ALL"},
	} {
		if _, err := ReadConfig(environment(map[string]string{tt.variable: tt.value})); err == nil {
			t.Errorf("%s = %q: no error", tt.variable, tt.value)
		}
	}
}

// A mistake in a stack parameter must be heard of, but must not stop the streams that run, nor be
// left out as if it had not been set: without its maximum a stream could grow without end.
func TestABadStackParameterIsAFaultAndStaysInForce(t *testing.T) {
	c, err := ReadConfig(environment(map[string]string{"DEFAULT_MAX_SHARDS": "many", "DEFAULT_MIN_SHARDS": "2"}))
	if err != nil {
		t.Fatal(err)
	}
	if c.DefaultsFault == nil || !strings.Contains(c.DefaultsFault.Error(), "max-shards") {
		t.Errorf("fault %v, want one of max-shards", c.DefaultsFault)
	}
	if c.Rules.Defaults["max-shards"] != "many" {
		t.Errorf("defaults %v: the mistake was left out", c.Rules.Defaults)
	}
	good, err := ReadConfig(environment(nil))
	if err != nil {
		t.Fatal(err)
	}
	sum := scaling.Summary{Name: "orders", Status: scaling.StatusActive, OpenShards: 2}
	tags := scaling.Layer{"mode": "enabled"}
	before, _ := good.Rules.Refresh(ledger.Item{Name: "orders"}, sum, tags, time.Unix(1, 0), "test")
	after, entries := c.Rules.Refresh(before, sum, tags, time.Unix(2, 0), "test")
	if after.Settings != before.Settings || after.Status != ledger.Enrolled || len(entries) != 1 {
		t.Errorf("settings %+v, status %s, entries %v; want the last good ones, and one entry", after.Settings, after.Status, entries)
	}
	fresh, _ := c.Rules.Refresh(ledger.Item{Name: "orders"}, sum, tags, time.Unix(2, 0), "test")
	if fresh.Status != ledger.Suspended {
		t.Errorf("a new stream is %s, want it suspended", fresh.Status)
	}
}

func TestStackKeys(t *testing.T) {
	keys := StackKeys()
	if !slices.IsSorted(keys) || slices.Contains(keys, "consumer") || slices.Contains(keys, "fan-out-consumers") || !slices.Contains(keys, "min-shards") {
		t.Errorf("keys %v", keys)
	}
	if got := DefaultVariable("scale-up-datapoints-to-alarm"); got != "DEFAULT_SCALE_UP_DATAPOINTS_TO_ALARM" {
		t.Errorf("variable %s", got)
	}
}

func TestReadConfigOfSAMLocalInvoke(t *testing.T) {
	environment := map[string]string{
		"AWS_SAM_LOCAL": "true", EnvTable: "Registry", EnvTopicARN: "AlarmTopic",
		EnvScalerRoleARN: "ScalerRole.Arn", "AWS_REGION": "eu-west-1",
	}
	getenv := func(name string) string { return environment[name] }
	c, err := ReadConfig(getenv)
	if err != nil || c.World == nil {
		t.Fatalf("world %v, %v", c.World, err)
	}
	if want := (Home{Region: "us-east-1", Account: "123456789012", TopicARN: c.Home.TopicARN}); c.Home != want {
		t.Errorf("home %+v, want that of events/", c.Home)
	}
	environment["AWS_SAM_LOCAL"] = ""
	if c, err = ReadConfig(getenv); err == nil || c.World != nil {
		t.Errorf("on AWS: world %v, %v; want none, and the fault of the topic", c.World, err)
	}
}
