package repo_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/shardkeeper/shardkeeper/internal/app"
)

func TestTheFunctionsGetTheEnvironmentThatTheyRead(t *testing.T) {
	want := []string{app.EnvTable, app.EnvTopicARN, app.EnvEnrollMode, app.EnvStackTag, app.EnvMaxCeiling, app.EnvQuotaShare, app.EnvRetentionDays, app.EnvLogLevel}
	for _, key := range app.StackKeys() {
		want = append(want, app.DefaultVariable(key))
	}
	slices.Sort(want)
	root := template(t)
	global := root.at(t, "Globals", "Function", "Environment", "Variables")
	for name, value := range global { // without a value on AWS, so that --env-vars can give it one
		if strings.HasPrefix(name, "AWS_ENDPOINT_URL") {
			if value != "AWS::NoValue" {
				t.Errorf("%s is %v on AWS", name, value)
			}
			want = append(want, name)
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(global))); diff != "" {
		t.Errorf("Globals (-read +given):\n%s", diff)
	}
	for name, function := range ofType(t, "AWS::Serverless::Function") {
		own := []string{}
		if _, has := function["Environment"]; has {
			own = slices.Sorted(maps.Keys(function.at(t, "Environment", "Variables")))
		}
		want := []string{}
		switch name {
		case "EnrollerFunction":
			want = append(want, app.EnvScalerRoleARN)
		case "ReconcilerFunction":
			want = append(want, app.EnvEventBus, app.EnvEventSeverity, app.EnvEventTopicARN, app.EnvStreamMetrics)
		}
		if diff := cmp.Diff(want, own); diff != "" {
			t.Errorf("%s (-read +given):\n%s", name, diff)
		}
	}
}

// The lease of a claim must outlive the function that holds it.
func TestTheScalersTimeoutIsTheOneItsLeaseRestsOn(t *testing.T) {
	functions := ofType(t, "AWS::Serverless::Function")
	if got := functions["ScalerFunction"]["Timeout"]; got != int(app.ScalerTimeout.Seconds()) {
		t.Errorf("scaler: %v seconds, want %v", got, app.ScalerTimeout)
	}
	got, _ := functions["ReconcilerFunction"]["Timeout"].(int)
	if got < 1 || got >= 60 {
		t.Errorf("reconciler: %d seconds; runs of every minute would overlap", got)
	}
	if got != int(app.ReconcilerTimeout.Seconds()) {
		t.Errorf("reconciler: %d seconds, want %v", got, app.ReconcilerTimeout)
	}
}

func TestTheScheduleSendsTheEventOfTheExample(t *testing.T) {
	schedule := template(t).at(t, "Resources", "ReconcilerFunction", "Properties", "Events", "EveryMinute", "Properties")
	example, err := os.ReadFile("events/reconciler-schedule.json")
	if err != nil {
		t.Fatal(err)
	}
	var want, got any
	if err := json.Unmarshal(example, &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(fmt.Append(nil, schedule["Input"]), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-events/reconciler-schedule.json +template):\n%s", diff)
	}
}

func TestEveryFunctionHasItsOwnRoleLogGroupAndDeadLetters(t *testing.T) {
	seen := map[string]string{}
	for name, function := range ofType(t, "AWS::Serverless::Function") {
		for what, value := range map[string]any{
			"role":         function["Role"],
			"log group":    function.at(t, "LoggingConfig")["LogGroup"],
			"dead letters": function.at(t, "EventInvokeConfig", "DestinationConfig", "OnFailure")["Destination"],
		} {
			text := fmt.Sprint(value)
			if other, shared := seen[text]; value == nil || shared {
				t.Errorf("%s of %s: %v, that of %s", what, name, value, other)
			}
			seen[text] = name
		}
	}
	for name, group := range ofType(t, "AWS::Logs::LogGroup") {
		if group["RetentionInDays"] == nil {
			t.Errorf("%s keeps its logs for ever", name)
		}
	}
}

// sam local invoke --env-vars gives a function only those variables that the template names.
func TestTheTemplateNamesTheVariablesOfLocalJSON(t *testing.T) {
	text, err := os.ReadFile("events/local.json")
	if err != nil {
		t.Fatal(err)
	}
	var given struct{ Parameters map[string]string }
	if err := json.Unmarshal(text, &given); err != nil || len(given.Parameters) < 4 {
		t.Fatalf("%v: %v", given, err)
	}
	global := template(t).at(t, "Globals", "Function", "Environment", "Variables")
	for name := range given.Parameters {
		if _, named := global[name]; !named && name != app.EnvScalerRoleARN { // that one is the enroller's own
			t.Errorf("the template does not name %s", name)
		}
	}
}

func TestEveryExampleEventIsForAHandler(t *testing.T) {
	files, err := os.ReadDir("events")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		handler, _, _ := strings.Cut(file.Name(), "-")
		if file.Name() == "local.json" || file.Name() == "README.md" {
			continue
		}
		if _, err := os.Stat("handlers/" + handler); err != nil {
			t.Errorf("events/%s is for no handler: %v", file.Name(), err)
		}
	}
}
